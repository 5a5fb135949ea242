import { createHash } from 'node:crypto';
import stringify from 'fast-json-stable-stringify';
import type { ArchiveTrailer } from './archive.js';

/**
 * Digest of the members of a trailer that nothing else proves: the counts are counted again and the objects have their own. Lower-case
 * hex of SHA-256, over `{"dangling":…,"external":…,"leftOut":…}` in canonical form; `"files":…` and
 * `"parts":…` stand among them where there are any.
 */
export function sealOf({
  dangling,
  external,
  files,
  leftOut,
  parts,
}: Pick<ArchiveTrailer, 'dangling' | 'external' | 'files' | 'leftOut' | 'parts'>): string {
  return createHash('sha256').update(stringify({ dangling, external, files, leftOut, parts })).digest('hex');
}
