import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { summarizeImport } from '../../src/cli/summaries.js';
import type { ImportOptions, ImportResult } from '../../src/index.js';
import type { Move } from './move.js';
import { move } from './move.js';
import { needsServer } from '../support/needs-server.js';

const sql = `CREATE TABLE author (id int PRIMARY KEY, email text UNIQUE, name text);
  CREATE TABLE book (id int PRIMARY KEY, author int REFERENCES author, isbn text UNIQUE, shelf int, place int, UNIQUE (shelf, place))`;
const rows = "INSERT INTO author VALUES (1, 'ada@x', 'Ada'); INSERT INTO book VALUES (4, 1, 'i4', 7, 1), (5, 1, 'i5', 7, 2)";
const policy = { models: { author: {}, book: {} } };

describe('a conflict', () => {
  let book: Move;

  async function refused(
    target: string,
    options: Partial<ImportOptions> = {},
    change?: (text: string) => string,
    shared?: 'key',
  ): Promise<ImportResult> {
    const objects = ['book.4', 'book.5'];
    book = await move({ sql, source: rows, target, policy, objects, export: shared === undefined ? {} : { shared } });
    if (change !== undefined) await book.edit(change);
    const result = await book.import({ plan: join(book.folder, 'plan'), ...options });
    expect(result.status).to.equal('refused');
    return result;
  }

  /** What the terminal says of each conflict, and the plan has the same advice. */
  async function told(result: ImportResult): Promise<readonly string[]> {
    const text = await summarizeImport(result, false);
    const conflicts = text.split('conflict: ').slice(1);
    return conflicts.map((conflict) => conflict.split('\n').slice(0, 2).join('\n'));
  }

  afterEach(() => book.close());

  it('of a key names the row in the way, and that skip and override help', async () => {
    const result = await refused("INSERT INTO author VALUES (1, 'ada@x', 'Bob')");
    expect(await told(result)).to.deep.equal([
      'public.author.1: a different public.author.1 is there: it differs in name\n' +
        '  → --on-conflict remap gives it a new key, --on-conflict override overwrites name, --on-conflict skip leaves it out, or edit its key in the archive (then: portolan verify --reseal)',
    ]);
    const last = readFileSync(join(book.folder, 'plan'), 'utf8').trimEnd().split('\n').at(-2) ?? '';
    expect(JSON.parse(last)).to.deep.equal({
      conflict: result.conflicts[0],
      help: '--on-conflict remap gives it a new key, --on-conflict override overwrites name, --on-conflict skip leaves it out, or edit its key in the archive (then: portolan verify --reseal)',
    });
  });

  it('of a unique constraint names the row in the way, and that override does not help', async () => {
    const result = await refused("INSERT INTO author VALUES (9, 'ada@x', 'Ada')", { onConflict: 'override' });
    expect(await told(result)).to.deep.equal([
      'public.author.1: public.author.9 has the same email (author_email_key)\n' +
        "  → a policy with models: { 'public.author': { naturalKey: ['email'], merge: 'keep' } } takes the two for the same; --on-conflict skip leaves it out (override does not help), or edit email in the archive (then: portolan verify --reseal)",
    ]);
  });

  it('of a unique constraint is the only one where override would settle the other', async () => {
    const target = "INSERT INTO author VALUES (1, 'x@x', 'Bob'), (9, 'ada@x', 'Ada')";
    const { conflicts } = await refused(target, { onConflict: 'override' });
    expect(conflicts.map(({ object, reason }) => [object, reason])).to.deep.equal([['public.author.1', 'unique']]);
  });

  it('is told for every constraint that is hit', async () => {
    const target = `INSERT INTO author VALUES (1, 'ada@x', 'Ada');
      INSERT INTO book VALUES (4, 1, 'x', NULL, NULL), (8, 1, 'i4', NULL, NULL), (9, 1, NULL, 7, 1)`;
    const { conflicts } = await refused(target);
    expect(conflicts[0]?.alike).to.deep.equal(['isbn']);
    expect(conflicts.map(({ object, reason, constraint, inTheWay }) => [object, reason, constraint, inTheWay])).to.deep.equal([
      ['public.book.4', 'primary-key', 'book_pkey', 'public.book.4'],
      ['public.book.4', 'unique', 'book_isbn_key', 'public.book.8'],
      ['public.book.4', 'unique', 'book_shelf_place_key', 'public.book.9'],
    ]);
  });

  it('is told for an expression over columns, whatever their names; one over a column that the archive lacks is the database to find', async () => {
    const odd = `CREATE TABLE author (id int PRIMARY KEY, "na""me" text, "select" text, twin text);
      CREATE UNIQUE INDEX odd ON author (lower("na""me")) WHERE "select" IS NOT NULL; CREATE UNIQUE INDEX twins ON author (lower(twin))`;
    const target = `INSERT INTO author VALUES (2, 'ADA', 'x', 'a'), (3, 'x', 'x', 'none')`;
    const models = { author: {} };
    book = await move({
      sql: odd,
      source: `INSERT INTO author VALUES (1, 'Ada', 'y', 'b')`,
      target,
      policy: { models },
      objects: ['author.1'],
    });
    const named = async (): Promise<readonly unknown[]> =>
      (await book.import()).conflicts.map(({ constraint, inTheWay }) => [constraint, inTheWay]);
    expect(await named()).to.deep.equal([['odd', 'public.author.2']]);
    await book.target
      .query(`DELETE FROM author WHERE id = 2; ALTER TABLE author ADD more text DEFAULT 'one'; UPDATE author SET more = 'ONE';
      CREATE UNIQUE INDEX more ON author (lower(more))`);
    expect(await named()).to.deep.equal([['more', '']]);
  });

  it('names a row by its text where its key only looks like a number, and a key that no constraint keeps by its columns', async () => {
    const loose =
      'CREATE TABLE author (id text PRIMARY KEY, name text UNIQUE); CREATE TABLE book (a int NOT NULL, b int NOT NULL, title text)';
    const models = { author: {}, book: { key: ['a', 'b'] } };
    const source = "INSERT INTO author VALUES ('1', 'Ada'); INSERT INTO book VALUES (1, 2, 'x')";
    const target = "INSERT INTO author VALUES ('007', 'Ada'); INSERT INTO book VALUES (1, 2, 'y')";
    book = await move({ sql: loose, source, target, policy: { models }, objects: ['author.1', 'book.a=1,b=2'] });
    const { conflicts } = await book.import();
    expect(conflicts.map(({ object, constraint, inTheWay }) => [object, constraint, inTheWay])).to.deep.equal([
      ['public.author.1', 'author_name_key', 'public.author.007'],
      ['public.book.a=1,b=2', 'a, b', 'public.book.a=1,b=2'],
    ]);
  });

  it('of two objects of the archive names both, under every strategy', async () => {
    for (const onConflict of ['fail', 'skip', 'override'] as const) {
      const result = await refused('', { onConflict }, (text) => text.replace('"i5"', '"i4"'));
      expect(result.conflicts).to.deep.equal([
        {
          object: 'public.book.5',
          reason: 'unique',
          constraint: 'book_isbn_key',
          columns: ['isbn'],
          inTheWay: 'public.book.4',
          inArchive: true,
        },
      ]);
      expect((await told(result))[0])
        .to.contain('edit isbn in the archive')
        .and.to.contain('no strategy helps');
      expect(await book.rows('author')).to.deep.equal([]);
      if (onConflict !== 'override') await book.close();
    }
  });

  it('of two objects of the archive names no third one that is not written, nor one that holds NULL', async () => {
    const more = `${rows}; INSERT INTO book VALUES (6, 1, 'i6', NULL, 3), (7, 1, 'i7', NULL, 3), (8, 1, 'i8', 7, 3)`;
    const target = "INSERT INTO author VALUES (1, 'ada@x', 'Ada'); INSERT INTO book VALUES (4, 1, 'other', NULL, NULL)";
    book = await move({ sql, source: more, target, policy, objects: ['author.1'] });
    await book.edit((text) => text.replace('"i5"', '"i4"').replace('"i8"', '"i4"').replace('"i7"', 'null'));
    const { status, conflicts } = await book.import({ onConflict: 'skip' });
    expect(status).to.equal('refused');
    expect(conflicts.map(({ object, constraint, inTheWay }) => [object, constraint, inTheWay])).to.deep.equal([
      ['public.book.8', 'book_isbn_key', 'public.book.5'],
    ]);
  });

  it('of two objects of the archive names both where their NULLs are not distinct', async function () {
    await needsServer(this, 15);
    const strict = 'CREATE TABLE author (id int PRIMARY KEY, email text, name text, UNIQUE NULLS NOT DISTINCT (email, name))';
    const source = "INSERT INTO author VALUES (1, NULL, 'a'), (2, NULL, 'b'), (3, NULL, NULL)";
    const objects = ['author.1', 'author.2', 'author.3'];
    book = await move({ sql: strict, source, policy: { models: { author: {} } }, objects });
    await book.edit((text) => text.replace('"name":"b"', '"name":null'));
    const { conflicts } = await book.import();
    expect(conflicts.map(({ object, columns, inTheWay }) => [object, columns, inTheWay])).to.deep.equal([
      ['public.author.3', ['email', 'name'], 'public.author.2'],
    ]);
  });

  it('of two objects of the archive names both where a partition refuses one, in whatever name', async () => {
    const partitioned = `${sql}; DROP TABLE book; CREATE TABLE book (id int, author int REFERENCES author, isbn text, PRIMARY KEY (id, author),
      CONSTRAINT by_isbn UNIQUE (isbn, author)) PARTITION BY LIST (author); CREATE TABLE ada PARTITION OF book FOR VALUES IN (1)`;
    const source = "INSERT INTO author VALUES (1, 'ada@x', 'Ada'); INSERT INTO book VALUES (4, 1, 'i4'), (5, 1, 'i5')";
    book = await move({ sql: partitioned, source, policy, objects: ['author.1'] });
    await book.edit((text) => text.replace('"i5"', '"i4"'));
    const { status, conflicts } = await book.import();
    expect(status).to.equal('refused');
    expect(conflicts.map(({ object, constraint, columns, inTheWay }) => [object, constraint, columns, inTheWay])).to.deep.equal([
      ['public.book.id=5,author=1', 'by_isbn', ['isbn', 'author'], 'public.book.id=4,author=1'],
    ]);
  });

  it('of an external object that is missing says that it must be there first', async () => {
    const result = await refused('', {}, undefined, 'key');
    expect((await told(result)).some((text) => text.includes('bring that row into the target first'))).to.equal(true);
  });
});
