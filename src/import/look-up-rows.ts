import type { Key } from '../closure/key.js';
import { toIntegerKey, toKey } from '../closure/key.js';
import { ownRows } from '../dialect/postgres/sql.js';
import { createRowReader } from '../dialect/postgres/row-reader.js';
import type { Session } from '../dialect/session.js';
import type { Entity } from '../schema/schema.js';
import { decodeRow } from '../values/copy-text.js';
import { hasIntegerKey } from '../schema/has-integer-key.js';
import type { TargetModel } from './target.js';

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

/** The target's rows of some keys, as COPY text lines in the archive's columns. */
export async function lookUpRows(
  session: Session,
  target: Pick<TargetModel, 'entity'> & { readonly columns: readonly Pick<TargetModel['columns'][number], 'column'>[] },
  keys: readonly Key[],
): Promise<ReadonlyMap<Key, string>> {
  const lines = new Map<Key, string>();
  for await (const rows of rowsOfKeys(session, target, keys)) for (const [key, line] of rows) lines.set(key, line);
  return lines;
}

/** The same in batches, in the archive's order as the keys are: what is compared at once need not be kept. */
export async function* rowsOfKeys(
  session: Session,
  { entity, columns }: Parameters<typeof lookUpRows>[1],
  keys: readonly Key[],
): AsyncGenerator<readonly (readonly [key: Key, line: string])[]> {
  const names = [...entity.key, ...columns.map(({ column }) => column.name)];
  const integer = hasIntegerKey(entity);
  for await (const chunk of createRowReader(session).rows(entity, names, keys)) {
    const rows: (readonly [Key, string])[] = [];
    for (const line of chunk.toString('utf8').split('\n')) {
      if (line === '') continue;
      let at = -1;
      for (let column = 0; column < entity.key.length; column += 1) at = line.indexOf('\t', at + 1);
      const key = line.slice(0, at);
      const own = integer
        ? toIntegerKey(key)
        : toKey(
            decodeRow(key).map((text) => text ?? ''),
            false,
          );
      rows.push([own, line.slice(at + 1)]);
    }
    yield rows;
  }
}

/** The columns in which two lines differ, by member. */
export function differingColumns(target: TargetModel, mine: string, theirs: string): readonly string[] {
  const left = mine.split('\t');
  const right = theirs.split('\t');
  return target.columns.flatMap(({ member }, at) => (left[at] === right[at] ? [] : [member]));
}
