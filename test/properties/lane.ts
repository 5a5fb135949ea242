import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import type { FollowRule } from '../../src/index.js';
import type { TestDatabase } from '../support/database.js';
import { createDatabase } from '../support/database.js';
import type { MadeDatabase } from './made-database.js';
import { madeEntities } from './made-entities.js';
import { madeSql } from './made-sql.js';

const empty = 'DROP SCHEMA public CASCADE; CREATE SCHEMA public;';

/** Two databases that become one made database after the other: the source with its rows, the target without. */
export class Lane {
  readonly source: TestDatabase;
  readonly target: TestDatabase;
  readonly #folder = mkdtempSync(join(tmpdir(), 'portolan-random-'));

  private constructor(source: TestDatabase, target: TestDatabase) {
    this.source = source;
    this.target = target;
  }

  static async open(): Promise<Lane> {
    return new Lane(await createDatabase(), await createDatabase());
  }

  file(name: string): string {
    return join(this.#folder, name);
  }

  archive(follow: FollowRule): string {
    return this.file(`${follow}.json`);
  }

  async fill(database: MadeDatabase): Promise<DataSource> {
    const { schema, rows } = madeSql(database);
    // Rows come before their references are checked: circles of required references exist, too.
    await this.source.query(
      `${empty} ${schema}; SET session_replication_role = replica; ${rows}; RESET session_replication_role;`,
    );
    return this.#connect(this.source, database);
  }

  async prepare(database: MadeDatabase): Promise<DataSource> {
    await this.target.query(`${empty} ${madeSql(database).schema}`);
    return this.#connect(this.target, database);
  }

  async close(): Promise<void> {
    await this.source.drop();
    await this.target.drop();
    rmSync(this.#folder, { recursive: true });
  }

  async #connect({ url }: TestDatabase, database: MadeDatabase): Promise<DataSource> {
    return await new DataSource({ type: 'postgres', url, entities: [...madeEntities(database)] }).initialize();
  }
}
