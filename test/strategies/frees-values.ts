import type { Predicted, Row, WorldTable } from './terms.js';

/**
 * Whether rows that objects are merged into give up unique values, where others of their table are skipped: what was in the way of these may be
 * gone afterwards, so that the same import brings more the second time.
 */
export function freesValues(schema: Readonly<Record<string, WorldTable>>, all: readonly Predicted[]): boolean {
  const skipped = new Set(all.flatMap(({ decision, thing }) => (decision === 'skip' ? [thing.table] : [])));
  return all.some(({ decision, thing: { table }, before, after }) => {
    if (decision !== 'merge' || !skipped.has(table) || before === undefined || after === undefined) return false;
    const unique = schema[table]?.uniques.flatMap(({ columns }) => columns) ?? [];
    return unique.some((name) => valueOf(before, name) !== null && valueOf(before, name) !== valueOf(after, name));
  });
}

function valueOf(row: Row, name: string): unknown {
  return row[name] ?? null;
}
