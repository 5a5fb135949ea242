import { expect } from 'chai';
import type { ImportResult, Policy } from '../../src/index.js';
import type { Move } from './move.js';
import { move } from './move.js';

const sql = `CREATE TABLE author (id int PRIMARY KEY, name text, born date);
  CREATE TABLE shelf (wing text, number int, label text, PRIMARY KEY (wing, number));
  CREATE TABLE book (id int PRIMARY KEY, author int REFERENCES author, wing text, number int,
    FOREIGN KEY (wing, number) REFERENCES shelf)`;
const source = `INSERT INTO author VALUES (1, 'Ada', '1815-12-10'); INSERT INTO shelf VALUES ('east', 7, 'x');
  INSERT INTO book VALUES (4, 1, 'east', 7)`;
const policy = { models: { author: { naturalKey: ['name', 'born'] }, shelf: {}, book: {} } };

describe('objects that stayed at home', () => {
  let book: Move;

  afterEach(() => book.close());

  async function imported(target: string, models: NonNullable<Policy['models']> = policy.models): Promise<ImportResult> {
    book = await move({ sql, source, target, policy, objects: ['book.4'], export: { shared: 'key' } });
    return book.import({ policy: { models } });
  }

  const there = "INSERT INTO author VALUES (1, 'Ada', '1815-12-10')";
  const shelf = "INSERT INTO shelf VALUES ('east', 7, 'another')";

  it('are the rows of the target that have their key and their natural key, whatever else these hold', async () => {
    const { status, plan } = await imported(`${there}; ${shelf}`);
    expect([status, plan.insert]).to.deep.equal(['done', { 'public.book': 1 }]);
  });

  it('are told where nothing but a key says which rows they are, unless that is a UUID', async () => {
    const told = ({ status, findings }: ImportResult): unknown => [
      status,
      findings.flatMap(({ kind, on, severity, reason }) =>
        kind === 'external-by-key' ? [`${severity} ${on}: ${reason.split(':')[0] ?? ''}`] : [],
      ),
    ];
    const known = 'of its objects stayed at home and are known by nothing but their keys';
    expect(told(await imported(`${there}; ${shelf}`))).to.deep.equal(['done', [`warning public.shelf: 1 ${known}`]]);
    await book.close();
    const key = '1b4e28ba-2fa1-41d2-883f-0016d3cca427';
    book = await move({
      sql: 'CREATE TABLE author (id uuid PRIMARY KEY); CREATE TABLE book (id int PRIMARY KEY, author uuid REFERENCES author)',
      source: `INSERT INTO author VALUES ('${key}'); INSERT INTO book VALUES (4, '${key}')`,
      target: `INSERT INTO author VALUES ('${key}')`,
      policy: { models: { author: {}, book: {} } },
      objects: ['book.4'],
      export: { shared: 'key' },
    });
    expect(told(await book.import())).to.deep.equal(['done', []]);
  });

  it('are conflicts where the target has no such row, named by their keys', async () => {
    const { conflicts } = await imported('');
    const conflict = { reason: 'missing-reference', constraint: 'external object', columns: [], inTheWay: '' };
    expect(conflicts.filter(({ constraint }) => constraint === 'external object')).to.deep.equal([
      { object: 'public.author.1', ...conflict },
      { object: 'public.shelf.wing=east,number=7', ...conflict },
    ]);
  });

  it('are conflicts where the row of their key has another natural key, and the columns are named', async () => {
    const { conflicts } = await imported(`INSERT INTO author VALUES (1, 'Ada', NULL); ${shelf}`);
    expect(conflicts.map(({ object, columns, inTheWay }) => [object, columns, inTheWay])).to.deep.equal([
      ['public.author.1', ['born'], 'public.author.1'],
    ]);
  });

  it('are conflicts that name the row which has their natural key under another key; an edit to that key settles it', async () => {
    const other = "INSERT INTO author VALUES (2, 'Ada', '1815-12-10'), (3, 'Eve', '1815-12-10')";
    for (const inTheWay of ['', "; INSERT INTO author VALUES (1, 'Eve', '1900-01-01')"]) {
      const { conflicts } = await imported(`${other}${inTheWay}; ${shelf}`);
      const told = conflicts
        .filter(({ object }) => object === 'public.author.1')
        .map(({ columns, inTheWay: row }) => [columns, row]);
      expect(told).to.deep.equal([[['born', 'name'], 'public.author.2']]);
      await book.edit((text) => text.replace('"author":1', '"author":2').replace('"pk":1}', '"pk":2}'));
      expect((await book.import()).status).to.equal('done');
      expect((await book.rows('book'))[0]).to.include({ author: 2 });
      if (inTheWay === '') await book.close();
    }
  });

  it('name no row of another key where several have their natural key, or where NULL is in it', async () => {
    const twice = await imported(`INSERT INTO author VALUES (2, 'Ada', '1815-12-10'), (3, 'Ada', '1815-12-10'); ${shelf}`);
    await book.close();
    const blank = `INSERT INTO author VALUES (2, 'Ada', NULL), (3, '', NULL); ${shelf}`;
    book = await move({
      sql,
      source: `${source}; UPDATE author SET born = NULL`,
      target: blank,
      policy,
      objects: ['book.4'],
      export: { shared: 'key' },
    });
    for (const { conflicts } of [twice, await book.import()])
      expect(conflicts.map(({ object, inTheWay }) => [object, inTheWay])).to.deep.include(['public.author.1', '']);
  });

  it('name no row of a table that inherits: no reference can lead to one', async () => {
    const heir = "CREATE TABLE former () INHERITS (author); INSERT INTO former VALUES (2, 'Ada', '1815-12-10')";
    const { conflicts } = await imported(`${heir}; ${shelf}`);
    expect(conflicts.map(({ object, inTheWay }) => [object, inTheWay])).to.deep.include(['public.author.1', '']);
  });

  it('are conflicts where the target has no column of the natural key: nothing proves them', async () => {
    const without = { ...policy, models: { ...policy.models, author: {} } };
    book = await move({
      sql,
      source,
      target: `${there}; ${shelf}; ALTER TABLE author DROP born`,
      policy,
      objects: ['book.4'],
      export: { shared: 'key' },
    });
    const { conflicts } = await book.import({ policy: without });
    expect(conflicts.map(({ object, columns }) => [object, columns])).to.deep.equal([['public.author.1', ['born']]]);
  });

  it('are conflicts where the target has no such table, or another key', async () => {
    const target = `INSERT INTO author VALUES (2, 'Ada', '1815-12-10'); ALTER TABLE book DROP CONSTRAINT book_wing_number_fkey, DROP CONSTRAINT book_author_fkey;
      DROP TABLE shelf; ALTER TABLE author DROP CONSTRAINT author_pkey, ADD number int DEFAULT 1, ADD PRIMARY KEY (number)`;
    const { conflicts } = await imported(target, { author: {}, book: {} });
    expect(conflicts.map(({ object }) => object)).to.deep.equal(['public.author.1', 'public.shelf.number=7,wing=east']);
  });

  it('are conflicts where the key of the target is a part of theirs, or more', async () => {
    for (const [key, name] of [
      ['wing', 'public.shelf.number=7,wing=east'],
      ['wing, number, label', 'public.shelf.number=7,wing=east'],
    ] as const) {
      const { conflicts } = await imported(
        `${there}; ${shelf}; ALTER TABLE book DROP CONSTRAINT book_wing_number_fkey;
        ALTER TABLE shelf DROP CONSTRAINT shelf_pkey, ADD PRIMARY KEY (${key})`,
      );
      expect(
        conflicts.map(({ object }) => object),
        key,
      ).to.deep.equal([name]);
      if (key === 'wing') await book.close();
    }
  });

  it('are listed up to a thousand conflicts, and counted beyond', async () => {
    const many = `INSERT INTO author SELECT n, 'a', NULL FROM generate_series(2, 1200) n; INSERT INTO book SELECT n + 10, n, NULL, NULL FROM generate_series(2, 1200) n;
      INSERT INTO shelf VALUES ('all', 1, NULL); UPDATE book SET wing = 'all', number = 1`;
    book = await move({
      sql,
      source: `${source}; ${many}`,
      policy,
      objects: ['shelf.wing=all,number=1'],
      export: { shared: 'key' },
    });
    const { status, conflicts, findings } = await book.import();
    expect(status).to.equal('refused');
    expect(conflicts).to.have.length(1000);
    const told = findings.flatMap(({ kind, reason }) => (kind === 'conflicts-not-listed' ? [reason] : []));
    expect(told).to.deep.equal(['1400 more conflicts are counted, not listed']);
  });
});
