import type { Key } from '../closure/key.js';
import { toKey } from '../closure/key.js';
import { arrayLiteral, columnList, ownRows, quoteIdentifier } from '../dialect/postgres/sql.js';
import type { Session } from '../dialect/session.js';
import { findColumn } from '../schema/resolve-column.js';
import type { Entity } from '../schema/schema.js';
import { hasIntegerKey } from '../schema/has-integer-key.js';

/** The only row of the target that has a natural key, whatever its own key: by the place in `wanted`. NULL tells no row from another. */
export async function findByNaturalKey(
  session: Session,
  entity: Entity,
  members: readonly string[],
  wanted: readonly (readonly (string | null)[])[],
): Promise<ReadonlyMap<number, Key>> {
  const columns = members.flatMap((member) => findColumn(entity, member) ?? []);
  const rows = new Map<number, Key[]>();
  if (members.length === 0 || columns.length < members.length || wanted.length === 0) return new Map();
  const arrays = members.map((_, at) => arrayLiteral(wanted.map((texts) => texts[at] ?? null)));
  const names = members.map((_, at) => `c${String(at)}`).join(', ');
  const parameters = members.map((_, at) => `$${String(at + 1)}::text[]`).join(', ');
  // As text, whatever type the column had at home: it is only told, and no index is worth a value that is refused.
  const same = columns.map(({ name }, at) => {
    const column = `t.${quoteIdentifier(name)}`;
    return `${column} IS NOT NULL AND pg_catalog.format('%s', ${column}) COLLATE "C" = v.c${String(at)}`;
  });
  const sql = `SELECT v.ordinal, ${columnList(entity.key, 't')} FROM unnest(${parameters}) WITH ORDINALITY v(${names}, ordinal) JOIN ${ownRows(entity)} t ON ${same.join(' AND ')}`;
  const integer = hasIntegerKey(entity);
  for (const [ordinal, ...key] of await session.query(sql, arrays, { what: 'find rows by natural key', table: entity.table })) {
    const place = Number(ordinal) - 1;
    const texts = key.map((text) => text ?? '');
    rows.set(place, [...(rows.get(place) ?? []), toKey(texts, integer)]);
  }
  return new Map(
    [...rows].flatMap(([place, [row, ...others]]) => (row === undefined || others.length > 0 ? [] : [[place, row]])),
  );
}
