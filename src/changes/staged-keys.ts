import { columnList, columnNamed, ownRows, quoteIdentifier } from '../dialect/postgres/sql.js';
import type { Session } from '../dialect/session.js';
import type { Entity } from '../schema/schema.js';

/** Keys of rows of one table in a temporary table, beside columns that no table of an application has: their names begin with `portolan: `. */
export interface StagedKeys {
  readonly entity: Entity;
  /** The columns that tell its rows apart: its key, or both ends of a join table that has none. */
  readonly key: readonly string[];
  /** As SQL. */
  readonly table: string;
}

/** @param further SQL of each further column with its name */
export async function stageKeys(
  session: Session,
  entity: Entity,
  key: readonly string[],
  name: string,
  further: readonly string[],
): Promise<StagedKeys> {
  const columns = [columnList(key), ...further].join(', ');
  await session.query(`CREATE TEMP TABLE ${name} ON COMMIT DROP AS SELECT ${columns} FROM ${ownRows(entity)} WITH NO DATA`, [], {
    what: 'make a stage',
    table: entity.table,
  });
  return { entity, key, table: `pg_temp.${name}` };
}

/** That a row of the table has a staged key. */
export function sameKey({ entity, key }: StagedKeys, row: string, staged: string): string {
  return key
    .map((name) => {
      const column = quoteIdentifier(name);
      return `${row}.${column} ${columnNamed(entity, name).equality} ${staged}.${column}`;
    })
    .join(' AND ');
}
