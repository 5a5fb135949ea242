import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { DataSource } from 'typeorm';
import { libraryDataSource } from '../../demo-app/library-data-source.js';
import { librarySchema } from '../../demo-app/library-schema.js';
import { seedLibrary } from '../../demo-app/seed/seed-library.js';
import { policy } from '../../portolan.policy.js';
import { exportObjects, importObjects, verifyArchive } from '../../src/index.js';
import { heldUp } from '../import/held-up.js';
import { createDatabase } from '../support/database.js';
import { failureOf } from '../support/failure.js';

describe('a database that lives on while it is exported', () => {
  it('gives archives that are closed and can be imported, while writers insert, update and delete', async function () {
    this.timeout(180_000);
    const folder = mkdtempSync(join(tmpdir(), 'portolan-living-'));
    const source = await createDatabase();
    await seedLibrary(source.url);
    const dataSource = await libraryDataSource(source.url).initialize();
    let writing = true;
    let writes = 0;
    const writer = async (): Promise<void> => {
      for (let at = 0; writing; at += 1) {
        const id = 10_000 + (at % 50);
        await source.query(`BEGIN;
          INSERT INTO demoapp_author (id, first_name, last_name) VALUES (${id}, 'a', 'b') ON CONFLICT DO NOTHING;
          INSERT INTO demoapp_book (id, title, summary, isbn, author_id) VALUES (${id}, 't', '', 'x${id}', ${id}) ON CONFLICT DO NOTHING;
          INSERT INTO demoapp_book_genre (book_id, genre_id) SELECT ${id}, id FROM demoapp_genre ON CONFLICT DO NOTHING; COMMIT`);
        await source.query(`UPDATE demoapp_book SET author_id = (SELECT min(id) FROM demoapp_author) WHERE id = ${id}`);
        if (at % 3 === 0) {
          await source.query(`BEGIN; DELETE FROM demoapp_book_genre WHERE book_id = ${id}; DELETE FROM demoapp_book WHERE id = ${id};
            DELETE FROM demoapp_author WHERE id = ${id}; COMMIT`);
        }
        writes += 1;
      }
    };
    const running = writer();
    try {
      for (let at = 0; at < 10; at += 1) {
        const archive = join(folder, `${String(at)}.json`);
        await exportObjects(dataSource, {
          objects: ['demoapp.Genre.1'],
          follow: 'connected',
          output: archive,
          policy,
          jobs: 1 + (at % 3),
        });
        await verifyArchive(archive);
        const target = await createDatabase({ sql: librarySchema });
        const to = await libraryDataSource(target.url).initialize();
        expect((await importObjects(to, { archive, policy })).status).to.equal('done');
        await to.destroy();
        await target.drop();
      }
    } finally {
      writing = false;
      await running;
      await dataSource.destroy();
      await source.drop();
      rmSync(folder, { recursive: true });
    }
    expect(writes).to.be.greaterThan(20);
  });

  it('refuses where somebody empties a table that it was about to read: no snapshot holds against that', async () => {
    const sql = `CREATE TABLE book (id int PRIMARY KEY); CREATE TABLE page (id int PRIMARY KEY, book int REFERENCES book, again int);
      CREATE TABLE note (id int PRIMARY KEY, page int REFERENCES page);
      INSERT INTO book VALUES (1); INSERT INTO page VALUES (1, 1, 1); INSERT INTO note VALUES (1, 1)`;
    const source = await createDatabase({ sql });
    const dataSource = await new DataSource({ type: 'postgres', url: source.url, entities: [] }).initialize();
    const folder = mkdtempSync(join(tmpdir(), 'portolan-living-'));
    const output = join(folder, 'book.json');
    const write = (): Promise<unknown> =>
      exportObjects(dataSource, { objects: ['book.1'], output, policy: { models: { book: {} } } });
    try {
      for (const [table, statement] of [
        ['page', 'TRUNCATE page CASCADE'],
        ['note', 'TRUNCATE note'],
        ['page', 'ALTER TABLE page ALTER again TYPE bigint'],
      ] as const) {
        const error = await failureOf(heldUp(source, `LOCK TABLE ${table}`, write, (other) => other.query(statement)));
        expect(error, statement).to.include({ code: 'CONCURRENT_CHANGE', exitCode: 3 });
        expect((error as Error).message).to.contain(`public.${table}`);
        expect(readdirSync(folder), statement).to.deep.equal([]);
        await source.query(
          'INSERT INTO page VALUES (1, 1, 1) ON CONFLICT DO NOTHING; INSERT INTO note VALUES (1, 1)  ON CONFLICT DO NOTHING',
        );
      }
      await write();
      expect(readdirSync(folder)).to.deep.equal(['book.json']);
    } finally {
      await dataSource.destroy();
      await source.drop();
      rmSync(folder, { recursive: true });
    }
  });
});
