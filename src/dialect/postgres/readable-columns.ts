import type { Entity } from '../../schema/schema.js';
import type { Session } from '../session.js';
import { quoteLiteral, quoteTable } from './sql.js';

/** Names of the columns of a table that the role may read, sorted. */
export async function readableColumns(session: Session, { table }: Pick<Entity, 'table'>): Promise<readonly string[]> {
  const sql =
    'SELECT attname FROM pg_catalog.pg_attribute WHERE attrelid = ' +
    `${quoteLiteral(quoteTable(table))}::pg_catalog.regclass AND attnum > 0 AND NOT attisdropped ` +
    "AND pg_catalog.has_column_privilege(attrelid, attnum, 'SELECT')";
  const rows = await session.query(sql, [], { what: 'ask which columns may be read', table });
  return rows.map(([name]) => name ?? '').sort();
}
