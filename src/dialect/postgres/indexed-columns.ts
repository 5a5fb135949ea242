import type { Entity } from '../../schema/schema.js';
import type { Session } from '../session.js';
import { arrayLiteral } from './sql.js';

const leadingColumnsSql = `
SELECT DISTINCT n.nspname, c.relname, a.attname
FROM unnest($1::text[], $2::text[]) v(schema, name)
JOIN pg_namespace n ON n.nspname = v.schema JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = v.name
JOIN pg_index i ON i.indrelid = c.oid AND i.indisvalid AND i.indpred IS NULL
JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_am m ON m.oid = x.relam AND m.amname IN ('btree', 'hash')
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]`;

/** Whether each column is the first of an index of all rows. */
export async function indexedColumns(
  session: Session,
  columns: readonly { readonly entity: Entity; readonly column: string }[],
): Promise<readonly boolean[]> {
  const tables = columns.map(({ entity }) => entity.table);
  const names = [tables.map(({ schema }) => schema), tables.map(({ name }) => name)].map(arrayLiteral);
  const found = new Set((await session.query(leadingColumnsSql, names)).map((row) => row.join('\0')));
  return columns.map(({ entity: { table }, column }) => found.has([table.schema, table.name, column].join('\0')));
}
