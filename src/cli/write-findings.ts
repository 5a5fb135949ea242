import { chmodSync, writeFileSync } from 'node:fs';
import type { Finding } from '../findings/finding.js';

/** One JSON line each, for this user alone: findings may name what others must not know. Sets exit code 1 where it cannot. */
export function writeFindings(path: string, findings: readonly Finding[]): void {
  try {
    writeFileSync(path, findings.map((finding) => `${JSON.stringify(finding)}\n`).join(''), { mode: 0o600 });
    // The mode above counts only for a new file.
    chmodSync(path, 0o600);
  } catch (error) {
    process.stderr.write(
      `error: the findings could not be written to ${path} (${(error as NodeJS.ErrnoException).code ?? ''})\n`,
    );
    process.exitCode ||= 1;
  }
}
