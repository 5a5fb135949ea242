import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { ImportOptions, ImportResult, Policy } from '../../src/index.js';
import { failureOf } from '../support/failure.js';
import type { Move, MoveOptions } from './move.js';
import { move } from './move.js';

const sql = `CREATE TABLE author (id serial PRIMARY KEY, email text UNIQUE, boss int REFERENCES author);
  CREATE TABLE tag (id int PRIMARY KEY GENERATED ALWAYS AS IDENTITY, label text);
  CREATE TABLE book (id serial PRIMARY KEY, author int REFERENCES author, title text);
  CREATE TABLE book_tag (book int REFERENCES book, tag int REFERENCES tag, PRIMARY KEY (book, tag));
  CREATE TABLE line (book int REFERENCES book, no int, text text, PRIMARY KEY (book, no));
  CREATE TABLE note (id serial PRIMARY KEY, kind text, on_id text, book int, no int, FOREIGN KEY (book, no) REFERENCES line)`;
const rows = `INSERT INTO author VALUES (1, 'ada@x', NULL), (2, 'bob@x', 1); INSERT INTO tag OVERRIDING SYSTEM VALUE VALUES (3, 'new');
  INSERT INTO book VALUES (4, 2, 'Notes'); INSERT INTO book_tag VALUES (4, 3); INSERT INTO line VALUES (4, 1, 'first'), (4, 2, 'second');
  INSERT INTO note VALUES (5, 'book', '4', 4, 2), (6, 'author', '2', NULL, NULL)`;
const policy: Policy = {
  models: { author: {}, tag: {}, book: {}, line: {}, note: {} },
  joinTables: ['book_tag'],
  references: [
    { from: 'note.on_id', to: 'book', when: { column: 'kind', value: 'book' } },
    { from: 'note.on_id', to: 'author', when: { column: 'kind', value: 'author' } },
  ],
};
const other = `INSERT INTO author VALUES (1, 'eve@x', NULL), (2, 'fay@x', 1); INSERT INTO tag OVERRIDING SYSTEM VALUE VALUES (3, 'old');
  INSERT INTO book VALUES (4, 1, 'Other'); INSERT INTO line VALUES (4, 1, 'theirs');
  SELECT setval('author_id_seq', 2), setval('book_id_seq', 4), setval('tag_id_seq', 3)`;

