import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../demo-app/project-root.js';
import type { TestDatabase } from '../support/database.js';
import { createDatabase } from '../support/database.js';
import type { Program, RunOptions, RunResult } from '../support/run.js';
import { run } from '../support/run.js';

/** Names that can mean several things, a composite key, a reference that dangles: what the library's tables do not have. */
const sql = `CREATE SCHEMA sales; CREATE SCHEMA staff;
  CREATE TABLE sales.person (id int PRIMARY KEY, name text);
  CREATE TABLE staff.person (id int PRIMARY KEY, name text, boss int);
  CREATE TABLE sales.staff (id int PRIMARY KEY, person text);
  CREATE TABLE sales.shift (day date, seller int REFERENCES sales.person, note text, PRIMARY KEY (day, seller));
  ALTER TABLE staff.person ADD CONSTRAINT boss FOREIGN KEY (boss) REFERENCES staff.person NOT VALID;
  INSERT INTO sales.person VALUES (1, 'Ada'); INSERT INTO sales.staff VALUES (1, 'x');
  INSERT INTO sales.shift VALUES ('2026-01-02', 1, 'early');`;

/** A row whose boss is not there: from before the constraint. */
const dangling = `ALTER TABLE staff.person DROP CONSTRAINT boss; INSERT INTO staff.person VALUES (7, 'Bob', 99);
  ALTER TABLE staff.person ADD CONSTRAINT boss FOREIGN KEY (boss) REFERENCES staff.person NOT VALID`;

export const policyOfOffice = { models: { 'sales.person': {}, 'staff.person': {}, 'sales.staff': {}, 'sales.shift': {} } };

/** A folder with a data source and a policy of its own, and its database. */
export interface Office {
  readonly database: TestDatabase;
  readonly folder: string;
  run(program: Program, words: readonly string[], options?: RunOptions): Promise<RunResult>;
  close(): Promise<void>;
}

export async function openOffice(): Promise<Office> {
  const database = await createDatabase({ sql: sql + dangling });
  mkdirSync(join(projectRoot(), '.portolan'), { recursive: true });
  const folder = mkdtempSync(join(projectRoot(), '.portolan', 'office-'));
  // What such a file prints is talk.
  const lines = [
    "import { DataSource } from 'typeorm';",
    "console.log('printed by the data source');",
    "export default new DataSource({ type: 'postgres', url: process.env.PORTOLAN_URL, entities: [] });",
  ];
  writeFileSync(join(folder, 'ormconfig.mjs'), lines.join('\n'));
  writeFileSync(join(folder, 'portolan.policy.json'), JSON.stringify(policyOfOffice));
  return {
    database,
    folder,
    run: (program, words, options = {}) =>
      run(program, words, { cwd: folder, ...options, env: { PORTOLAN_URL: database.url, ...options.env } }),
    close: async () => {
      rmSync(folder, { recursive: true, force: true });
      await database.drop();
    },
  };
}
