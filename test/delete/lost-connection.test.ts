import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { DataSource } from 'typeorm';
import { deleteObjects, exportObjects, undoJournal } from '../../src/index.js';
import { failureIfAny } from '../import/library-move.js';
import type { TestDatabase } from '../support/database.js';
import { createDatabase } from '../support/database.js';
import type { FaultyProxy } from '../support/faulty-proxy.js';
import { startFaultyProxy } from '../support/faulty-proxy.js';
import { rowsOf } from '../support/journey.js';

const lost = ['CONNECTION_LOST', 'NO_CONNECTION'];
const tables = ['person', 'address', 'loan'] as const;
const policy = { models: { person: {}, address: {}, loan: {} } };

describe('a connection that the server ends during a deletion', function () {
  this.timeout(240_000);
  let database: TestDatabase;
  let proxy: FaultyProxy;
  let dataSource: DataSource;
  let folder: string;
  let archive: string;
  let journal: string;
  let before: Awaited<ReturnType<typeof rowsOf>>;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'portolan-lost-'));
    database = await createDatabase({
      sql: `CREATE TABLE person (id int PRIMARY KEY, name text);
        CREATE TABLE address (id int PRIMARY KEY, person int NOT NULL REFERENCES person ON DELETE CASCADE);
        CREATE TABLE loan (id int PRIMARY KEY, person int REFERENCES person);
        INSERT INTO person VALUES (1, 'Ada'); INSERT INTO address VALUES (1, 1), (2, 1); INSERT INTO loan VALUES (1, 1)`,
    });
    proxy = await startFaultyProxy(database.url);
    dataSource = await new DataSource({ type: 'postgres', url: proxy.url, entities: [] }).initialize();
    [archive, journal] = [join(folder, 'person.json'), join(folder, 'journal')];
    await exportObjects(dataSource, { objects: ['person.1'], output: archive, policy });
    before = await rowsOf(database, tables);
  });

  afterEach(async () => {
    await dataSource.destroy();
    await proxy.close();
    await database.drop();
    rmSync(folder, { recursive: true });
  });

  const end = (pid: number): Promise<unknown> => database.query('SELECT pg_terminate_backend($1, 5000)', [pid]);
  const after = { person: [], address: [], loan: ['(1,)'] };
  const isErased = async (): Promise<boolean> => {
    const now = await rowsOf(database, tables);
    const [person = []] = [now['person']];
    expect(now).to.deep.equal(person.length === 0 ? after : before);
    return person.length === 0;
  };

  it('leaves no row half deleted and no file, and nothing half taken back, for every statement', async () => {
    for (let place = 1; ; place += 1) {
      proxy.arm({ kind: 'terminate', when: 'before', end }, (_, at) => at === place);
      const error = await failureIfAny(deleteObjects(dataSource, { archive, policy, journal, receipt: join(folder, 'receipt') }));
      const isHarmed = await proxy.disarm();
      const files = readdirSync(folder).sort();
      if (!isHarmed) {
        expect([error, await isErased(), files]).to.deep.equal([undefined, true, ['journal', 'person.json', 'receipt']]);
        expect(place).to.be.greaterThan(50);
        break;
      }
      expect(error?.code, `statement ${place}`).to.be.oneOf(lost);
      expect([await isErased(), files], `statement ${place}`).to.deep.equal([false, ['person.json']]);
    }
    for (let place = 1; ; place += 1) {
      proxy.arm({ kind: 'terminate', when: 'before', end }, (_, at) => at === place);
      const error = await failureIfAny(undoJournal(dataSource, { journal, policy }));
      const isHarmed = await proxy.disarm();
      expect(await isErased(), `statement ${place}`).to.equal(isHarmed);
      if (!isHarmed) {
        expect(error).to.equal(undefined);
        expect(place).to.be.greaterThan(20);
        break;
      }
      expect(error?.code, `statement ${place}`).to.be.oneOf(lost);
    }
  });

  it('is known to have committed where only the answer to COMMIT is lost', async () => {
    proxy.arm({ kind: 'lose answer', alone: false }, (statement) => statement === 'COMMIT');
    const { status } = await deleteObjects(dataSource, { archive, policy, journal });
    expect([await proxy.disarm(), status, await isErased()]).to.deep.equal([true, 'done', true]);
  });

  it('leaves the journal where nobody can say whether it took place', async () => {
    proxy.arm({ kind: 'lose answer', alone: true }, (statement) => statement === 'COMMIT');
    const error = await failureIfAny(deleteObjects(dataSource, { archive, policy, journal, receipt: join(folder, 'receipt') }));
    expect([await proxy.disarm(), error?.code, await isErased()]).to.deep.equal([true, 'COMMIT_UNKNOWN', true]);
    expect(readdirSync(folder).sort()).to.deep.equal(['journal', 'person.json']);
    expect((await undoJournal(dataSource, { journal, policy })).status).to.equal('done');
    expect(await isErased()).to.equal(false);
  });
});