describe('--on-conflict remap', () => {
  let book: Move;

  afterEach(() => book.close());

  async function begin(target: string, more: Partial<MoveOptions> = {}): Promise<void> {
    book = await move({ sql, source: rows, target, policy, objects: ['author.1', 'book.4', 'note.6'], ...more });
  }

  async function remap(more: Partial<ImportOptions> = {}): Promise<ImportResult> {
    const files = { plan: join(book.folder, 'plan'), idMap: join(book.folder, 'map') };
    return book.import({ onConflict: 'remap', ...files, ...more });
  }

  function lines(name: string): Record<string, string>[] {
    const text = readFileSync(join(book.folder, name), 'utf8');
    return text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, string>);
  }

  async function sequences(): Promise<unknown> {
    return book.target.query('SELECT sequencename, last_value FROM pg_sequences ORDER BY 1');
  }

  it('gives what collides keys of the sequences, and every reference follows', async () => {
    await begin(other);
    const { status, plan, links } = await remap();
    expect(status).to.equal('done');
    expect(plan.remap).to.deep.equal({ 'public.author': 2, 'public.book': 1, 'public.line': 2, 'public.tag': 1 });
    expect(plan.insert).to.deep.equal({ 'public.note': 2 });
    expect(links.insert).to.deep.equal({ 'public.book.tag': 1 });
    expect(await book.rows('author')).to.deep.include.members([
      { id: 3, email: 'ada@x', boss: null },
      { id: 4, email: 'bob@x', boss: 3 },
    ]);
    expect(await book.rows('book')).to.deep.include({ id: 5, author: 4, title: 'Notes' });
    expect(await book.rows('book_tag')).to.deep.equal([{ book: 5, tag: 4 }]);
    expect(await book.rows('line')).to.deep.include({ book: 5, no: 2, text: 'second' });
    expect(await book.rows('note')).to.deep.equal([
      { id: 5, kind: 'book', on_id: '5', book: 5, no: 2 },
      { id: 6, kind: 'author', on_id: '4', book: null, no: null },
    ]);
    expect(lines('map')).to.deep.include.members([
      { from: 'public.author.1', to: 'public.author.3', decision: 'remap' },
      { from: 'public.line.book=4,no=1', to: 'public.line.book=5,no=1', decision: 'remap' },
      { from: 'public.note.5', to: 'public.note.5', decision: 'insert' },
    ]);
  });

  it('draws nothing in a dry run, whose plan names no new key, and tells what the real one does', async () => {
    await begin(other);
    const before = await sequences();
    const dry = await remap({ dryRun: true });
    expect(await sequences()).to.deep.equal(before);
    expect(dry.status).to.equal('planned');
    const plan = lines('plan');
    expect(plan.find(({ object }) => object === 'public.author.1'))
      .to.include({ decision: 'remap' })
      .and.not.to.have.property('to');
    expect(JSON.stringify(plan)).not.to.match(/2147483647|1073741823/u);
    const real = await remap();
    expect({ plan: dry.plan, links: dry.links }).to.deep.equal({ plan: real.plan, links: real.links });
    expect(lines('plan')).to.deep.equal(plan);
  });

  it('gives all of them new keys under --remap all, and keeps the new ones clear of those in the archive', async () => {
    await begin('');
    const { plan } = await book.import({ remap: 'all' });
    expect(plan.remap).to.deep.equal({
      'public.author': 2,
      'public.book': 1,
      'public.line': 2,
      'public.note': 2,
      'public.tag': 1,
    });
    expect((await book.rows('author')).map(({ id }) => id)).to.deep.equal([3, 4]);
    expect((await book.rows('book')).map(({ id, author }) => [id, author])).to.deep.equal([[1, 4]]);
  });

  it('gives keys that one can recognise with --offset, and knows them again', async () => {
    await begin(other.replace(/SELECT.*$/su, ''));
    const first = await book.import({ offset: 1000 });
    expect(first.plan.remap).to.deep.equal({ 'public.author': 2, 'public.book': 1, 'public.line': 2, 'public.tag': 1 });
    expect(await book.rows('book')).to.deep.include({ id: 1004, author: 1002, title: 'Notes' });
    const before = await book.rows('book');
    const again = await book.import({ offset: 1000 });
    expect(again.plan.same).to.deep.equal({
      'public.author': 2,
      'public.book': 1,
      'public.line': 2,
      'public.note': 2,
      'public.tag': 1,
    });
    expect([again.status, again.plan.remap, again.links.insert]).to.deep.equal(['done', {}, {}]);
    expect(await book.rows('book')).to.deep.equal(before);
    await book.target.query("UPDATE book SET title = 'Changed' WHERE id = 1004");
    const { conflicts } = await book.import({ offset: 1000 });
    expect(conflicts).to.deep.include({
      ...{ object: 'public.book.4', reason: 'primary-key', constraint: 'book_pkey', columns: ['id'] },
      ...{ inTheWay: 'public.book.1004', newKey: true },
    });
  });

  it('says that --offset, or keySuffix, gives keys which the type does not hold', async () => {
    await begin(other);
    for (const offset of [2 ** 31 - 2, -(2 ** 31) - 2])
      expect(await failureOf(book.import({ offset }))).to.include({
        code: 'VALUE_REFUSED',
        message: `public.author: --offset ${String(offset)} gives keys that integer does not hold`,
      });
    expect((await book.import({ offset: 2 ** 31 - 8 })).status).to.equal('done');
    await book.close();
    book = await move({
      sql: 'CREATE TABLE word (id varchar(4) PRIMARY KEY, text text)',
      ...{ source: "INSERT INTO word VALUES ('ab', 'x')", target: "INSERT INTO word VALUES ('ab', 'y')" },
      ...{ policy: { models: { word: {} } }, objects: ['word.ab'] },
    });
    const by = (keySuffix: string): Promise<ImportResult> => remap({ policy: { models: { word: { keySuffix } } } });
    expect(await failureOf(by('-xy'))).to.include({
      code: 'VALUE_REFUSED',
      message: 'public.word: keySuffix of the policy gives keys that character varying(4) does not hold',
    });
    expect((await by('-x')).plan.remap).to.deep.equal({ 'public.word': 1 });
  });

  it('leaves what is the same, and what collides with nothing, under its key', async () => {
    await begin("INSERT INTO author VALUES (1, 'ada@x', NULL), (2, 'bob@x', 1)");
    const { plan } = await remap();
    expect([plan.same, plan.remap]).to.deep.equal([{ 'public.author': 2 }, {}]);
  });

  it('takes an object whose parent got another key for another than the row of its key, however deep', async () => {
    const chain = 'INSERT INTO author SELECT n, n::text, nullif(n - 1, 0) FROM generate_series(1, 9) n';
    const backwards = 'INSERT INTO author SELECT n, n::text, nullif(n + 1, 10) FROM generate_series(9, 1, -1) n';
    for (const source of [chain, backwards]) {
      const root = source === chain ? 1 : 9;
      const unlike = sql.replace('email text UNIQUE', 'email text');
      await begin(`${source}; UPDATE author SET email = 'x' WHERE id = ${String(root)}; SELECT setval('author_id_seq', 9)`, {
        ...{ sql: unlike, source, objects: [`author.${String(root)}`] },
      });
      const { plan } = await remap();
      expect(plan.remap).to.deep.equal({ 'public.author': 9 });
      const found = await book.target.query(
        'SELECT count(*)::int n FROM author a JOIN author b ON a.boss = b.id AND a.id > 9 AND b.id > 9',
      );
      expect(found).to.deep.equal([{ n: 8 }]);
      if (source === chain) await book.close();
    }
  });

  it('rewrites cycles of required references, and constraints that can be deferred', async () => {
    for (const late of ['', ' DEFERRABLE INITIALLY DEFERRED']) {
      const cycle = `CREATE TABLE a (id serial PRIMARY KEY, b int NOT NULL, x text); CREATE TABLE b (id serial PRIMARY KEY, a int NOT NULL REFERENCES a${late});
        ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b${late}`;
      const pair = (x: string): string =>
        `WITH one AS (INSERT INTO a VALUES (1, 1, '${x}')) INSERT INTO b VALUES (1, 1); SELECT setval('a_id_seq', 7), setval('b_id_seq', 8)`;
      await begin(pair('theirs'), { sql: cycle, source: pair('ours'), policy: { models: { a: {}, b: {} } }, objects: ['a.1'] });
      const { plan } = await remap();
      expect(plan.remap).to.deep.equal({ 'public.a': 1, 'public.b': 1 });
      expect(await book.rows('a')).to.deep.equal([
        { id: 1, b: 1, x: 'theirs' },
        { id: 8, b: 9, x: 'ours' },
      ]);
      expect(await book.rows('b')).to.deep.include({ id: 9, a: 8 });
      if (late === '') await book.close();
    }
  });

  it('gives UUIDs other UUIDs, and text the suffix of the policy', async () => {
    const keys = `CREATE TABLE u (id uuid PRIMARY KEY, x text); CREATE TABLE t (code text PRIMARY KEY, x text, u uuid REFERENCES u)`;
    const id = '00000000-0000-0000-0000-000000000001';
    const fill = (x: string): string => `INSERT INTO u VALUES ('${id}', '${x}'); INSERT INTO t VALUES ('k', '${x}', '${id}')`;
    const models = { u: {}, t: { keySuffix: '-2' } };
    await begin(fill('theirs'), { sql: keys, source: fill('ours'), policy: { models }, objects: ['t.k'] });
    expect((await remap()).status).to.equal('done');
    const [mine] = await book.target.query("SELECT t.code, u.id, u.x FROM t JOIN u ON t.u = u.id WHERE t.code = 'k-2'");
    expect(mine).to.include({ code: 'k-2', x: 'ours' });
    expect(mine?.['id']).not.to.equal(id);
    const { conflicts } = await book.import({ onConflict: 'remap', policy: { models: { u: {}, t: {} } } });
    expect(conflicts.map(({ object, noNewKey }) => [object, noNewKey])).to.deep.equal([['public.t.k', true]]);
  });

  for (const [type, key, isText] of [
    ['date', '2020-01-01', false],
    ['inet', '10.0.0.1', false],
    ['mood[]', '{b}', false],
    ['name', 'k', true],
    ['code', 'k', true],
  ] as const)
    it(`puts the suffix of the policy behind ${isText ? 'a' : 'no'} ${type}`, async () => {
      const types = "CREATE TYPE mood AS ENUM ('b'); CREATE DOMAIN code AS text";
      const fill = (x: string): string => `INSERT INTO t VALUES ('${key}', '${x}')`;
      const keys = { sql: `${types}; CREATE TABLE t (code ${type} PRIMARY KEY, x text)`, source: fill('ours') };
      await begin(fill('theirs'), { ...keys, policy: { models: { t: { keySuffix: '-2' } } }, objects: ['t[x=ours]'] });
      const { status, conflicts } = await remap();
      expect([status, conflicts.map(({ noNewKey }) => noNewKey)]).to.deep.equal(isText ? ['done', []] : ['refused', [true]]);
    });

  it('follows references to unique columns that are references themselves', async () => {
    const deep = `CREATE TABLE usr (id serial PRIMARY KEY, x text); CREATE TABLE profile (id serial PRIMARY KEY, usr int UNIQUE REFERENCES usr, x text);
      CREATE TABLE post (id serial PRIMARY KEY, by int REFERENCES profile (usr))`;
    const fill = (x: string): string =>
      `INSERT INTO usr VALUES (1, '${x}'); INSERT INTO profile VALUES (1, 1, '${x}'); INSERT INTO post VALUES (1, 1)`;
    const models = { usr: {}, profile: {}, post: {} };
    const drawn = "SELECT setval('usr_id_seq', 4), setval('profile_id_seq', 5), setval('post_id_seq', 6)";
    await begin(`${fill('theirs')}; ${drawn}`, { sql: deep, source: fill('ours'), policy: { models }, objects: ['post.1'] });
    expect((await remap()).plan.remap).to.deep.equal({ 'public.post': 1, 'public.profile': 1, 'public.usr': 1 });
    expect(await book.rows('profile')).to.deep.include({ id: 6, usr: 5, x: 'ours' });
    expect(await book.rows('post')).to.deep.include({ id: 7, by: 5 });
  });

  it('looks composite uniques up with the new keys', async () => {
    const unique = `${sql}; CREATE UNIQUE INDEX one_title ON book (author, title)`;
    const same = `${other.split('SELECT')[0] ?? ''}; UPDATE book SET title = 'Notes', author = 2; SELECT setval('author_id_seq', 2), setval('book_id_seq', 4)`;
    await begin(same, { sql: unique });
    expect((await remap()).status).to.equal('done');
    await book.close();
    const moved = "INSERT INTO author VALUES (11, 'ada@x', NULL), (12, 'bob@x', 11); INSERT INTO book VALUES (9, 12, 'Notes')";
    await begin(moved, { sql: unique });
    const models = { ...policy.models, author: { onConflict: 'skip' } } as const;
    const { conflicts } = await remap({ policy: { ...policy, models } });
    expect(conflicts.map(({ object, reason, inTheWay }) => [object, reason, inTheWay])).to.deep.equal([
      ['public.book.4', 'unique', 'public.book.9'],
    ]);
  });

  it('refuses a reference by a value that is written otherwise than the key which becomes another', async () => {
    const caseless = `CREATE COLLATION caseless (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
      CREATE TABLE tag (name text COLLATE caseless PRIMARY KEY, x text); CREATE TABLE use (id int PRIMARY KEY, tag text COLLATE caseless REFERENCES tag)`;
    const fill = (x: string): string => `INSERT INTO tag VALUES ('ada', '${x}')`;
    const models = { tag: { keySuffix: '-2' }, use: {} };
    await begin(fill('theirs'), {
      ...{ sql: caseless, source: `${fill('ours')}; INSERT INTO use VALUES (1, 'ADA')`, policy: { models }, objects: ['use.1'] },
    });
    const error = await failureOf(remap());
    expect(error).to.deep.include({ code: 'REFERENCE_NOT_MAPPED' });
    expect(await book.rows('use')).to.deep.equal([]);
  });

  for (const onConflict of ['skip', 'override', 'remap'] as const)
    it(`leaves a row to the object that an earlier map gives it to, whoever comes first under ${onConflict}`, async () => {
      const note = 'CREATE TABLE note (id serial PRIMARY KEY, x text)';
      const one = {
        sql: note,
        source: "INSERT INTO note VALUES (9, 'x')",
        policy: { models: { note: {} } },
        objects: ['note.9'],
      };
      await begin("INSERT INTO note VALUES (9, 'theirs'); SELECT setval('note_id_seq', 4)", one);
      await remap({ idMap: join(book.folder, 'first') });
      // Its own key is that of the row which the other one became.
      await book.source.query("INSERT INTO note VALUES (5, 'x')");
      await book.export({ objects: ['note.5', 'note.9'] });
      const withIdMap = [join(book.folder, 'first')];
      const { status, conflicts } = await book.import({ onConflict, withIdMap, idMap: join(book.folder, 'map') });
      if (onConflict === 'skip')
        expect(lines('map')).to.deep.include({ from: 'public.note.9', to: 'public.note.5', decision: 'merge' });
      else expect([status, conflicts.map(({ object }) => object)]).to.deep.equal(['refused', ['public.note.5']]);
      expect((await book.rows('note')).slice(0, 1)).to.deep.equal([{ id: 5, x: 'x' }]);
    });

  it('passes over drawn keys that a row or the archive has', async () => {
    await begin(`${other.replace(/SELECT.*$/su, '')}; INSERT INTO book VALUES (1, NULL, 'x'), (2, NULL, 'y')`);
    expect((await remap()).status).to.equal('done');
    expect(lines('map')).to.deep.include({ from: 'public.book.4', to: 'public.book.3', decision: 'remap' });
    expect(await book.target.query("SELECT nextval('book_id_seq')::int AS next")).to.deep.equal([{ next: 5 }]);
  });
});
