import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { DataSource } from 'typeorm';
import { policy } from '../../portolan.policy.js';
import { verifyArchive } from '../../src/archive/verify-archive.js';
import { exportObjects, importObjects } from '../../src/index.js';
import type { TestDatabase } from '../support/database.js';
import type { FaultyProxy } from '../support/faulty-proxy.js';
import { startFaultyProxy } from '../support/faulty-proxy.js';
import type { LibraryMove } from './library-move.js';
import { failureIfAny, libraryMove } from './library-move.js';

const lost = ['CONNECTION_LOST', 'NO_CONNECTION'];

describe('a connection that the server ends', function () {
  this.timeout(240_000);
  let library: LibraryMove;
  let source: TestDatabase;
  let target: TestDatabase;
  let fromProxy: FaultyProxy;
  let toProxy: FaultyProxy;
  let from: DataSource;
  let to: DataSource;
  let folder: string;

  before(async () => {
    const proxies: FaultyProxy[] = [];
    library = await libraryMove(async (url) => {
      const proxy = await startFaultyProxy(url);
      proxies.push(proxy);
      return proxy.url;
    });
    ({ source, target, from, to, folder } = library);
    [fromProxy, toProxy] = proxies as [FaultyProxy, FaultyProxy];
  });

  after(async () => {
    await library.close();
    await fromProxy.close();
    await toProxy.close();
  });

  afterEach(() => {
    for (const file of readdirSync(folder)) rmSync(join(folder, file));
  });

  const terminate = (database: TestDatabase) => (pid: number) => database.query('SELECT pg_terminate_backend($1, 5000)', [pid]);

  /** No row, or every one; the tables are empty again. No transaction stays open: the server may need a moment to end its process. */
  async function importedBooks(): Promise<unknown> {
    const isOpen = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in%'`;
    const start = Date.now();
    while ((await target.query(isOpen)).length > 0) expect(Date.now() - start).to.be.lessThan(10_000);
    const sql =
      'SELECT (SELECT count(*)::int FROM demoapp_book) AS books, (SELECT count(*)::int FROM demoapp_bookinstance) AS copies';
    const [rows] = await target.query(sql);
    await target.query('TRUNCATE demoapp_book, demoapp_author, demoapp_genre, demoapp_language, auth_user CASCADE');
    expect(rows?.['copies']).to.equal(rows?.['books'] === 1 ? 6 : 0);
    return rows?.['books'];
  }

  async function exportBook(): Promise<string> {
    const archive = join(folder, 'book.json');
    await exportObjects(from, { objects: ['demoapp.Book.4'], output: archive, policy });
    return archive;
  }

  for (const when of ['before', 'after'] as const) {
    const moment = when === 'before' ? 'before the n-th statement arrives' : 'while the n-th statement runs';

    it(`leaves no file of an export, for every n until it ends well: ${moment}`, async () => {
      const output = join(folder, 'lost.json');
      for (let place = 1; ; place += 1) {
        fromProxy.arm({ kind: 'terminate', when, end: terminate(source) }, (_, at) => at === place);
        const error = await failureIfAny(exportObjects(from, { objects: ['demoapp.Book.4'], output, policy }));
        const isHarmed = await fromProxy.disarm();
        if (error === undefined) {
          await verifyArchive(output);
          rmSync(output);
        } else expect(error.code, `statement ${place}`).to.be.oneOf(lost);
        expect(readdirSync(folder), `statement ${place}`).to.deep.equal([]);
        if (!isHarmed) {
          expect(error).to.equal(undefined);
          expect(place).to.be.greaterThan(15);
          break;
        }
      }
    });

    it(`leaves no row and no file of an import, for every n until it ends well: ${moment}`, async () => {
      const archive = await exportBook();
      const files = { plan: join(folder, 'plan.jsonl'), idMap: join(folder, 'map.jsonl') };
      for (let place = 1; ; place += 1) {
        toProxy.arm({ kind: 'terminate', when, end: terminate(target) }, (_, at) => at === place);
        const error = await failureIfAny(importObjects(to, { archive, policy, ...files }));
        const isHarmed = await toProxy.disarm();
        const left = readdirSync(folder).filter((file) => !['book.json', 'plan.jsonl'].includes(file));
        rmSync(files.idMap, { force: true });
        if (error === undefined) {
          expect([await importedBooks(), left], `statement ${place}`).to.deep.equal([1, ['map.jsonl']]);
        } else {
          expect(error.code, `statement ${place}`).to.be.oneOf(lost);
          expect([await importedBooks(), left], `statement ${place}`).to.deep.equal([0, []]);
        }
        if (!isHarmed) {
          expect(error).to.equal(undefined);
          expect(place).to.be.greaterThan(30);
          break;
        }
      }
    });
  }

  it('is known to have committed where only the answer to COMMIT is lost', async () => {
    const archive = await exportBook();
    toProxy.arm({ kind: 'lose answer', alone: false }, (statement) => statement === 'COMMIT');
    const { status } = await importObjects(to, { archive, policy, idMap: join(folder, 'map.jsonl') });
    expect([await toProxy.disarm(), status, await importedBooks()]).to.deep.equal([true, 'done', 1]);
    expect(readdirSync(folder)).to.deep.equal(['book.json', 'map.jsonl']);
  });

  it('is told as an open question where the server cannot be asked any more', async () => {
    const archive = await exportBook();
    toProxy.arm({ kind: 'lose answer', alone: true }, (statement) => statement === 'COMMIT');
    const error = await failureIfAny(importObjects(to, { archive, policy, idMap: join(folder, 'map.jsonl') }));
    expect([await toProxy.disarm(), error?.code, error?.exitCode]).to.deep.equal([true, 'COMMIT_UNKNOWN', 1]);
    expect(error?.message).to.match(/not known/u);
    expect(error?.hint).to.match(/Run the import again/u);
    expect(readdirSync(folder)).to.deep.equal(['book.json']);
    const again = await importObjects(to, { archive, policy });
    expect(again.plan.insert).to.deep.equal({});
    expect(await importedBooks()).to.equal(1);
  });
});
