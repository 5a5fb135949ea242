import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { fileError } from '../archive/file-error.js';
import { FileSource } from '../archive/file-source.js';
import { readLines } from '../archive/read-lines.js';

/** Why a file of sealed lines is not what was written, or that there is none. */
export type SealBroken = 'empty' | 'cut' | 'altered' | 'not JSON';

/** In words. */
export const sealBroken: Readonly<Record<SealBroken, string>> = Object.freeze({
  empty: 'it is empty',
  cut: 'it is cut: its last lines are missing',
  altered: 'its lines are not those that were written',
  'not JSON': 'a line is not valid JSON',
});

/** Whether there is such a file; a pipe could not be read twice. */
export async function isSealedFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw fileError(error, path);
  }
}

/**
 * All lines of a file but the last, which proves at the end that they are all; each as its bytes.
 *
 * @param sealed told what the last line says when it is proven: the SHA-256 of every byte before it
 */
export async function* readSealedLines(
  path: string,
  broken: (what: SealBroken) => Error,
  sealed?: (sha256: string) => void,
): AsyncGenerator<readonly Buffer[]> {
  const hash = createHash('sha256');
  let last: Buffer | undefined;
  let count = -1;
  for await (const { bytes, ends, terminated } of readLines(FileSource.of(path), 'none')) {
    const batch: Buffer[] = [];
    let start = 0;
    for (const end of ends) {
      if (last !== undefined) {
        hash.update(last);
        count += 1;
        batch.push(last);
      }
      last = Buffer.from(bytes.subarray(start, end));
      start = end;
    }
    if (!terminated) throw broken('cut');
    if (batch.length > 0) yield batch;
  }
  if (last === undefined) throw broken('empty');
  const { trailer } = parseSealed(last, broken) as {
    readonly trailer?: { readonly lines?: unknown; readonly sha256?: unknown };
  };
  if (trailer === undefined) throw broken('cut');
  const sha256 = hash.digest('hex');
  if (trailer.lines !== count || trailer.sha256 !== sha256) throw broken('altered');
  sealed?.(sha256);
}

/** A line's value: an object. */
export function parseSealed(line: Buffer, broken: (what: SealBroken) => Error): object {
  try {
    const value = JSON.parse(line.toString('utf8')) as unknown;
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // Said below.
  }
  throw broken('not JSON');
}
