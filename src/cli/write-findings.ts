import { accessSync, chmodSync, constants, existsSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileError } from '../archive/file-error.js';
import { isStandardOutput } from '../archive/output-place.js';
import type { Finding } from '../findings/finding.js';

/** Asked before anything is done: a wrong name is no reason to end with an error after it. @throws PortolanError */
export function checkFindingsPlace(path: string): void {
  if (isStandardOutput(path)) return;
  try {
    accessSync(existsSync(path) ? path : dirname(path), constants.W_OK);
  } catch (error) {
    throw fileError(error, path);
  }
}

/** One JSON line each, for this user alone: findings may name what others must not know. Sets exit code 1 where it cannot. */
export function writeFindings(path: string, findings: readonly Finding[]): void {
  const text = findings.map((finding) => `${JSON.stringify(finding)}\n`).join('');
  if (isStandardOutput(path)) {
    process.stdout.write(text);
    return;
  }
  try {
    writeFileSync(path, text, { mode: 0o600 });
    // The mode above counts only for a new file; a device keeps its own.
    if (statSync(path).isFile()) chmodSync(path, 0o600);
  } catch (error) {
    process.stderr.write(
      `error: the findings could not be written to ${path} (${(error as NodeJS.ErrnoException).code ?? ''})\n`,
    );
    process.exitCode ||= 1;
  }
}
