import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

const open = new Set<string>();

/** A name beside the target, of a file that goes away unless {@link forgetTemporaryFile} is called. */
export function temporaryName(target: string): string {
  const path = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString('hex')}.partial`);
  open.add(path);
  return path;
}

/** The file has its final name now, or is gone. */
export function forgetTemporaryFile(path: string): void {
  open.delete(path);
}

/** Removes what is left, at once: for the end of a process. */
export function removeTemporaryFiles(): void {
  for (const path of open) rmSync(path, { force: true });
  open.clear();
}
