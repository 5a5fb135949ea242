import { columnList } from './sql.js';

/** SHA-256, lower-case hex, over a row of some columns as the server prints it in a session of ours. */
export function rowDigestSql(columns: readonly string[], row: string): string {
  const text = `ROW(${columnList(columns, row)})::pg_catalog.text`;
  return `pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(${text}, 'UTF8')), 'hex')`;
}
