import type { HeldKeys, RowSet } from '../row-reader.js';
import { keyTest } from './key-relation.js';
import { columnList, columnNamed, quoteIdentifier, quoteTable } from './sql.js';

/**
 * Statements over sets that are described by what their rows hold. The keys stand in the statement as arrays, which PostgreSQL looks
 * up in a hash table (from version 14 on) or by index, whichever it finds cheaper.
 */
export function rowsSql(set: RowSet, columns: readonly string[], order: string): string {
  return `COPY (SELECT ${columnList(columns, 't')} FROM ${quoteTable(set.entity.table)} t WHERE ${anyOf(set)} ORDER BY ${order}) TO STDOUT`;
}

/** One row: a count for each entry of `anyOf`, of rows that no earlier one brings; then that of rows that lack something. */
export function censusSql(set: RowSet, within: readonly HeldKeys[]): string {
  const held = set.anyOf.map((one, at) => `(${test(set, one)}) IS TRUE AS b${String(at)}`);
  const lacks = within.map((one, at) => `${lack(set, one)} AS l${String(at)}`);
  const brought = set.anyOf.map((_, at) => {
    const earlier = set.anyOf.slice(0, at).map((__, before) => ` AND NOT b${String(before)}`);
    return `pg_catalog.count(*) FILTER (WHERE b${String(at)}${earlier.join('')})`;
  });
  const lacking = within.length === 0 ? 'false' : within.map((_, at) => `l${String(at)}`).join(' OR ');
  // OFFSET 0 keeps the planner from working out a test anew for each count.
  const tested = `SELECT ${[...held, ...lacks].join(', ')} FROM ${quoteTable(set.entity.table)} t WHERE ${anyOf(set)} OFFSET 0`;
  return `SELECT ${[...brought, `pg_catalog.count(*) FILTER (WHERE ${lacking})`].join(', ')} FROM (${tested}) tested`;
}

/** The columns of `within` of the rows that lack something, NULL where the column lacks nothing. */
export function lackingSql(set: RowSet, within: readonly HeldKeys[]): string {
  const columns = within.map((one) => `CASE WHEN ${lack(set, one)} THEN t.${quoteIdentifier(one.column)} END`);
  const some = within.map((one) => lack(set, one)).join(' OR ');
  return `COPY (SELECT ${columns.join(', ')} FROM ${quoteTable(set.entity.table)} t WHERE (${anyOf(set)}) AND (${some})) TO STDOUT`;
}

function anyOf(set: RowSet): string {
  return set.anyOf.map((one) => test(set, one)).join(' OR ');
}

function test({ entity }: RowSet, { column, keys }: HeldKeys): string {
  return keyTest(columnNamed(entity, column), [...keys.sorted()], 't');
}

/** Whether the column holds something, and none of the keys. A column that all rows of the set hold keys of lacks nothing. */
function lack(set: RowSet, one: HeldKeys): string {
  const [only] = set.anyOf;
  if (set.anyOf.length === 1 && only?.column === one.column && only.keys.size === one.keys.size) return 'false';
  return `(t.${quoteIdentifier(one.column)} IS NOT NULL AND (${test(set, one)}) IS NOT TRUE)`;
}
