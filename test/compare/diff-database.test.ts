import { expect } from 'chai';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { diffDatabase, exportObjects, graphHash } from '../../src/index.js';
import { codeOf } from '../archive/sample-archive.js';
import type { Move } from '../import/move.js';
import { move } from '../import/move.js';

const sql = `
  CREATE TABLE team (id int PRIMARY KEY, name text, secret_token text);
  CREATE TABLE tag (kind int, word text, colour text, PRIMARY KEY (kind, word));
  CREATE TABLE person (id int PRIMARY KEY, team int REFERENCES team, boss int REFERENCES person, born timestamptz, fee numeric(6,2),
    twice int GENERATED ALWAYS AS (id * 2) STORED, tags jsonb);
  CREATE TABLE person_tag (person int REFERENCES person, kind int, word text, FOREIGN KEY (kind, word) REFERENCES tag, PRIMARY KEY (person, kind, word))`;
const rows = `
  INSERT INTO team VALUES (1, 'north', 'x'), (2, NULL, 'y');
  INSERT INTO tag VALUES (1, 'a', 'red'), (1, 'b,c', NULL), (2, 'a', 'blue');
  INSERT INTO person VALUES (1, 1, NULL, '2020-01-02 03:04:05.678901+00', 1.50), (2, 1, 1, NULL, NULL), (3, 2, 2, '0044-03-15 BC', 'NaN');
  INSERT INTO person_tag VALUES (1, 1, 'a'), (1, 1, 'b,c'), (3, 2, 'a')`;
const policy = { models: { team: {}, person: {}, tag: {} }, joinTables: ['person_tag'] };

