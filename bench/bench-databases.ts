import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { Client } from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { emptyOrganisation, generateRows, organisation } from './organisation-rows.js';
import type { KeyType } from './organisation-schema.js';
import { keysAs, organisationConstraints, organisationTables } from './organisation-schema.js';
import { runStatements } from './run-statements.js';
import { copyFile, organisationSelects, otherRowsSelects } from './organisation-selects.js';

const names = ['source', 'bare', 'empty', 'target', 'same', 'taken'] as const;
export type DatabaseName = (typeof names)[number];

/** The benchmark's databases on one server: a source with rows, and targets that are empty, or have these rows or others. */
export class BenchDatabases {
  readonly #server: string;
  readonly #keys: KeyType;
  readonly #prefix: string;

  constructor(serverUrl: string, keys: KeyType, size: number) {
    this.#server = serverUrl;
    this.#keys = keys;
    this.#prefix = `portolan_bench_${String(process.pid)}_${keys}_${String(size)}`;
  }

  url(name: DatabaseName): string {
    const url = new URL(this.#server);
    url.pathname = `/${this.#prefix}_${name}`;
    return url.href;
  }

  /** Generates the rows of one size, and writes those of the organisation to `folder` as files for COPY. */
  async prepare(size: number, folder: string): Promise<void> {
    await this.drop();
    for (const name of ['source', 'bare'] as const) await this.#create(name, 'template0');
    await runStatements(this.url('bare'), [organisationTables, ...keysAs(this.#keys)]);
    await this.#create('empty', 'bare');
    await runStatements(this.url('empty'), [organisationConstraints]);
    await runStatements(this.url('source'), [
      organisationTables,
      ...generateRows(size),
      ...keysAs(this.#keys),
      organisationConstraints,
      'VACUUM ANALYZE',
      'CHECKPOINT',
    ]);
    for (const id of [organisation, emptyOrganisation]) await this.#writeCopyFiles(id, folder);
  }

  /** A new empty target, with tables, indexes and foreign keys. */
  async emptyTarget(): Promise<void> {
    await this.#create('target', 'empty');
    await runStatements(this.#server, ['CHECKPOINT']);
  }

  /** A target that has all rows of the source. */
  async copyOfSource(): Promise<void> {
    await this.#create('target', 'source');
    await runStatements(this.#server, ['CHECKPOINT']);
  }

  /** A target that has the organisation's rows: the same ones, or others under their keys. */
  async fullTarget(name: 'same' | 'taken', folder: string): Promise<void> {
    await this.#create(name, 'bare');
    const [source, target] = [
      new Client({ connectionString: this.url('source') }),
      new Client({ connectionString: this.url(name) }),
    ];
    await Promise.all([source.connect(), target.connect()]);
    for (const [table, select] of name === 'taken' ? otherRowsSelects(organisation) : organisationSelects(organisation)) {
      const rows =
        name === 'taken'
          ? // In the order of their keys, as the same rows lie there and applications' rows mostly do.
            source.query(copyTo(`COPY (${select} ORDER BY 1) TO STDOUT`))
          : createReadStream(copyFile(folder, organisation, table));
      await pipeline(rows, target.query(copyFrom(`COPY ${table} FROM STDIN`)));
    }
    await Promise.all([source.end(), target.end()]);
    await runStatements(this.url(name), [organisationConstraints, 'VACUUM ANALYZE', 'CHECKPOINT']);
  }

  /** A target that has as many rows under the same keys, and none of their unique values; its sequences know them. */
  async otherTarget(folder: string): Promise<void> {
    await this.fullTarget('taken', folder);
    const tables =
      this.#keys === 'integer' ? ['organisation', 'member', 'project', 'label', 'task', 'comment'] : ['organisation'];
    await runStatements(this.url('taken'), [
      "UPDATE organisation SET slug = slug || '-2'",
      "UPDATE member SET email = email || '-2'",
      ...tables.map((table) => `SELECT setval(pg_get_serial_sequence('${table}', 'id'), (SELECT max(id) FROM ${table}))`),
      'VACUUM ANALYZE',
      'CHECKPOINT',
    ]);
  }

  async drop(): Promise<void> {
    for (const name of names) await this.dropOne(name);
  }

  async dropOne(name: DatabaseName): Promise<void> {
    await runStatements(this.#server, [`DROP DATABASE IF EXISTS ${this.#prefix}_${name} WITH (FORCE)`]);
  }

  async #create(name: DatabaseName, template: DatabaseName | 'template0'): Promise<void> {
    await this.dropOne(name);
    const origin = template === 'template0' ? `template0 ENCODING 'UTF8' LOCALE 'C'` : `${this.#prefix}_${template}`;
    await runStatements(this.#server, [`CREATE DATABASE ${this.#prefix}_${name} TEMPLATE ${origin}`]);
  }

  async #writeCopyFiles(id: number, folder: string): Promise<void> {
    const client = new Client({ connectionString: this.url('source') });
    await client.connect();
    for (const [table, select] of organisationSelects(id)) {
      const rows = client.query(copyTo(`COPY (${select} ORDER BY 1) TO STDOUT`));
      // On the disk before anything is measured: what an export writes would wait for it.
      await pipeline(rows, createWriteStream(copyFile(folder, id, table), { flush: true }));
    }
    await client.end();
  }
}
