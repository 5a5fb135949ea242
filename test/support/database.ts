import { randomBytes } from 'node:crypto';
import pg from 'pg';

/** A database of a test file's own. */
export interface TestDatabase {
  readonly name: string;
  readonly url: string;
  query(sql: string, parameters?: unknown[]): Promise<Record<string, unknown>[]>;
  drop(): Promise<void>;
}

/** A new, empty database, or a copy of `template`; `sql` is run in it. */
export async function createDatabase(options: { readonly sql?: string; readonly template?: string } = {}): Promise<TestDatabase> {
  const name = `portolan_test_${randomBytes(6).toString('hex')}`;
  const template = options.template === undefined ? 'template0' : `"${options.template}"`;
  await administer(`CREATE DATABASE "${name}" TEMPLATE ${template}`);
  const url = databaseUrl(name);
  const pool = new pg.Pool({ connectionString: url, max: 4 });
  pool.on('error', () => undefined);
  if (options.sql !== undefined) await pool.query(options.sql);
  return {
    name,
    url,
    query: async (sql, parameters) => (await pool.query<Record<string, unknown>>(sql, parameters)).rows,
    drop: async () => {
      await pool.end();
      await administer(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
    },
  };
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

async function administer(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: clusterUrl() });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
