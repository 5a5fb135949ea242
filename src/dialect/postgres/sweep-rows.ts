import type { KeyView } from '../../closure/key-set.js';
import type { Entity } from '../../schema/schema.js';
import { unescapeCopy } from '../../values/copy-text.js';
import type { Session } from '../session.js';
import { columnList, columnNamed, keyOrderSql, ownRows } from './sql.js';
import { wholeRows } from './whole-rows.js';

const tab = 0x09;
const newline = 0x0a;
const backslash = 0x5c;

/** The rows of some keys, from one reading of the whole table in the archive's order; what it takes does not depend on how long keys are. */
export async function* sweepRows(
  session: Session,
  entity: Entity,
  columns: readonly string[],
  keys: KeyView,
): AsyncGenerator<Buffer> {
  if (entity.key.some((name, at) => columns[at] !== name))
    throw new TypeError(`the columns of ${entity.model} do not begin with its key`);
  const order = entity.key.map((name) => keyOrderSql(columnNamed(entity, name), 't')).join(', ');
  const sql = `COPY (SELECT ${columnList(columns, 't')} FROM ${ownRows(entity)} t ORDER BY ${order}) TO STDOUT`;
  for await (const chunk of wholeRows(
    session.copyOut(sql, { what: 'read the whole table for rows by key', table: entity.table }),
  )) {
    const kept = keptRows(chunk, entity.key.length, keys);
    if (kept.length > 0) yield kept;
  }
}

/** The rows of which the first columns are one of the keys, moved together where they stand: whole rows of COPY text that nobody else reads. */
export function keptRows(chunk: Buffer, keyColumns: number, keys: KeyView): Buffer {
  let end = 0;
  let from = 0;
  for (let at = 0; at < chunk.length;) {
    const stop = keyEnd(chunk, at, keyColumns);
    const next = chunk.indexOf(newline, stop) + 1;
    if (!hasKey(chunk, at, stop, keyColumns, keys)) {
      chunk.copyWithin(end, from, at);
      end += at - from;
      from = next;
    }
    at = next;
  }
  if (from === 0) return chunk;
  chunk.copyWithin(end, from);
  return chunk.subarray(0, end + chunk.length - from);
}

function keyEnd(chunk: Buffer, from: number, keyColumns: number): number {
  let at = from;
  for (let left = keyColumns; ; at += 1) {
    const byte = chunk[at];
    if (byte === newline) return at;
    if (byte !== tab) continue;
    left -= 1;
    if (left === 0) return at;
  }
}

function hasKey(chunk: Buffer, start: number, stop: number, keyColumns: number, keys: KeyView): boolean {
  if (keyColumns === 1 && !isEscaped(chunk, start, stop)) return keys.hasText(chunk, start, stop);
  const texts = chunk.toString('utf8', start, stop).split('\t');
  return keys.has(texts.map(unescapeCopy).join('\0'));
}

function isEscaped(chunk: Buffer, start: number, stop: number): boolean {
  for (let at = start; at < stop; at += 1) if (chunk[at] === backslash) return true;
  return false;
}
