import type { Key } from '../closure/key.js';
import { toKey } from '../closure/key.js';
import { arrayLiteral, columnList, columnNamed, ownRows, quoteIdentifier } from '../dialect/postgres/sql.js';
import type { Session } from '../dialect/session.js';
import { hasIntegerKey } from '../schema/has-integer-key.js';
import type { Entity } from '../schema/schema.js';

/**
 * The target's rows that have some natural keys, as the database compares them: by the place in `wanted`, two at most, since who has two
 * namesakes is neither. One query; nothing in `wanted` is NULL.
 */
export async function findMatches(
  session: Session,
  entity: Entity,
  wanted: readonly (readonly string[])[],
): Promise<ReadonlyMap<number, readonly Key[]>> {
  const matches = new Map<number, Key[]>();
  if (wanted.length === 0) return matches;
  const columns = entity.naturalKey.map((name) => columnNamed(entity, name));
  const arrays = columns.map((_, at) => arrayLiteral(wanted.map((texts) => texts[at] ?? '')));
  const names = columns.map((_, at) => `c${String(at)}`).join(', ');
  const parameters = columns.map((_, at) => `$${String(at + 1)}::text[]`).join(', ');
  const typed = columns.map((column, at) => {
    const type = column.kind === 'integer' ? column.type : column.lookupType;
    const collation = column.collation === undefined ? '' : ` COLLATE ${column.collation}`;
    return `u.c${String(at)}::${type}${collation} AS n${String(at)}`;
  });
  const mine = `SELECT u.ordinal, ${typed.join(', ')} FROM unnest(${parameters}) WITH ORDINALITY u(${names}, ordinal)`;
  const same = columns.map(({ name, equality }, at) => `t.${quoteIdentifier(name)} ${equality} s.n${String(at)}`).join(' AND ');
  const sql = `SELECT s.ordinal, ${columnList(entity.key, 't')} FROM (${mine}) s JOIN ${rowsOf(entity)} t ON ${same} ORDER BY s.ordinal`;
  const integer = hasIntegerKey(entity);
  for (const [ordinal, ...key] of await session.query(sql, arrays, { what: 'find rows by natural key', table: entity.table })) {
    const place = Number(ordinal) - 1;
    const row = toKey(
      key.map((text) => text ?? ''),
      integer,
    );
    const known = matches.get(place);
    if (known === undefined) matches.set(place, [row]);
    else known.push(row);
  }
  return matches;
}

/** Where nothing keeps rows from having the same natural key, two of them are enough. */
function rowsOf(entity: Entity): string {
  const isUnique = entity.uniques.some(
    ({ columns, predicate }) =>
      predicate === undefined && columns.length > 0 && columns.every((name) => entity.naturalKey.includes(name)),
  );
  if (isUnique) return ownRows(entity);
  const names = columnList([...new Set([...entity.key, ...entity.naturalKey])]);
  const number = `row_number() OVER (PARTITION BY ${columnList(entity.naturalKey)})`;
  return `(SELECT ${names} FROM (SELECT ${names}, ${number} AS portolan_number FROM ${ownRows(entity)}) n WHERE portolan_number <= 2)`;
}
