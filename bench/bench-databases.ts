import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Client } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { generateRows, organisationSelects } from './organisation-rows.js';
import { organisationConstraints, organisationTables } from './organisation-schema.js';

/** The benchmark's databases on one server: a source with rows, and as many empty targets as asked for. */
export class BenchDatabases {
  readonly #server: string;
  readonly #prefix = `portolan_bench_${String(process.pid)}`;

  constructor(serverUrl: string) {
    this.#server = serverUrl;
  }

  url(name: 'source' | 'empty' | 'target'): string {
    const url = new URL(this.#server);
    url.pathname = `/${this.#prefix}_${name}`;
    return url.href;
  }

  /** Generates the rows of one size, and writes those of the organisation to `folder` as files for COPY. */
  async prepare(size: number, folder: string): Promise<void> {
    await this.drop();
    for (const name of ['source', 'empty'] as const) {
      await runStatements(this.#server, [`CREATE DATABASE ${this.#prefix}_${name} TEMPLATE template0`]);
    }
    await runStatements(this.url('empty'), [organisationTables, organisationConstraints]);
    await runStatements(this.url('source'), [
      organisationTables,
      ...generateRows(size),
      organisationConstraints,
      'VACUUM ANALYZE',
      'CHECKPOINT',
    ]);
    const client = new Client({ connectionString: this.url('source') });
    await client.connect();
    for (const [table, select] of organisationSelects) {
      await pipeline(
        client.query(copyTo(`COPY (${select} ORDER BY 1) TO STDOUT`)),
        createWriteStream(join(folder, `${table}.copy`)),
      );
    }
    await client.end();
  }

  async serverVersion(): Promise<string> {
    const client = new Client({ connectionString: this.#server });
    await client.connect();
    const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
    await client.end();
    return rows[0]?.server_version ?? 'unknown';
  }

  /** A new empty target, with tables, indexes and foreign keys. */
  async emptyTarget(): Promise<void> {
    await runStatements(this.#server, [
      `DROP DATABASE IF EXISTS ${this.#prefix}_target WITH (FORCE)`,
      `CREATE DATABASE ${this.#prefix}_target TEMPLATE ${this.#prefix}_empty`,
      'CHECKPOINT',
    ]);
  }

  async drop(): Promise<void> {
    for (const name of ['source', 'empty', 'target']) {
      await runStatements(this.#server, [`DROP DATABASE IF EXISTS ${this.#prefix}_${name} WITH (FORCE)`]);
    }
  }
}

/** Runs statements one by one, outside a transaction. */
async function runStatements(url: string, statements: readonly string[]): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}
