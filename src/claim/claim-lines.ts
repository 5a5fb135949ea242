import type { ArchiveValue } from '../archive/archive.js';
import { copyRows } from '../changes/copy-rows.js';
import type { JournalLine } from '../changes/journal.js';
import { namedRow } from '../changes/named-row.js';
import { sameKey } from '../changes/staged-keys.js';
import { rowDigestSql } from '../dialect/postgres/row-digest-sql.js';
import { columnList, columnNamed, keyOrderSql, ownRows, quoteIdentifier } from '../dialect/postgres/sql.js';
import type { Session, TextRow } from '../dialect/session.js';
import type { Column } from '../schema/schema.js';
import { toArchiveValue } from '../values/archive-value.js';
import type { TouchedRows } from './touched-rows.js';
import { newKeyColumn, sameNewKey, touchedColumns } from './touched-rows.js';

/** What became of one row, for a journal or a plan. */
export interface ClaimLine extends Pick<JournalLine, 'model' | 'object' | 'pk' | 'columns' | 'before' | 'after'> {
  /** A row whose key became another went, and came. */
  readonly decision: 'insert' | 'update' | 'delete';
  /** Of the row as it was, but for one that came. */
  readonly was: string | undefined;
  /** Of the row as it was left, but for one that went. */
  readonly left: string | undefined;
}

/** What a claim has done, row by row, when everything is written. */
export async function* claimLines(session: Session, all: readonly TouchedRows[]): AsyncGenerator<ClaimLine> {
  for (const touched of all) {
    yield* keptAndGone(session, touched);
    if (touched.movesKeys) yield* come(session, touched);
  }
}

async function* keptAndGone(session: Session, touched: TouchedRows): AsyncGenerator<ClaimLine> {
  const { entity, key, table } = touched;
  const names = entity.columns.map(({ name }) => name);
  const sql =
    `SELECT t.ctid IS NOT NULL, s.${touchedColumns.digest}, ${rowDigestSql(names, 't')}, ${columnList([...key, ...names], 's')}, ${columnList(names, 't')} ` +
    `FROM ${table} s LEFT JOIN ${ownRows(entity)} t ON ${sameKey(touched, 't', 's')} ORDER BY ${orderOf(touched, 's')}`;
  for await (const rows of copyRows(session, sql, { what: 'read what was written', table: entity.table })) {
    for (const [isThere, was, left, ...texts] of rows) {
      const named = namedRow(touched, texts);
      const [before, after] = [texts.slice(key.length, key.length + names.length), texts.slice(key.length + names.length)];
      const digests = { was: was ?? '', left: isThere === 't' ? (left ?? '') : undefined };
      if (isThere !== 't') {
        yield { ...named, ...digests, decision: 'delete', before: valuesOf(entity.columns, before, () => true) };
        continue;
      }
      const isOther = ({ generated }: Column, at: number): boolean => !generated && before[at] !== after[at];
      const columns = entity.columns.filter(isOther).map(({ member }) => member);
      const values = { before: valuesOf(entity.columns, before, isOther), after: valuesOf(entity.columns, after, isOther) };
      if (columns.length > 0) yield { ...named, ...digests, decision: 'update', columns, ...values };
    }
  }
}

/** Rows of keys that none had before. */
async function* come(session: Session, touched: TouchedRows): AsyncGenerator<ClaimLine> {
  const { entity, key, table } = touched;
  const names = entity.columns.map(({ name }) => name);
  const isOther = key
    .map((name) => {
      const { equality } = columnNamed(entity, name);
      return `s.${quoteIdentifier(name)} ${equality} s.${newKeyColumn(name)}`;
    })
    .join(' AND ');
  const sql =
    `SELECT ${rowDigestSql(names, 't')}, ${columnList([...key, ...names], 't')} FROM ${ownRows(entity)} t ` +
    `WHERE EXISTS (SELECT 1 FROM ${table} s WHERE ${sameNewKey(touched, 't', 's')} AND NOT s.${touchedColumns.there} AND NOT (${isOther})) ` +
    `ORDER BY ${orderOf(touched, 't')}`;
  for await (const rows of copyRows(session, sql, { what: 'read what was written', table: entity.table }))
    for (const [left, ...texts] of rows) {
      const after = valuesOf(entity.columns, texts.slice(key.length), () => true);
      yield { ...namedRow(touched, texts), decision: 'insert', was: undefined, left: left ?? '', after };
    }
}

function orderOf({ entity, key }: TouchedRows, row: string): string {
  return key.map((name) => keyOrderSql(columnNamed(entity, name), row)).join(', ');
}

function valuesOf(
  columns: readonly Column[],
  row: TextRow,
  isTold: (column: Column, at: number) => boolean,
): Readonly<Record<string, ArchiveValue>> {
  return Object.fromEntries(
    columns.flatMap((column, at) =>
      isTold(column, at) ? [[column.member, toArchiveValue(row[at] ?? null, column.kind)] as const] : [],
    ),
  );
}
