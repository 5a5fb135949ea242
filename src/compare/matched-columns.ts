import type { ArchiveEntity } from '../archive/archive.js';

/** A column that two archives have, by the member that each writes it under. */
export interface MatchedColumn {
  readonly a: string;
  readonly b: string;
  readonly inKey: boolean;
  readonly types: readonly [a: string, b: string];
}

export interface MatchedColumns {
  readonly both: readonly MatchedColumn[];
  /** Members that only one of them has. */
  readonly onlyA: readonly string[];
  readonly onlyB: readonly string[];
}

/** Columns are the same by their names, else by their properties, as an import finds them. */
export function matchColumns(a: ArchiveEntity, b: ArchiveEntity): MatchedColumns {
  const mine = Object.entries(a.columns);
  const theirs = Object.entries(b.columns);
  const names = new Set(mine.map(([, { name }]) => name));
  const both: MatchedColumn[] = [];
  const onlyA: string[] = [];
  const matched = new Set<string>();
  for (const [member, column] of mine) {
    const other =
      theirs.find(([, one]) => one.name === column.name) ??
      theirs.find(([, one]) => column.property !== undefined && one.property === column.property && !names.has(one.name));
    if (other === undefined) {
      onlyA.push(member);
      continue;
    }
    matched.add(other[0]);
    both.push({ a: member, b: other[0], inKey: a.key.includes(column.name), types: [column.type, other[1].type] });
  }
  return { both, onlyA, onlyB: theirs.flatMap(([member]) => (matched.has(member) ? [] : [member])) };
}
