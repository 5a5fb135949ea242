import { hasText } from '../dialect/postgres/filtered-table.js';
import { columnList, columnNamed, equalColumns, ownRows, quoteIdentifier, quoteLiteral } from '../dialect/postgres/sql.js';
import type { Session } from '../dialect/session.js';
import type { Entity, Reference } from '../schema/schema.js';

/** Two rows of one entity, by the texts of their keys. */
export interface ClaimedRows {
  readonly entity: Entity;
  readonly placeholder: readonly string[];
  readonly object: readonly string[];
}

/** That a row `x` refers to the row `parent`. What only the row's own columns can mean stands where no other columns are. */
export function holds(
  child: Entity,
  { columns, parentColumns, when }: Pick<Reference, 'columns' | 'parentColumns' | 'when'>,
  entity: Entity,
  parent: string,
  row = 'x',
): string {
  const equal = columns.map((name, at) =>
    equalColumns(columnNamed(child, name), row, columnNamed(entity, parentColumns[at] ?? ''), parent),
  );
  return [...equal, ...(when === undefined ? [] : [hasText(columnNamed(child, when.column), when.value, row)])].join(' AND ');
}

/** The row of a key, as a table. */
export function rowOf(entity: Entity, texts: readonly string[]): string {
  return `(SELECT * FROM ${ownRows(entity)} WHERE ${hasKey(entity, texts)})`;
}

/** That a row of the table has a key. */
export function hasKey(entity: Entity, texts: readonly string[], row?: string): string {
  return entity.key
    .map((name, at) => {
      const { equality, type } = columnNamed(entity, name);
      const column = row === undefined ? quoteIdentifier(name) : `${row}.${quoteIdentifier(name)}`;
      return `${column} ${equality} ${quoteLiteral(texts[at] ?? '')}::${type}`;
    })
    .join(' AND ');
}

/** Locks both rows until the transaction ends; how many there are. */
export async function lockRows(session: Session, { entity, placeholder, object }: ClaimedRows): Promise<number> {
  const condition = [placeholder, object].map((texts) => `(${hasKey(entity, texts)})`).join(' OR ');
  const sql = `SELECT ${columnList(entity.key)} FROM ${ownRows(entity)} WHERE ${condition} FOR UPDATE`;
  return (await session.query(sql, [], { what: 'lock both rows', table: entity.table })).length;
}
