import { ConstraintError } from '../dialect/postgres/database-error.js';
import { hasText } from '../dialect/postgres/filtered-table.js';
import { columnList, columnNamed, equalColumns, ownRows, quoteIdentifier, quoteLiteral } from '../dialect/postgres/sql.js';
import type { Session } from '../dialect/session.js';
import { RefusedError } from '../errors/portolan-error.js';
import { entityNamed } from '../schema/entity-named.js';
import type { Entity, Link, Reference, Schema } from '../schema/schema.js';

/** Two rows of one entity, by the texts of their keys. */
export interface ClaimedRows {
  readonly entity: Entity;
  readonly placeholder: readonly string[];
  readonly object: readonly string[];
}

/**
 * Lets all that refers to the placeholder refer to the object.
 *
 * @returns how many rows did
 * @throws RefusedError CLAIM_COLLIDES
 */
export async function moveReference(session: Session, schema: Schema, reference: Reference, rows: ClaimedRows): Promise<number> {
  const child = entityNamed(schema, reference.child);
  const { entity } = rows;
  const set = reference.columns.map((name, at) => {
    const parent = quoteIdentifier(reference.parentColumns[at] ?? '');
    return `${quoteIdentifier(name)} = o.${parent}::${columnNamed(child, name).type}`;
  });
  const sql =
    `WITH moved AS (UPDATE ${ownRows(child)} x SET ${set.join(', ')} FROM ${rowOf(entity, rows.object)} o, ${rowOf(entity, rows.placeholder)} p ` +
    `WHERE ${holds(child, reference, entity, 'p')} RETURNING 1) SELECT count(*) FROM moved`;
  try {
    const [row] = await session.query(sql, [], { what: 'move references', table: child.table });
    return Number(row?.[0] ?? 0);
  } catch (error) {
    if (!(error instanceof ConstraintError)) throw error;
    throw new RefusedError('CLAIM_COLLIDES', `${reference.name}: a row of the placeholder cannot become one of the object`, {
      cause: error,
      detail: error.message,
      hint: 'Nothing was written. Remove that row of one of the two first.',
    });
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

/** That a row `x` refers to the row `parent`. What only the row's own columns can mean stands where no other columns are. */
function holds(child: Entity, { columns, parentColumns, when }: Reference, entity: Entity, parent: string, row = 'x'): string {
  const equal = columns.map((name, at) =>
    equalColumns(columnNamed(child, name), row, columnNamed(entity, parentColumns[at] ?? ''), parent),
  );
  return [...equal, ...(when === undefined ? [] : [hasText(columnNamed(child, when.column), when.value, row)])].join(' AND ');
}

/** The row of a key, as a table. */
function rowOf(entity: Entity, texts: readonly string[]): string {
  return `(SELECT * FROM ${ownRows(entity)} WHERE ${hasKey(entity, texts)})`;
}

/** That a row of the table has a key. */
export function hasKey(entity: Entity, texts: readonly string[]): string {
  return entity.key
    .map((name, at) => {
      const { equality, type } = columnNamed(entity, name);
      return `${quoteIdentifier(name)} ${equality} ${quoteLiteral(texts[at] ?? '')}::${type}`;
    })
    .join(' AND ');
}

/** Locks both rows until the transaction ends; how many there are. */
export async function lockRows(session: Session, { entity, placeholder, object }: ClaimedRows): Promise<number> {
  const condition = [placeholder, object].map((texts) => `(${hasKey(entity, texts)})`).join(' OR ');
  const sql = `SELECT ${columnList(entity.key)} FROM ${ownRows(entity)} WHERE ${condition} FOR UPDATE`;
  return (await session.query(sql, [], { what: 'lock both rows', table: entity.table })).length;
}
