import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { DataSource, EntitySchema } from 'typeorm';
import { exportObjects, importObjects } from '../../src/index.js';
import { failureOf } from '../support/failure.js';
import { createDatabase } from '../support/database.js';
import type { Move } from './move.js';
import { move } from './move.js';

// eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- TypeORM takes plain objects here
const User = new EntitySchema<{ id: number }>({
  name: 'User',
  tableName: 'users',
  columns: { id: { type: Number, primary: true } },
});

/** What is called alike, and is not the same. */
describe('tables of one name', () => {
  it('leave it to the one that an entity maps, on export and on import', async () => {
    const sql = `CREATE TABLE users (id int PRIMARY KEY, name text); CREATE TABLE "user" (id int PRIMARY KEY, next int REFERENCES users, name text)`;
    const database = await createDatabase({
      sql: `${sql}; INSERT INTO users VALUES (1, 'Ann'); INSERT INTO "user" VALUES (1, 1, 'legacy')`,
    });
    const target = await createDatabase({ sql });
    const [from, to] = [database, target].map(({ url }) => new DataSource({ type: 'postgres', url, entities: [User] }));
    if (from === undefined || to === undefined) throw new TypeError('two data sources');
    await Promise.all([from.initialize(), to.initialize()]);
    const folder = mkdtempSync(join(tmpdir(), 'portolan-same-'));
    const output = join(folder, 'out.json');
    try {
      for (const object of ['User.1', 'public.User.1', 'user.1']) {
        await exportObjects(from, { objects: [object], output, follow: 'dependencies', force: true });
        expect(readFileSync(output, 'utf8'), object).to.contain('"Ann"').and.not.to.contain('"legacy"');
      }
      expect(await failureOf(exportObjects(from, { objects: ['user_2.1'], dryRun: true, exclude: ['User'] }))).to.include({
        code: 'EXCLUDED_NEEDED',
      });
      await importObjects(to, { archive: output });
      expect(await target.query('SELECT name FROM users')).to.deep.equal([{ name: 'Ann' }]);
      expect(await target.query('SELECT name FROM "user"')).to.deep.equal([]);
    } finally {
      await Promise.all([from.destroy(), to.destroy()]);
      await database.drop();
      await target.drop();
      rmSync(folder, { recursive: true });
    }
  });

  it('keep their links where the join table is in another schema by now; under another name it is none', async () => {
    const moved: Move = await move({
      sql: `CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (id int PRIMARY KEY);
        CREATE TABLE lk (a int REFERENCES a, b int REFERENCES b, PRIMARY KEY (a, b))`,
      source: 'INSERT INTO a VALUES (1); INSERT INTO b VALUES (1), (2); INSERT INTO lk VALUES (1, 1), (1, 2)',
      target: 'ALTER TABLE lk RENAME TO other',
      policy: { models: { a: {}, b: {} } },
      objects: ['a.1'],
    });
    try {
      expect(await failureOf(moved.import())).to.include({ code: 'SCHEMA_DRIFT' });
      // The column takes the name that the links have in the archive.
      await moved.target.query(
        'ALTER TABLE other RENAME TO lk; CREATE SCHEMA later; ALTER TABLE lk SET SCHEMA later; ALTER TABLE a ADD lk text',
      );
      expect(Object.values((await moved.import()).links.insert)).to.deep.equal([2]);
      expect(await moved.rows('later.lk')).to.have.length(2);
    } finally {
      await moved.close();
    }
  });

  it('keep the links of their own', async () => {
    const lk = (schema: string): string =>
      `CREATE SCHEMA ${schema}; CREATE TABLE ${schema}.lk (a int REFERENCES a, b int REFERENCES b, PRIMARY KEY (a, b));`;
    const moved: Move = await move({
      sql: `CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (id int PRIMARY KEY); ${lk('y')}`,
      source: 'INSERT INTO a VALUES (1); INSERT INTO b VALUES (1), (2); INSERT INTO y.lk VALUES (1, 1), (1, 2)',
      target: lk('x'),
      policy: { models: { a: {}, b: {} } },
      objects: ['a.1'],
    });
    try {
      await moved.import();
      expect(await moved.rows('x.lk')).to.deep.equal([]);
      expect(await moved.rows('y.lk')).to.have.length(2);
    } finally {
      await moved.close();
    }
  });
});
