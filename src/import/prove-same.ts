import type { Key } from '../closure/key.js';
import type { UniqueConstraint } from '../schema/schema.js';
import type { TargetModel } from './target.js';
import type { UniqueHit } from './unique-look-up.js';

export interface ProofFacts {
  readonly key: Key;
  /** The object as COPY text. */
  readonly line: string;
  /** Members in which the row that has its key differs; undefined where no row has it. */
  readonly differing: readonly string[] | undefined;
  readonly hits: readonly UniqueHit[];
}

/**
 * The row of the target that is the same thing as a skipped object: the only one that has its natural key, or the columns of a
 * plain unique constraint. A primary key proves nothing, it is a number that two databases gave away on their own; nor does NULL.
 */
export function proveSame(target: TargetModel, { key, line, differing, hits }: ProofFacts): Key | undefined {
  const texts = line.split('\t');
  const isHeld = (names: readonly string[]): boolean =>
    names.every((name) => {
      const at = target.columns.findIndex(({ column }) => column.name === name);
      return at >= 0 && texts[at] !== '\\N';
    });
  const names = target.entity.uniques.filter(isPlain).map(({ columns }) => columns);
  const rows = new Set<Key>();
  for (const { unique, inTheWay } of hits) if (isPlain(unique) && isHeld(unique.columns)) rows.add(inTheWay);
  if (differing !== undefined) {
    const differs = new Set(differing);
    const agrees = (columns: readonly string[]): boolean =>
      isHeld(columns) && !target.columns.some(({ column, member }) => columns.includes(column.name) && differs.has(member));
    const isKey = (columns: readonly string[]): boolean => columns.every((name) => target.entity.key.includes(name));
    if ([target.entity.naturalKey, ...names].some((columns) => !isKey(columns) && agrees(columns))) rows.add(key);
  }
  const [row, ...others] = rows;
  return others.length === 0 ? row : undefined;
}

/** One over columns, of all rows. */
export function isPlain(unique: UniqueConstraint): boolean {
  return !unique.primary && unique.columns.length > 0 && unique.predicate === undefined && unique.operators === undefined;
}
