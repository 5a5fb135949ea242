import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import type { ArchiveObject, Policy } from '../../src/index.js';
import { explainObjects, verifyArchive } from '../../src/index.js';
import { failureOf } from '../support/failure.js';
import type { Move } from './move.js';
import { move } from './move.js';

const uuid = (last: string): string => `00000000-0000-4000-8000-00000000000${last}`;

/** An audit log of whatever there is: what an entry is about stands in one column, as text. */
const sql = `CREATE TABLE account (id int PRIMARY KEY, name text);
  CREATE TABLE parcel (id uuid PRIMARY KEY, name text);
  CREATE TABLE shelf (hall bigint, place smallint, PRIMARY KEY (hall, place));
  CREATE TABLE entry (id int PRIMARY KEY, kind text, object_id text, hall varchar(20))`;
const source = `INSERT INTO account VALUES (5, 'ada'), (6, 'bob'); INSERT INTO parcel VALUES ('${uuid('a')}', 'box');
  INSERT INTO shelf VALUES (9007199254740993, 3);
  INSERT INTO entry VALUES (1, 'account', '5'), (2, 'account', '05'), (3, 'account', '6'), (4, 'account', 'all'), (5, 'account', '2147483648'),
    (6, 'parcel', '${uuid('a')}'), (7, 'parcel', '${uuid('A')}'), (8, 'parcel', '5'), (9, 'account', NULL), (10, NULL, '5');
  INSERT INTO entry VALUES (11, 'shelf', '3', '9007199254740993'), (12, 'shelf', '3', '9007199254740992')`;
const kinds = [
  ['account', 'object_id'],
  ['parcel', 'object_id'],
  ['shelf', 'hall,object_id'],
] as const;
const policy: Policy = {
  models: { account: {}, parcel: {}, shelf: {}, entry: {} },
  references: kinds.map(([to, columns]) => ({ from: `entry.${columns}`, to, when: { column: 'kind', value: to } })),
};
const entries = Array.from({ length: 12 }, (_, at) => `entry.${String(at + 1)}`);

function objectsOf(archive: string): readonly string[] {
  const { objects } = JSON.parse(readFileSync(archive, 'utf8')) as { objects: readonly ArchiveObject[] };
  return objects.map(
    ({ model, pk }) => `${model.replace('public.', '')} ${typeof pk === 'object' ? JSON.stringify(pk) : String(pk)}`,
  );
}

