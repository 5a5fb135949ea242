import { randomBytes } from 'node:crypto';
import pg from 'pg';

/** A database of a test file's own. */
export interface TestDatabase {
  readonly name: string;
  readonly url: string;
  query(sql: string, parameters?: unknown[]): Promise<Record<string, unknown>[]>;
  /** Ends every connection to it and removes it; a second call does nothing. */
  drop(): Promise<void>;
}

/** Of all databases of this run, whichever of its processes makes them. */
const prefix = (): string => `portolan_test_${process.env['PORTOLAN_TEST_RUN'] ?? ''}_`;

/** A new, empty UTF8 database of the locale C or of `locale`, or a copy of `template`; `sql` is run in it. */
export async function createDatabase(
  options: { readonly sql?: string; readonly template?: string; readonly locale?: string } = {},
): Promise<TestDatabase> {
  const name = `${prefix()}${randomBytes(6).toString('hex')}`;
  const origin =
    options.template === undefined
      ? `template0 ENCODING 'UTF8' ${options.locale ?? "LOCALE 'C'"}`
      : pg.escapeIdentifier(options.template);
  await administer(`CREATE DATABASE "${name}" TEMPLATE ${origin}`);
  const url = databaseUrl(name);
  const pool = new pg.Pool({ connectionString: url, max: 4, allowExitOnIdle: true });
  pool.on('error', () => undefined);
  let isDropped = false;
  const database: TestDatabase = {
    name,
    url,
    query: async (sql, parameters) => (await pool.query<Record<string, unknown>>(sql, parameters)).rows,
    drop: async () => {
      if (isDropped) return;
      isDropped = true;
      await pool.end();
      await administer(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
    },
  };
  try {
    if (options.sql !== undefined) await pool.query(options.sql);
  } catch (error) {
    await database.drop();
    throw error;
  }
  return database;
}

/** Drops what the tests of this run left. */
export async function dropDatabases(): Promise<void> {
  const like = `${prefix().replaceAll('_', String.raw`\_`)}%`;
  const left = await administer(`SELECT datname FROM pg_database WHERE datname LIKE ${pg.escapeLiteral(like)}`);
  for (const { datname } of left) await administer(`DROP DATABASE ${pg.escapeIdentifier(String(datname))} WITH (FORCE)`);
}

function databaseUrl(name: string): string {
  const url = new URL(clusterUrl());
  url.pathname = `/${name}`;
  return url.href;
}

function clusterUrl(): string {
  const url = process.env['PORTOLAN_TEST_URL'];
  if (url === undefined) throw new Error('no test server: test/support/hooks.ts starts it');
  return url;
}

/** A statement to the server itself, outside of any test's database. */
export async function administer(sql: string): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: clusterUrl() });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}
