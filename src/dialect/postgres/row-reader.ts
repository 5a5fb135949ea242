import type { Key } from '../../closure/key.js';
import type { Entity } from '../../schema/schema.js';
import type { ColumnGroup, KeyBatch, RowReader, RowSelection } from '../row-reader.js';
import type { Session } from '../session.js';
import { KeyParser } from './key-parser.js';
import { keyRelation } from './key-relation.js';
import { columnList, columnNamed, keyOrderSql, quoteIdentifier, quoteTable } from './sql.js';

/** Keys in one statement: a few hundred kilobytes of text. */
const keysAtOnce = 50_000;

/** Reads through COPY, in whatever state of the database the session sees. */
export function createRowReader(session: Session): RowReader {
  return {
    keys: (selection, select) => readKeys(session, selection, select),
    rows: (entity, columns, keys) => readRows(session, entity, columns, keys),
  };
}

async function* readKeys(session: Session, selection: RowSelection, select: readonly ColumnGroup[]): AsyncGenerator<KeyBatch> {
  const shapes = select.map((group) => ({ columns: group.length, integer: isInteger(selection.entity, group) }));
  const selected = select.filter((group) => group.length > 0);
  for (const keys of batches(selection.values, keysAtOnce)) {
    const parser = new KeyParser(shapes.filter((shape) => shape.columns > 0));
    for await (const chunk of session.copyOut(selectionSql(selection, selected, keys))) {
      const { count, groups } = parser.parse(chunk);
      if (count === 0) continue;
      let next = 0;
      yield { count, groups: shapes.map((shape) => (shape.columns > 0 ? (groups[next++] ?? []) : new Array<null>(count).fill(null))) };
      session.statistics.rows += count;
    }
  }
}

function selectionSql(selection: RowSelection, select: readonly ColumnGroup[], keys: readonly Key[]): string {
  const { entity, through, where, limit } = selection;
  const lookup = through === undefined ? { entity, columns: selection.columns } : { entity: through.entity, columns: through.keyColumns };
  const alias = through === undefined ? 't' : 'p';
  const relation = keyRelation(
    lookup.columns.map((name) => columnNamed(lookup.entity, name)),
    keys,
    alias,
  );
  const table = where === undefined ? quoteTable(entity.table) : `(SELECT * FROM ${quoteTable(entity.table)} WHERE (${where}))`;
  const from =
    through === undefined
      ? `${relation.from}${table} t`
      : `${relation.from}${quoteTable(through.entity.table)} p CROSS JOIN ${table} t`;
  const join =
    through === undefined
      ? ''
      : ` AND ${selection.columns.map((name, at) => equality(entity, name, `p.${quoteIdentifier(through.columns[at] ?? '')}`)).join(' AND ')}`;
  const columns = select.map((group) => columnList(group, 't')).join(', ');
  const condition = relation.from === '' || through !== undefined ? ` WHERE ${relation.on}${join}` : ` ON ${relation.on}`;
  const body = through !== undefined && relation.from !== '' ? ` FROM ${joined(relation, through.entity, table)} WHERE TRUE${join}` : ` FROM ${from}${condition}`;
  const list = columns === '' ? '1' : columns;
  if (limit === undefined) return `COPY (SELECT ${list}${body}) TO STDOUT`;
  const partition = columnList(selection.columns, 't');
  const order = entity.key.map((name) => keyOrderSql(columnNamed(entity, name), 't')).join(', ');
  const ranked = `SELECT ${select.flat().map((name, at) => `t.${quoteIdentifier(name)} AS s${String(at)}`).join(', ')}, row_number() OVER (PARTITION BY ${partition} ORDER BY ${order}) AS place${body}`;
  const outer = select.flat().map((_, at) => `s${String(at)}`).join(', ');
  return `COPY (SELECT ${outer} FROM (${ranked}) ranked WHERE place <= ${String(limit)}) TO STDOUT`;
}

function joined(relation: { readonly from: string; readonly on: string }, through: Entity, table: string): string {
  return `${relation.from}${quoteTable(through.table)} p ON ${relation.on} CROSS JOIN ${table} t`;
}

function equality(entity: Entity, name: string, other: string): string {
  return `t.${quoteIdentifier(name)} ${columnNamed(entity, name).equality} ${other}`;
}

async function* readRows(session: Session, entity: Entity, columns: readonly string[], keys: Iterable<Key>): AsyncGenerator<Buffer> {
  const keyColumns = entity.key.map((name) => columnNamed(entity, name));
  const order = keyColumns.map((column) => keyOrderSql(column, 't')).join(', ');
  for (const batch of batches(keys, keysAtOnce)) {
    const relation = keyRelation(keyColumns, batch, 't');
    const condition = relation.from === '' ? `WHERE ${relation.on}` : `ON ${relation.on}`;
    const sql = `COPY (SELECT ${columnList(columns, 't')} FROM ${relation.from}${quoteTable(entity.table)} t ${condition} ORDER BY ${order}) TO STDOUT`;
    yield* wholeRows(session.copyOut(sql));
  }
}

/** Re-cuts chunks at row ends: within COPY text a line feed is always the end of a row. */
async function* wholeRows(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let rest: Buffer[] = [];
  for await (const chunk of chunks) {
    const end = chunk.lastIndexOf(0x0a) + 1;
    if (end === 0) {
      rest.push(chunk);
      continue;
    }
    const whole = end === chunk.length ? chunk : chunk.subarray(0, end);
    yield rest.length === 0 ? whole : Buffer.concat([...rest, whole]);
    rest = end === chunk.length ? [] : [chunk.subarray(end)];
  }
}

function isInteger(entity: Entity, group: ColumnGroup): boolean {
  const [name] = group;
  return group.length === 1 && name !== undefined && columnNamed(entity, name).kind === 'integer';
}

function* batches(keys: Iterable<Key>, size: number): Generator<readonly Key[]> {
  let batch: Key[] = [];
  for (const key of keys) {
    if (batch.push(key) < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
