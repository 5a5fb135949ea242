import type { ArchiveObject } from '../archive/archive.js';
import type { MatchedColumn } from './matched-columns.js';
import { Translated } from './translated.js';

/** Columns that differ, without those that hold what an import writes for objects that are mentioned and have not come. */
export function withoutOther<Column extends string | MatchedColumn>(
  object: ArchiveObject,
  differing: readonly Column[],
  compare: (other: ArchiveObject) => readonly Column[],
): readonly Column[] {
  if (differing.length === 0 || !(object instanceof Translated)) return differing;
  const other = object.withOther(differing.map((column) => (typeof column === 'string' ? column : column.a)));
  if (other === object) return differing;
  const still = new Set(compare(other));
  return differing.filter((column) => still.has(column));
}