describe('ids that are kept as text', () => {
  let log: Move;

  afterEach(() => log.close());

  it('bring the rows that are about an object, as the server writes its key', async () => {
    log = await move({
      sql,
      source,
      policy,
      objects: ['account.5', `parcel.${uuid('a')}`, 'shelf.hall=9007199254740993,place=3'],
    });
    expect(objectsOf(log.archive)).to.deep.equal([
      'account 5',
      `parcel ${uuid('a')}`,
      'shelf {"hall":"9007199254740993","place":3}',
      'entry 1',
      'entry 6',
      'entry 11',
    ]);
  });

  it('bring what they mean, and dangle where no key is written so', async () => {
    log = await move({ sql, source, policy, objects: entries });
    expect(objectsOf(log.archive).slice(0, 4)).to.deep.equal([
      'account 5',
      'account 6',
      `parcel ${uuid('a')}`,
      'shelf {"hall":"9007199254740993","place":3}',
    ]);
    const { trailer } = await verifyArchive(log.archive);
    expect(trailer.dangling.map(({ object }) => object.replace('public.entry.', ''))).to.have.members([
      '12',
      '2',
      '4',
      '5',
      '7',
      '8',
    ]);
    const { status, findings } = await log.import();
    expect(status).to.equal('done');
    expect(findings.filter(({ kind }) => kind === 'dangling-reference')).to.have.length(6);
    expect((await log.rows('entry')).map(({ object_id: id }) => id)).to.include.members(['5', '05', 'all', uuid('A')]);
    expect((await log.importAtHome({ dryRun: true })).plan.same).to.deep.include({ 'public.entry': 12 });
  });

  it('dangle where they mean another unique column than the key, and are no id at all', async () => {
    const codes = { from: 'entry.object_id', to: 'parcel.code', when: { column: 'kind', value: 'code' } };
    const more = `; ALTER TABLE parcel ADD code uuid UNIQUE; ALTER TABLE account ADD ref int UNIQUE`;
    const refs = { from: 'entry.object_id', to: 'account.ref', when: { column: 'kind', value: 'ref' } };
    log = await move({
      sql: sql + more,
      source: `${source}; UPDATE parcel SET code = '${uuid('b')}'; UPDATE account SET ref = id + 50;
        INSERT INTO entry VALUES (21, 'code', 'all'), (22, 'code', '${uuid('b')}'), (23, 'ref', 'all'), (24, 'ref', '055'), (25, 'ref', '55')`,
      policy: { ...policy, references: [codes, refs] },
      objects: ['entry.21', 'entry.22', 'entry.23', 'entry.24', 'entry.25'],
    });
    expect(objectsOf(log.archive).slice(0, 2)).to.deep.equal(['account 5', `parcel ${uuid('a')}`]);
    const { trailer } = await verifyArchive(log.archive);
    expect(trailer.dangling.map(({ object }) => object)).to.have.members(['21', '23', '24'].map((id) => `public.entry.${id}`));
    expect((await log.import()).status).to.equal('done');
  });

  it('lead to objects of the target, and to the rows that stand in for skipped ones', async () => {
    const unique = sql.replace('name text)', 'name text UNIQUE)');
    log = await move({
      ...{ sql: unique, source, policy, objects: entries },
      target: `INSERT INTO account VALUES (50, 'ada'); INSERT INTO parcel VALUES ('${uuid('a')}', 'box')`,
    });
    const { status, plan } = await log.import({ onConflict: 'skip' });
    expect([status, plan.skip]).to.deep.equal(['done', { 'public.account': 1 }]);
    const held = (await log.rows('entry')).map(({ id, object_id: text }) => `${String(id)} ${String(text)}`);
    expect(held).to.include.members(['1 50', '2 05', '3 6', '10 5']);
  });

  it('are explained', async () => {
    log = await move({ sql, source, policy, objects: ['account.5'] });
    const { why } = await explainObjects(log.from, { objects: ['account.5'], policy, why: 'entry.1' });
    expect(why?.map(({ object, direction }) => `${object} ${direction}`)).to.deep.equal([
      'public.account.5 seed',
      'public.entry.1 down',
    ]);
  });

  it('stay behind a border: as external objects, or cut', async () => {
    log = await move({
      sql,
      source,
      policy,
      objects: ['entry.1', 'entry.4'],
      export: { policy: { ...policy, exclude: { account: 'stub' } } },
    });
    expect(objectsOf(log.archive)).to.deep.equal(['entry 1', 'entry 4']);
    const { trailer } = await verifyArchive(log.archive);
    expect(trailer.external.map(({ pk }) => pk)).to.deep.equal([5]);
    await log.export({ policy: { ...policy, exclude: { account: 'drop' } } });
    const text = readFileSync(log.archive, 'utf8');
    expect(text)
      .to.match(/"object_id":null.*"pk":1\b/u)
      .and.to.match(/"object_id":"all".*"pk":4\b/u);
  });

  it('are of the type of the column that each of them means, in whatever order the policy names them', async () => {
    const references = [{ from: 'entry.object_id,hall', to: 'shelf.place,hall', when: { column: 'kind', value: 'shelf' } }];
    log = await move({ sql, source, policy: { ...policy, references }, objects: ['entry.11'] });
    expect(objectsOf(log.archive)).to.deep.equal(['shelf {"hall":"9007199254740993","place":3}', 'entry 11']);
  });

  it('are of types that are written in one way only', async () => {
    log = await move({ sql, source, policy, objects: ['account.5'] });
    const amounts = { from: 'entry.object_id', to: 'account.worth' };
    await log.source.query('ALTER TABLE account ADD worth numeric UNIQUE');
    const refused = await failureOf(log.export({ policy: { ...policy, references: [amounts] } }));
    expect(refused).to.include({ code: 'POLICY_INVALID' });
  });
});
