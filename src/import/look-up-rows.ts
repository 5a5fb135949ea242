import type { Key } from '../closure/key.js';
import { toIntegerKey, toKey } from '../closure/key.js';
import { ownRows } from '../dialect/postgres/sql.js';
import { createRowReader } from '../dialect/postgres/row-reader.js';
import type { Session } from '../dialect/session.js';
import type { Entity } from '../schema/schema.js';
import { decodeRow } from '../values/copy-text.js';
import { integerAt } from '../values/integer-at.js';
import { hasIntegerKey } from '../schema/has-integer-key.js';
import type { TargetModel } from './target.js';

const tab = 0x09;

/** Whether the table has any row that this transaction sees: an empty one needs no look-ups. */
export async function isEmpty(session: Session, entity: Entity): Promise<boolean> {
  const rows = await session.query(`SELECT 1 FROM ${ownRows(entity)} LIMIT 1`, [], {
    what: 'look whether it is empty',
    table: entity.table,
  });
  return rows.length === 0;
}

/** The models whose tables have no row that this transaction sees. */
export async function emptyTables(session: Session, targets: ReadonlyMap<string, TargetModel>): Promise<ReadonlySet<string>> {
  const empty = new Set<string>();
  for (const [model, { entity }] of targets) if (await isEmpty(session, entity)) empty.add(model);
  return empty;
}

/** An entity, and the columns of its rows that are asked for. */
export type LookedUpColumns = Pick<TargetModel, 'entity'> & {
  readonly columns: readonly Pick<TargetModel['columns'][number], 'column'>[];
};

/** The target's rows of some keys, as COPY text lines in the archive's columns. */
export async function lookUpRows(
  session: Session,
  target: LookedUpColumns,
  keys: readonly Key[],
): Promise<ReadonlyMap<Key, string>> {
  const lines = new Map<Key, string>();
  const { entity } = target;
  const integer = hasIntegerKey(entity);
  for await (const chunk of bytesOfKeys(session, target, keys)) {
    for (const line of chunk.toString('utf8').split('\n')) {
      if (line === '') continue;
      let at = -1;
      for (let column = 0; column < entity.key.length; column += 1) at = line.indexOf('\t', at + 1);
      lines.set(keyOfText(line.slice(0, at), integer), line.slice(at + 1));
    }
  }
  return lines;
}

/** The same rows as bytes, in the order of the keys, each behind its key's columns. Chunks end at row ends. */
export function bytesOfKeys(session: Session, { entity, columns }: LookedUpColumns, keys: readonly Key[]): AsyncIterable<Buffer> {
  const names = [...entity.key, ...columns.map(({ column }) => column.name)];
  return createRowReader(session).rows(entity, names, keys);
}

/** Reads the key that stands between two places of COPY text. */
export function keyReader(entity: Entity): (bytes: Buffer, start: number, end: number) => Key {
  if (hasIntegerKey(entity)) return integerAt;
  return (bytes, start, end) => keyOfText(bytes.toString('utf8', start, end), false);
}

/** Where the row begins behind its key. */
export function behindKey(bytes: Buffer, start: number, columns: number): number {
  let at = start;
  for (let open = columns; open > 0; at += 1) if (bytes[at] === tab) open -= 1;
  return at;
}

function keyOfText(text: string, integer: boolean): Key {
  return integer
    ? toIntegerKey(text)
    : toKey(
        decodeRow(text).map((value) => value ?? ''),
        false,
      );
}

/** The columns in which two lines differ, by member. */
export function differingColumns(target: TargetModel, mine: string, theirs: string): readonly string[] {
  const left = mine.split('\t');
  const right = theirs.split('\t');
  return target.columns.flatMap(({ member }, at) => (left[at] === right[at] ? [] : [member]));
}
