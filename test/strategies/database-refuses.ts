import type { Predicted, Row, Tables, WorldTable } from './terms.js';

/** What no database lets anybody write, whatever the strategy: told of all rows as they would be. */
export function databaseRefuses(
  schema: Readonly<Record<string, WorldTable>>,
  target: Tables,
  all: readonly Predicted[],
): boolean {
  const final = new Map(Object.keys(schema).map((table) => [table, finalRows(table, target, all)]));
  const rowsOf = (table: string): readonly Row[] => final.get(table) ?? [];
  return (
    areTwice(all) ||
    Object.entries(schema).some(([table, own]) => collide(own, rowsOf(table)) || dangles(own, rowsOf(table), rowsOf))
  );
}

/** Two objects that are one row. */
function areTwice(all: readonly Predicted[]): boolean {
  const rows = all.flatMap(({ before }) => (before === undefined ? [] : [before]));
  return new Set(rows).size < rows.length;
}

/** Two rows have the same key, or what only one can have. */
function collide({ key, uniques }: WorldTable, rows: readonly Row[]): boolean {
  const clash = (a: Row, b: Row): boolean =>
    key.every((name) => a[name] === b[name]) || uniques.some((unique) => unique.clash(a, b));
  return rows.some((row, at) => rows.slice(at + 1).some((other) => clash(row, other)));
}

/** A row refers to what no row holds any more: the value that another row referred to was overwritten. */
function dangles({ edges }: WorldTable, rows: readonly Row[], rowsOf: (table: string) => readonly Row[]): boolean {
  return edges.some(({ columns, parent, parentColumns }) =>
    rows.some(
      (row) =>
        columns.every((name) => row[name] !== null) &&
        !rowsOf(parent).some((other) => columns.every((name, at) => other[parentColumns[at] ?? ''] === row[name])),
    ),
  );
}

/** The table when all is written. */
export function finalRows(table: string, target: Tables, all: readonly Predicted[]): readonly Row[] {
  const own = all.filter(({ thing }) => thing.table === table);
  const changed = new Map(
    own.flatMap(({ before, after }) => (before === undefined || after === undefined ? [] : [[before, after]])),
  );
  const added = own.flatMap(({ before, after }) => (before === undefined && after !== undefined ? [after] : []));
  return [...(target[table] ?? []).map((row) => changed.get(row) ?? row), ...added];
}
