import { createKeySet } from '../../closure/create-key-set.js';
import type { KeyRun } from '../../closure/key-run.js';
import type { KeyView } from '../../closure/key-set.js';
import type { KeyBatch, RowSelection } from '../row-reader.js';
import { isView } from '../row-reader.js';
import { exclusions } from './selection-sql.js';
import { filteredTable, leavingList } from './filtered-table.js';
import { quoteIdentifier } from './sql.js';

/** With more values than this share of the rows, a scan is less work than looking them up. */
const share = 4;

/** Whether the table is to be read once and its rows told by us: they hold what the values are, text by text. `known` values are there at least. */
export function isWorthScan({ scan, entity, through, heldIn, limit }: RowSelection, known: number): boolean {
  if (scan === undefined || through !== undefined || heldIn !== undefined || limit !== undefined) return false;
  return scan === 'always' || (entity.estimatedRows >= 0 && known * share >= entity.estimatedRows);
}

/** What each row holds, of all that may be meant. */
export function scanSql(selection: RowSelection, columns: readonly string[]): string {
  const table = filteredTable(selection.entity, { ...selection, read: columns });
  const held = selection.columns.map((name) => `t.${quoteIdentifier(name)} IS NOT NULL`);
  return `COPY (SELECT ${leavingList(selection.entity, columns, 't').join(', ')} FROM ${table} t WHERE ${[...held, ...exclusions(selection)].join(' AND ')}) TO STDOUT`;
}

/** The values of a selection, to be asked. */
export function valuesOf(selection: RowSelection, batches: Iterable<KeyRun>): KeyView {
  if (isView(selection.values)) return selection.values;
  const values = createKeySet({ ...selection.entity, key: selection.columns });
  for (const keys of batches) for (const key of keys) values.add(key);
  return values;
}

/** The rows of which the last group holds one of the values, without that group. */
export function heldOnly({ count, groups }: KeyBatch, values: KeyView): KeyBatch {
  const last: ColumnKeys = groups.at(-1) ?? [];
  const rows: number[] = [];
  for (let row = 0; row < count; row += 1) {
    const value = last[row];
    if (value !== null && value !== undefined && values.has(value)) rows.push(row);
  }
  return { count: rows.length, groups: groups.slice(0, -1).map((group) => rows.map((row) => group[row] ?? null)) };
}

type ColumnKeys = KeyBatch['groups'][number];
