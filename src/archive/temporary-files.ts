import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

const open = new Set<string>();

/** A name beside the target, short enough however long that one is, of a file or folder that goes away with this process unless {@link forgetTemporaryFile} is called. */
export function temporaryName(target: string): string {
  const path = join(dirname(target), `.${basename(target).slice(0, 50)}.${randomBytes(6).toString('hex')}.partial`);
  process.off('exit', removeTemporaryFiles).once('exit', removeTemporaryFiles);
  open.add(path);
  return path;
}

/** It has its final name now, or was never made. */
export function forgetTemporaryFile(path: string): void {
  open.delete(path);
}

/** Removes it; what cannot be removed now is tried once more when the process ends. */
export async function discardTemporaryFile(path: string): Promise<void> {
  try {
    await rm(path, { force: true, recursive: true });
    open.delete(path);
  } catch {
    // It stays in the set.
  }
}

function removeTemporaryFiles(): void {
  for (const path of open) {
    try {
      rmSync(path, { force: true, recursive: true });
    } catch {
      // The others are to go all the same.
    }
  }
  open.clear();
}
