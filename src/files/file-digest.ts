import { createHash } from 'node:crypto';
import type { FileSource } from './file-source.js';

/** What a file holds. */
export interface FileDigest {
  readonly bytes: number;
  readonly sha256: string;
}

/** Of the file that stands at a path now; undefined where there is none. */
export async function fileDigest(source: FileSource, path: string): Promise<FileDigest | undefined> {
  const found = await source.stat(path);
  if (found.kind !== 'file') return undefined;
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of source.open(path, found)) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { bytes, sha256: hash.digest('hex') };
}
