import type { Session } from '../dialect/session.js';

/** Which database it is, without saying where. */
export interface DatabaseIdentity {
  readonly name: string;
  readonly oid: string;
  /** Which server's data it is in, where the role may ask: a copy file by file has the same, a restored dump another. */
  readonly system?: string;
}

export async function databaseIdentity(session: Session): Promise<DatabaseIdentity> {
  const purpose = { what: 'ask which database it is' };
  // A function that is not there, or not allowed, would end the transaction.
  const sql =
    'SELECT datname, oid, pg_catalog.has_function_privilege(' +
    "pg_catalog.to_regprocedure('pg_catalog.pg_control_system()')::pg_catalog.oid, 'EXECUTE') " +
    'FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()';
  const [row] = await session.query(sql, [], purpose);
  const known = { name: row?.[0] ?? '', oid: row?.[1] ?? '' };
  if (row?.[2] !== 't') return known;
  const [control] = await session.query('SELECT system_identifier FROM pg_catalog.pg_control_system()', [], purpose);
  return { ...known, system: control?.[0] ?? '' };
}

/** What only one of them tells says nothing. */
export function isSameDatabase(one: DatabaseIdentity, other: DatabaseIdentity): boolean {
  const areKnown = one.system !== undefined && other.system !== undefined;
  return one.name === other.name && one.oid === other.oid && (!areKnown || one.system === other.system);
}