describe('diffDatabase', function () {
  this.timeout(180_000);
  let moved: Move;
  const diff = (more: Partial<Parameters<typeof diffDatabase>[1]> = {}): ReturnType<typeof diffDatabase> =>
    diffDatabase(moved.to, { archive: moved.archive, policy, ...more });
  beforeEach(async () => {
    moved = await move({ sql, source: rows, target: rows, policy, objects: ['team.1', 'team.2'] });
  });
  afterEach(() => moved.close());

  it('finds nothing where it came from, and nothing that only the database has', async () => {
    await moved.target.query(
      "INSERT INTO team VALUES (9, 'more'); UPDATE team SET secret_token = 'other'; INSERT INTO person_tag VALUES (2, 1, 'a')",
    );
    const { status, objects, differences } = await diff();
    expect({ status, differences }).to.deep.equal({ status: 'same', differences: [] });
    expect(objects.same).to.deep.equal({ 'public.person': 3, 'public.tag': 3, 'public.team': 2 });
  });

  it('finds each row that is gone, each column that differs and each link that is lacking, and nothing else', async () => {
    await moved.target.query(`
      DELETE FROM person_tag WHERE word = 'b,c'; DELETE FROM tag WHERE word = 'b,c';
      UPDATE team SET name = 'x' WHERE id = 2; UPDATE person SET born = born + interval '1 microsecond', team = 2 WHERE id = 1`);
    const plan = join(moved.folder, 'plan');
    const { status, columns, links, differences } = await diff({ plan });
    expect(status).to.equal('different');
    expect(differences).to.have.deep.members([
      { object: 'public.tag.kind=1,word="b,c"', decision: 'delete', columns: [] },
      { object: 'public.team.2', decision: 'update', columns: ['name'] },
      {
        object: 'public.person.1',
        decision: 'update',
        columns: ['born', 'team'],
        links: { tag: { insert: [], delete: ['public.tag.kind=1,word="b,c"'] } },
      },
    ]);
    expect(columns).to.deep.equal({ 'public.person.born': 1, 'public.person.team': 1, 'public.team.name': 1 });
    expect(links).to.deep.equal({ insert: {}, delete: { 'public.person.tag': 1 } });
    const [head, ...lines] = readFileSync(plan, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(head).to.include({ against: 'database' });
    expect(lines).to.deep.equal(differences);
  });

  it('tells values under verbose only', async () => {
    await moved.target.query("UPDATE team SET name = 'canary' WHERE id = 1");
    expect(JSON.stringify(await diff()))
      .not.to.contain('canary')
      .and.not.to.contain('north');
    const { differences } = await diff({ verbose: true });
    expect(differences).to.deep.equal([
      { object: 'public.team.1', decision: 'update', columns: ['name'], before: { name: 'north' }, after: { name: 'canary' } },
    ]);
  });

  it('follows an id map through keys, references and links; what the map does not name is not there', async () => {
    await moved.target.query(`
      DELETE FROM person_tag; DELETE FROM person; DELETE FROM team; DELETE FROM tag;
      INSERT INTO team VALUES (11, 'north'), (12, NULL);
      INSERT INTO tag VALUES (1, 'A', 'red'), (1, 'b,c', NULL), (2, 'a', 'blue');
      INSERT INTO person VALUES (30, 11, NULL, '2020-01-02 03:04:05.678901+00', 1.50), (20, 11, 30, NULL, NULL), (10, 12, 20, '0044-03-15 BC', 'NaN');
      INSERT INTO person_tag VALUES (30, 1, 'A'), (30, 1, 'b,c'), (10, 2, 'a')`);
    const names = {
      ...{ 'team.1': 'team.11', 'team.2': 'team.12', 'person.1': 'person.30', 'person.2': 'person.20', 'person.3': 'person.10' },
      ...{
        'tag.kind=1,word=a': 'tag.kind=1,word=A',
        'tag.kind=1,word="b,c"': 'tag.word="b,c",kind=1',
        'tag.kind=2,word=a': 'tag.kind=2,word=a',
      },
    };
    const map = join(moved.folder, 'map');
    const write = (entries: readonly (readonly [string, string])[]): void => {
      const lines = entries.map(([from, to]) =>
        JSON.stringify({ from: `public.${from}`, to: `public.${to}`, decision: 'remap' }),
      );
      writeFileSync(map, lines.map((line) => `${line}\n`).join(''));
    };
    write(Object.entries(names));
    // A column that is computed of the key is another one there.
    const twice = ['person.1', 'person.2', 'person.3'].map((name) => [`public.${name}`, ['twice']]);
    const told = (await diff({ idMap: [map] })).differences.map(({ object, columns }) => [object, columns]);
    expect(told).to.have.deep.members(twice);
    write(Object.entries(names).filter(([name]) => name !== 'tag.kind=1,word=a'));
    const { differences } = await diff({ idMap: [map] });
    expect(differences.filter(({ columns }) => columns.length === 0)).to.deep.equal([
      { object: 'public.tag.kind=1,word=a', decision: 'delete', columns: [] },
    ]);
    expect(differences.find(({ object }) => object === 'public.person.1')).to.deep.equal({
      ...{ object: 'public.person.1', to: 'public.person.30', decision: 'update', columns: ['twice'] },
      links: { tag: { insert: [], delete: ['public.tag.kind=1,word=a'] } },
    });
  });

  it('finds all of it again under the keys that an import gave', async () => {
    const idMap = join(moved.folder, 'map');
    const { status } = await moved.import({ onConflict: 'remap', remap: 'all', idMap });
    expect(status).to.equal('done');
    const { objects, differences } = await diff({ idMap: [idMap] });
    // What is computed of a key is another value there.
    expect(differences.filter(({ columns, links }) => columns.join() !== 'twice' || links !== undefined)).to.deep.equal([]);
    expect(objects.delete).to.deep.equal({});
    expect(differences.every(({ object, to }) => to !== undefined && to !== object)).to.equal(true);
  });

  it('refuses an id map that is none', async () => {
    const map = join(moved.folder, 'map');
    for (const text of [
      '{',
      '[]',
      '{"from":"public.team.1"}',
      '{"from":"public.team.x","to":"public.team.1"}',
      '{"from":"public.team.1","to":"public.tag.1"}',
      '{"from":"public.tag.kind=1","to":"public.tag.kind=1"}',
      '{"from":"public.team.1","to":"public.team.1"}\n{"from":"public.team.1","to":"public.team.2"}',
    ]) {
      writeFileSync(map, `\n${text}\n`);
      expect(await codeOf(diff({ idMap: [map] })), text).to.equal('ID_MAP_INVALID');
    }
    expect(await codeOf(diff({ idMap: [join(moved.folder, 'none')] }))).to.equal('ID_MAP_INVALID');
    writeFileSync(map, '{"from":"other.model.1","to":"other.model.2"}\n');
    expect((await diff({ idMap: [map] })).objects.delete).to.deep.equal({
      'public.person': 3,
      'public.tag': 3,
      'public.team': 2,
    });
  });

  it('tells a column and a table that the database lacks, and a type that changed', async () => {
    await moved.target.query('ALTER TABLE team DROP name; ALTER TABLE person ALTER fee TYPE numeric(8,3); DROP TABLE person_tag');
    const { status, schema, findings } = await diff({ policy: { models: policy.models } });
    expect(status).to.equal('different');
    expect(schema.map((line) => line.split(':')[0])).to.have.members(['public.team.name', 'public.person.tag']);
    expect(findings.map(({ kind, on }) => `${kind} ${on}`)).to.include('changed-type public.person.fee');
    await moved.target.query('ALTER TABLE team DROP CONSTRAINT team_pkey CASCADE, ALTER id TYPE text');
    expect(await codeOf(diff({ policy: { models: policy.models } }))).to.equal('SCHEMA_DRIFT');
  });

  it('refuses a damaged archive before it tells of anything, and leaves no plan', async () => {
    writeFileSync(moved.archive, readFileSync(moved.archive, 'utf8').replace('north', 'south'));
    const plan = join(moved.folder, 'plan');
    expect(await codeOf(diff({ plan }))).to.equal('ARCHIVE_DAMAGED');
    expect(existsSync(plan)).to.equal(false);
  });

  it('writes nothing', async () => {
    await moved.target.query('ALTER DATABASE ' + moved.target.name + ' SET default_transaction_read_only = on');
    expect((await diff()).status).to.equal('same');
  });
});

describe('diffDatabase under other keys', function () {
  this.timeout(180_000);

  it('follows a reference to a unique column that is a reference itself', async () => {
    const models = { a: {}, b: {}, c: {}, d: {} };
    const moved = await move({
      sql: `
        CREATE TABLE a (id serial PRIMARY KEY, name text);
        CREATE TABLE b (id serial PRIMARY KEY, a int UNIQUE REFERENCES a);
        CREATE TABLE c (id serial PRIMARY KEY, ba int UNIQUE REFERENCES b (a));
        CREATE TABLE d (id serial PRIMARY KEY, cba int REFERENCES c (ba))`,
      source: `INSERT INTO a VALUES (1, 'one'), (2, 'two'); INSERT INTO b VALUES (1, 1), (2, 2); INSERT INTO c VALUES (1, 2), (2, 1);
        INSERT INTO d VALUES (1, 2), (2, 1)`,
      target: "INSERT INTO a VALUES (1, 'x'), (2, 'y'); SELECT setval('a_id_seq', 40); SELECT setval('b_id_seq', 50)",
      policy: { models },
      objects: ['a.1', 'a.2'],
    });
    try {
      const idMap = join(moved.folder, 'ids');
      await moved.import({ onConflict: 'remap', remap: 'all', idMap });
      const diff = (): ReturnType<typeof diffDatabase> =>
        diffDatabase(moved.to, { archive: moved.archive, policy: { models }, idMap: [idMap] });
      expect((await diff()).differences).to.deep.equal([]);
      const there = join(moved.folder, 'there.json');
      await exportObjects(moved.to, { objects: ['a.41', 'a.42'], output: there, policy: { models } });
      expect(await graphHash(there)).to.equal(await graphHash(moved.archive));
      await moved.target.query('UPDATE d SET cba = 41');
      expect((await diff()).differences.map(({ object, columns }) => [object, columns])).to.deep.equal([['public.d.1', ['cba']]]);
    } finally {
      await moved.close();
    }
  });
});
