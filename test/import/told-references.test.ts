import { expect } from 'chai';
import { DataSource, EntitySchema } from 'typeorm';
import type { ImportResult } from '../../src/index.js';
import { exportObjects, importObjects } from '../../src/index.js';
import type { Move } from './move.js';
import { move } from './move.js';

const sql = `CREATE TABLE account (id int PRIMARY KEY, name text UNIQUE);
  CREATE TABLE entry (id int PRIMARY KEY, kind text, object_id text, author int)`;
const source = "INSERT INTO account VALUES (5, 'ada'); INSERT INTO entry VALUES (1, 'account', '5', 5), (2, 'other', '5', NULL)";
const models = { account: {}, entry: {} };
const references = [{ from: 'entry.object_id', to: 'account', when: { column: 'kind', value: 'account' } }];
const constraint = 'ALTER TABLE entry ADD FOREIGN KEY (author) REFERENCES account';

/** By property, the columns of entries. */
function known(url: string, names: Readonly<Record<'kind' | 'objectId', string>>): Promise<DataSource> {
  const id = { type: 'integer', primary: true } as const;
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- TypeORM takes plain objects here
  const account = new EntitySchema<object>({ name: 'Account', columns: { id, name: { type: 'text', unique: true } } });
  const columns = {
    id,
    ...Object.fromEntries(Object.entries(names).map(([property, name]) => [property, { type: 'text', name }])),
  };
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- TypeORM takes plain objects here
  const entry = new EntitySchema<object>({ name: 'Entry', columns });
  return new DataSource({ type: 'postgres', url, entities: [account, entry] }).initialize();
}

describe('a reference that the archive tells of and the target does not show', () => {
  let log: Move;

  /** Without what the policy of the export declares. */
  async function imported(target: string): Promise<ImportResult> {
    const policy = { models, references };
    log = await move({ sql, source: `${source}; ${constraint}`, target, policy, objects: ['entry.1', 'entry.2'] });
    return log.import({ onConflict: 'skip', policy: { models } });
  }

  afterEach(() => log.close());

  it('leads to the row that stands in for a skipped object, and never to another row of the old key', async () => {
    const { status, plan } = await imported("INSERT INTO account VALUES (50, 'ada'), (5, 'mallory')");
    expect([status, plan.skip]).to.deep.equal(['done', { 'public.account': 1 }]);
    expect(await log.rows('entry')).to.deep.equal([
      { id: 1, kind: 'account', object_id: '50', author: 50 },
      { id: 2, kind: 'other', object_id: '5', author: null },
    ]);
  });

  it('takes with it what needs a skipped object that no row is proven to be', async () => {
    const { plan } = await imported("INSERT INTO account VALUES (5, 'mallory')");
    expect(plan.skip).to.deep.equal({ 'public.account': 1, 'public.entry': 1 });
  });

  it('holds in columns that have other names here, which their properties tell', async () => {
    const policy = { references };
    log = await move({ sql, source, policy: { models, references }, objects: ['entry.1'] });
    await log.target.query(`INSERT INTO account VALUES (50, 'ada'), (5, 'mallory');
      ALTER TABLE entry RENAME kind TO sort; ALTER TABLE entry RENAME object_id TO about`);
    const from = await known(log.source.url, { kind: 'kind', objectId: 'object_id' });
    const to = await known(log.target.url, { kind: 'sort', objectId: 'about' });
    try {
      await exportObjects(from, { objects: ['Entry.1'], policy, output: log.archive, force: true });
      expect((await importObjects(to, { archive: log.archive, onConflict: 'skip' })).status).to.equal('done');
      expect(await log.rows('entry')).to.deep.equal([{ id: 1, sort: 'account', about: '50', author: 5 }]);
    } finally {
      await from.destroy();
      await to.destroy();
    }
  });

  it('holds for no row where the target has not got what says when it holds', async () => {
    const policy = { models, references };
    log = await move({ sql, source, target: 'ALTER TABLE entry DROP kind', policy, objects: ['entry.1', 'entry.2'] });
    const { status } = await log.import({ policy: { models }, ignoreNonexistent: true });
    expect(status).to.equal('done');
  });
});
