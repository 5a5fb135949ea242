import { lstat, realpath, stat } from 'node:fs/promises';
import { UsageError } from '../errors/portolan-error.js';
import type { ObjectPlace } from '../store/object-place.js';
import { objectPlace } from '../store/object-place.js';
import { fileError } from './file-error.js';

/**
 * What stands where an output is to go. A `special` one (a pipe, a terminal, `/dev/null`) is written as it is: a file must never
 * take its place. `path` is what lies behind symbolic links, so that a link stays one. An `object` is one of a bucket: only its store
 * can say what stands there.
 */
export type OutputPlace =
  | { readonly kind: 'nothing' | 'file' | 'special'; readonly path: string }
  | { readonly kind: 'object'; readonly object: ObjectPlace };

const standardOutput: ReadonlySet<string> = new Set(['-', '/dev/stdout', '/dev/fd/1', '/proc/self/fd/1']);

/** Whether it is another name of standard output, which is never opened a second time: that would cut a file it was redirected to. */
export function isStandardOutput(path: string): boolean {
  return standardOutput.has(path);
}

/** @throws UsageError OUTPUT_LAYOUT for a folder, OBJECT_URL */
export async function outputPlace(path: string): Promise<OutputPlace> {
  const object = objectPlace(path);
  if (object !== undefined) return { kind: 'object', object };
  try {
    const facts = await stat(path);
    if (facts.isDirectory()) throw new UsageError('OUTPUT_LAYOUT', `${path} is a folder`, { hint: 'Name a file.' });
    if (!facts.isFile()) return { kind: 'special', path };
    return { kind: 'file', path: (await lstat(path)).isSymbolicLink() ? await realpath(path) : path };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { kind: 'nothing', path };
    throw fileError(error, path);
  }
}
