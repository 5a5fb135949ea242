import { expect } from 'chai';
import type { ImportResult } from '../../src/index.js';
import type { Move, MoveOptions } from './move.js';
import { move } from './move.js';
import { needsServer } from '../support/needs-server.js';

const caseless = `CREATE COLLATION caseless (provider = icu, locale = 'und-u-ks-level2', deterministic = false)`;
const people = `${caseless}; CREATE TABLE person (name text COLLATE caseless PRIMARY KEY, age int);
  CREATE TABLE note (id int PRIMARY KEY, author text COLLATE caseless REFERENCES person)`;
const note = { source: "INSERT INTO person VALUES ('Ada', 1); INSERT INTO note VALUES (7, 'ada')", objects: ['note.7'] };

/** Values that the database calls equal although their texts differ. */
describe('values that are equal and written differently', () => {
  let moved: Move;

  async function begin(options: Omit<MoveOptions, 'policy'>): Promise<void> {
    const tables = [...options.sql.matchAll(/CREATE TABLE (\w+)/gu)].map(([, name = '']) => [name, {}] as const);
    moved = await move({ ...options, policy: { models: Object.fromEntries(tables) } });
  }

  async function everyStrategy(): Promise<readonly ImportResult[]> {
    const results: ImportResult[] = [];
    for (const onConflict of ['fail', 'override', 'skip'] as const) results.push(await moved.import({ onConflict }));
    return results;
  }

  afterEach(() => moved.close());

  it('lead from a reference to its parent in the archive, as the constraint says: whatever the case', async () => {
    await begin({ sql: people, ...note });
    expect((await moved.import()).plan.insert).to.deep.equal({ 'public.note': 1, 'public.person': 1 });
    expect((await moved.import()).plan.same).to.deep.equal({ 'public.note': 1, 'public.person': 1 });
  });

  it('lead from a reference to its parent in the archive, as the constraint says: whatever the scale', async () => {
    await begin({
      sql: 'CREATE TABLE rate (v numeric PRIMARY KEY); CREATE TABLE bill (id int PRIMARY KEY, rate numeric REFERENCES rate)',
      source: 'INSERT INTO rate VALUES (1.50); INSERT INTO bill VALUES (1, 1.5)',
      objects: ['bill.1'],
    });
    expect((await moved.import()).status).to.equal('done');
  });

  it('lead from a reference to its parent in the target', async () => {
    await begin({ sql: people, ...note, target: "INSERT INTO person VALUES ('Ada', 1)", export: { shared: 'key' } });
    expect((await moved.import()).status).to.equal('done');
  });

  it('lead nowhere where neither the archive nor the target has an equal one', async () => {
    await begin({
      sql: people.replace(' REFERENCES person', ''),
      source: "INSERT INTO note VALUES (7, 'bob')",
      target:
        "INSERT INTO person VALUES ('Ada', 1); ALTER TABLE note ADD CONSTRAINT leads FOREIGN KEY (author) REFERENCES person",
      objects: ['note.7'],
    });
    const { conflicts } = await moved.import();
    expect(conflicts).to.deep.equal([
      { object: 'public.note.7', reason: 'missing-reference', constraint: 'leads', columns: ['author'], inTheWay: '' },
    ]);
  });

  it('lead to no row that was skipped for another of its key', async () => {
    await begin({ sql: people, ...note, target: "INSERT INTO person VALUES ('Ada', 2)" });
    const { plan } = await moved.import({ onConflict: 'skip' });
    expect(plan.skip).to.deep.equal({ 'public.note': 1, 'public.person': 1 });
  });

  it('are taken keys, and the row in the way is named', async () => {
    await begin({ sql: people, ...note, target: "INSERT INTO person VALUES ('ADA', 1)" });
    const [fail, override, skip] = await everyStrategy();
    const conflict = { object: 'public.person.Ada', reason: 'unique', constraint: 'person_pkey', columns: ['name'] };
    expect(fail?.conflicts).to.deep.equal([{ ...conflict, inTheWay: 'public.person.ADA' }]);
    expect(override?.conflicts).to.deep.equal(fail?.conflicts);
    expect(skip?.plan.skip).to.deep.equal({ 'public.note': 1, 'public.person': 1 });
  });

  it('collide by the collation of a unique index, not of its column', async () => {
    await begin({
      sql: `${caseless}; CREATE TABLE person (id int PRIMARY KEY, name text, nick text COLLATE caseless);
        CREATE UNIQUE INDEX by_name ON person (name COLLATE caseless); CREATE UNIQUE INDEX by_nick ON person (nick COLLATE "C")`,
      source: "INSERT INTO person VALUES (1, 'Ada', 'A')",
      target: "INSERT INTO person VALUES (2, 'ada', 'a')",
      objects: ['person.1'],
    });
    const [fail, , skip] = await everyStrategy();
    expect(fail?.conflicts.map(({ constraint, inTheWay }) => [constraint, inTheWay])).to.deep.equal([
      ['by_name', 'public.person.2'],
    ]);
    expect(skip?.plan.skip).to.deep.equal({ 'public.person': 1 });
  });

  it('collide by an operator of an extension, NULLs that are not distinct too', async function () {
    await needsServer(this, 15);
    const options = {
      sql: `CREATE EXTENSION citext; CREATE TABLE person (id int PRIMARY KEY, name citext, nick citext,
        UNIQUE NULLS NOT DISTINCT (name, nick))`,
      source: "INSERT INTO person VALUES (1, 'Ada', NULL)",
      target: "INSERT INTO person VALUES (2, 'ada', NULL), (3, 'Ada', 'x')",
      objects: ['person.1'],
    };
    await begin(options);
    const [fail, , skip] = await everyStrategy();
    expect(fail?.conflicts.map(({ inTheWay }) => inTheWay)).to.deep.equal(['public.person.2']);
    expect(skip?.plan.skip).to.deep.equal({ 'public.person': 1 });
  });

  it('are not what a narrower column would make of a value', async () => {
    await begin({
      sql: 'CREATE TABLE person (id int PRIMARY KEY, name varchar(9) UNIQUE)',
      source: "INSERT INTO person VALUES (1, 'abcdef')",
      target: "ALTER TABLE person ALTER name TYPE varchar(3); INSERT INTO person VALUES (1, 'x'), (2, 'abc')",
      objects: ['person.1'],
    });
    const { conflicts } = await moved.import();
    expect(conflicts.map(({ reason }) => reason)).to.deep.equal(['primary-key']);
  });
});
