import type { Key } from '../closure/key.js';
import { toKey } from '../closure/key.js';
import { keyRelation } from '../dialect/postgres/key-relation.js';
import { rowDigestSql } from '../dialect/postgres/row-digest-sql.js';
import { columnList, columnNamed, ownRows } from '../dialect/postgres/sql.js';
import type { Session } from '../dialect/session.js';
import { hasIntegerKey } from '../schema/has-integer-key.js';
import type { Entity } from '../schema/schema.js';
import { copyRows } from './copy-rows.js';

/** SHA-256 of rows, by key: see `rowDigestSql`. */
export async function rowDigests(
  session: Session,
  entity: Entity,
  columns: readonly string[],
  keys: readonly Key[],
): Promise<ReadonlyMap<Key, string>> {
  const digests = new Map<Key, string>();
  if (keys.length === 0) return digests;
  const key = entity.key.map((name) => columnNamed(entity, name));
  const { tables, conditions } = keyRelation(key, keys, 't');
  const from = [...tables, `${ownRows(entity)} t`].join(', ');
  const sql = `SELECT ${rowDigestSql(columns, 't')}, ${columnList(entity.key, 't')} FROM ${from} WHERE ${conditions.join(' AND ')}`;
  const integer = hasIntegerKey(entity);
  for await (const rows of copyRows(session, sql, { what: 'hash rows', table: entity.table })) {
    for (const [digest, ...texts] of rows)
      digests.set(
        toKey(
          texts.map((text) => text ?? ''),
          integer,
        ),
        digest ?? '',
      );
  }
  return digests;
}
