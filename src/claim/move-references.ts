import { innerValue, stageInner } from '../changes/stage-inner.js';
import { ConstraintError } from '../dialect/postgres/database-error.js';
import { columnNamed, ownRows, quoteIdentifier } from '../dialect/postgres/sql.js';
import type { Session } from '../dialect/session.js';
import { RefusedError } from '../errors/portolan-error.js';
import { entityNamed } from '../schema/entity-named.js';
import type { Link, Reference, Schema } from '../schema/schema.js';
import type { ClaimedRows } from './claimed-rows.js';
import { holds, rowOf } from './claimed-rows.js';

/**
 * Lets all that refers to the placeholder refer to the object.
 *
 * @returns how many rows did
 * @throws RefusedError CLAIM_COLLIDES
 */
export async function moveReference(session: Session, schema: Schema, reference: Reference, rows: ClaimedRows): Promise<number> {
  const child = entityNamed(schema, reference.child);
  const { entity } = rows;
  const parents = reference.parentColumns.map((name) => `o.${quoteIdentifier(name)}`);
  const set = reference.columns.map(
    (name, at) => `${quoteIdentifier(name)} = ${parents[at] ?? ''}::${columnNamed(child, name).type}`,
  );
  const objectRow = rowOf(entity, rows.object);
  const sql =
    `WITH moved AS (UPDATE ${ownRows(child)} x SET ${set.join(', ')} FROM ${objectRow} o, ${rowOf(entity, rows.placeholder)} p ` +
    `WHERE ${holds(child, reference, entity, 'p')} RETURNING 1) ` +
    `SELECT count(*), (SELECT pg_catalog.num_nulls(${parents.join(', ')}) FROM ${objectRow} o) FROM moved`;
  try {
    const [row] = await session.query(sql, [], { what: 'move references', table: child.table });
    const count = Number(row?.[0] ?? 0);
    if (count > 0 && row?.[1] !== '0') throw nothingToHold(reference);
    return count;
  } catch (error) {
    if (!(error instanceof ConstraintError)) throw error;
    throw new RefusedError('CLAIM_COLLIDES', `${reference.name}: a row of the placeholder cannot become one of the object`, {
      cause: error,
      detail: error.message,
      hint: 'Nothing was written. Remove that row of one of the two first.',
    });
  }
}

/** References hold what the object has not: they would be lost. */
export function nothingToHold({ name }: Reference): RefusedError {
  return new RefusedError('CLAIM_COLLIDES', `${name}: the object has nothing there that could be referred to`, {
    hint: 'Nothing was written. Fill in what is missing in the object first.',
  });
}

/**
 * Proves that nothing else holds what is written anew: it would follow without being told, be emptied, or lead nowhere.
 *
 * @throws RefusedError CLAIM_COLLIDES
 */
export async function refuseFollowers(session: Session, schema: Schema, reference: Reference, rows: ClaimedRows): Promise<void> {
  const { entity } = rows;
  const middle = entityNamed(schema, reference.child);
  const isHeld = ({ parent, parentColumns }: Reference): boolean =>
    parent === middle.model && parentColumns.some((name) => reference.columns.includes(name));
  const moved = `${ownRows(middle)} x, ${rowOf(entity, rows.placeholder)} p`;
  const condition = holds(middle, reference, entity, 'p');
  const refuse = async (follower: Reference, from: string, where: string): Promise<void> => {
    const what = { what: 'look what refers to rows that change', table: entityNamed(schema, follower.child).table };
    const [row] = await session.query(`SELECT count(*) FROM ${from} WHERE ${condition} AND ${where}`, [], what);
    if (row?.[0] === '0') return;
    const reason = `${follower.name}: ${String(row?.[0])} times it leads to rows whose own keys change, since they hold that of the placeholder (${reference.name})`;
    throw new RefusedError('CLAIM_COLLIDES', reason, { hint: 'Nothing was written. Move these rows by hand first.' });
  };
  for (const follower of schema.references.filter(isHeld)) {
    const child = entityNamed(schema, follower.child);
    await refuse(follower, `${moved}, ${ownRows(child)} z`, holds(child, follower, middle, 'x', 'z'));
  }
  const inside = [...schema.inner, ...schema.mentions].filter(isHeld);
  if (inside.length === 0) return;
  const [any] = await session.query(`SELECT EXISTS (SELECT 1 FROM ${moved} WHERE ${condition})`, [], {
    what: 'look whether anything refers to the placeholder',
    table: middle.table,
  });
  if (any?.[0] !== 't') return;
  for (const [follower, pairs] of await stageInner(session, schema, inside)) {
    const { equality, name } = columnNamed(middle, follower.parentColumns[0] ?? '');
    await refuse(follower, `${moved}, ${pairs.table} v`, `v.${innerValue} ${equality} x.${quoteIdentifier(name)}`);
    await session.query(`DROP TABLE ${pairs.table}`, [], { what: 'make room for the next', table: pairs.entity.table });
  }
}

/** Links that the object has too: they go, since a row is linked once. */
export async function dropLinksInCommon(
  session: Session,
  schema: Schema,
  link: Link,
  end: Reference,
  rows: ClaimedRows,
): Promise<number> {
  const through = entityNamed(schema, link.through);
  const other = end === link.owner ? link.inverse : link.owner;
  const { entity } = rows;
  const sameEnd = other.columns.map((name) => {
    const column = quoteIdentifier(name);
    return `x.${column} ${columnNamed(through, name).equality} y.${column}`;
  });
  const sql =
    `WITH gone AS (DELETE FROM ${ownRows(through)} x USING ${ownRows(through)} y, ${rowOf(entity, rows.object)} o, ${rowOf(entity, rows.placeholder)} p ` +
    `WHERE ${holds(through, end, entity, 'p')} AND ${holds(through, end, entity, 'o', 'y')} AND ${sameEnd.join(' AND ')} RETURNING 1) SELECT count(*) FROM gone`;
  const [row] = await session.query(sql, [], { what: 'remove links in common', table: through.table });
  return Number(row?.[0] ?? 0);
}

/** Rows that refer to the placeholder by a reference. */
export async function countReferring(session: Session, schema: Schema, reference: Reference, rows: ClaimedRows): Promise<number> {
  const child = entityNamed(schema, reference.child);
  const sql = `SELECT count(*) FROM ${ownRows(child)} x, ${rowOf(rows.entity, rows.placeholder)} p WHERE ${holds(child, reference, rows.entity, 'p')}`;
  const [row] = await session.query(sql, [], { what: 'count what refers to the placeholder', table: child.table });
  return Number(row?.[0] ?? 0);
}
