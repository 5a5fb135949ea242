import { createHash } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import type { ImportResult, Policy } from '../../src/index.js';
import { exportObjects, importObjects } from '../../src/index.js';
import { failureOf } from '../support/failure.js';
import type { Move } from './move.js';
import { move } from './move.js';

const sql = (constraint: string): string => `CREATE TABLE author (id int PRIMARY KEY, name text UNIQUE);
  CREATE TABLE book (id int PRIMARY KEY, author int NOT NULL REFERENCES author ${constraint}, title text, price numeric(8,2));
  CREATE TABLE tag (id int PRIMARY KEY, label text);
  CREATE TABLE book_tag (book int REFERENCES book ${constraint}, tag int REFERENCES tag ${constraint}, PRIMARY KEY (book, tag))`;
const rows = (count: number): string =>
  `INSERT INTO author VALUES (1, 'Ada'); INSERT INTO tag SELECT i, 't' || i FROM generate_series(1, 3) i;
   INSERT INTO book SELECT i, 1, E'a\\ttab \\\\ and ü ' || i, i / 7.0 FROM generate_series(1, ${String(count)}) i;
   INSERT INTO book_tag SELECT b.id, t.id FROM book b, tag t WHERE (b.id + t.id) % 2 = 0`;
const policy: Policy = { models: { author: {}, book: {}, tag: {} }, joinTables: ['book_tag'] };
const tables = ['author', 'book', 'tag', 'book_tag'];

describe('an import into empty tables', () => {
  let moved: Move;

  async function begin(count: number, { constraint = '', target = '' } = {}): Promise<void> {
    moved = await move({ sql: sql(constraint), source: rows(count), target, policy, objects: ['author.1'] });
  }

  afterEach(() => moved.close());

  /** What the target holds, and what the source does. */
  async function contents(): Promise<readonly [target: unknown[], source: unknown[]]> {
    const ordered = (table: string): string => `SELECT * FROM ${table} ORDER BY 1, 2`;
    const all = async (query: (text: string) => Promise<unknown>): Promise<unknown[]> => {
      const found: unknown[] = [];
      for (const table of tables) found.push(await query(ordered(table)));
      return found;
    };
    return [await all((text) => moved.target.query(text)), await all((text) => moved.source.query(text))];
  }

  /** Changes the archive, and seals it as if nobody had: a reseal would prove it closed first. */
  function forge(change: (text: string) => string): void {
    const text = readFileSync(moved.archive, 'utf8');
    const changed = change(text);
    expect(changed).not.to.equal(text);
    const end = changed.indexOf('"trailer":');
    const sha256 = createHash('sha256').update(changed.slice(0, end)).digest('hex');
    writeFileSync(
      moved.archive,
      changed.slice(0, end) + changed.slice(end).replace(/"sha256":"[0-9a-f]+"/u, `"sha256":"${sha256}"`),
    );
  }

  /** The source has no constraint any more, and a book without author. */
  async function exportDangling(): Promise<void> {
    await moved.source.query('ALTER TABLE book DROP CONSTRAINT book_author_fkey; UPDATE book SET author = 7 WHERE id = 3');
    const loose: Policy = { ...policy, references: [{ from: 'book.author', to: 'author' }] };
    await exportObjects(moved.from, { objects: ['author.1', 'book.3'], output: moved.archive, policy: loose, force: true });
  }

  async function expectNothing(): Promise<void> {
    const [target] = await contents();
    expect(target).to.deep.equal([[], [], [], []]);
  }

  it('asks the database no more for many rows than for few, but for the links', async () => {
    const queries: number[] = [];
    for (const count of [10, 4000]) {
      await begin(count);
      const { status, plan, statistics } = await moved.import();
      expect([status, plan.insert['public.book']]).to.deep.equal(['done', count]);
      const [target, source] = await contents();
      expect(target).to.deep.equal(source);
      queries.push(statistics.queries);
      if (count === 10) await moved.close();
    }
    expect((queries[1] ?? 0) - (queries[0] ?? 0)).to.be.lessThan(10);
  });

  for (const constraint of ['', 'DEFERRABLE INITIALLY DEFERRED']) {
    const kind = constraint === '' ? 'immediate' : 'deferred';

    it(`refuses a link that leads nowhere, under ${kind} constraints, and writes nothing`, async () => {
      await begin(4, { constraint });
      forge((text) => text.replace('"tag":[1,3]', '"tag":[1,99]'));
      const failure = await failureOf(moved.import());
      expect(failure).to.include({ code: 'ARCHIVE_NOT_CLOSED' });
      await expectNothing();
    });

    it(`tells of a reference that leads nowhere by the member that holds it, under ${kind} constraints, and writes nothing`, async () => {
      await begin(4, { constraint });
      await exportDangling();
      const { status, conflicts, plan } = await moved.import();
      expect([status, plan.insert['public.book']]).to.deep.equal(['refused', 3]);
      expect(conflicts).to.deep.equal([
        {
          object: 'public.book.3',
          reason: 'missing-reference',
          constraint: 'book_author_fkey',
          columns: ['author'],
          inTheWay: '',
        },
      ]);
      await expectNothing();
      const { status: skipped, plan: left } = await moved.import({ onConflict: 'skip' });
      expect([skipped, left.skip, left.insert['public.book']]).to.deep.equal(['done', { 'public.book': 1 }, 3]);
    });
  }

  it('refuses a link that leads nowhere where no constraint says so, since the tables have it switched off', async () => {
    await begin(4, { target: 'ALTER TABLE book_tag DISABLE TRIGGER ALL' });
    forge((text) => text.replace('"tag":[1,3]', '"tag":[1,99]'));
    expect(await failureOf(moved.import())).to.include({ code: 'ARCHIVE_NOT_CLOSED' });
    await expectNothing();
  });

  it('takes links in whatever order the archive lists them', async () => {
    await begin(4);
    await moved.edit((text) => text.replaceAll('"tag":[1,3]', '"tag":[3,1]'));
    expect(readFileSync(moved.archive, 'utf8')).to.contain('"tag":[3,1]');
    const { status, links } = await moved.import();
    expect([status, links.insert]).to.deep.equal(['done', { 'public.book.tag': 6 }]);
    const [target, source] = await contents();
    expect(target).to.deep.equal(source);
  });

  it('notices what a column of the target makes of a value, though nothing there is a trigger', async () => {
    await begin(4, { target: 'ALTER TABLE book ALTER price TYPE numeric(8,1)' });
    const failure = await failureOf(moved.import());
    expect(failure).to.include({ code: 'SCHEMA_DRIFT' });
    await expectNothing();
  });

  const next = `CREATE FUNCTION next_place() RETURNS int LANGUAGE sql AS 'SELECT nextval(''public.places'')::int';`;
  for (const [by, column, before] of [
    ['by itself', 'int DEFAULT nextval($$places$$)', ''],
    ['by a function', 'int DEFAULT next_place()', next],
    ['by its domain', 'place', 'CREATE DOMAIN place AS int DEFAULT nextval($$places$$);'],
  ] as const) {
    it(`draws nothing from a sequence for a column that does so ${by}, where it is refused`, async () => {
      await begin(4, { target: `CREATE SEQUENCE places; ${before} ALTER TABLE book ADD place ${column}` });
      await exportDangling();
      expect((await moved.import()).status).to.equal('refused');
      expect(await moved.target.query('SELECT is_called FROM places')).to.deep.equal([{ is_called: false }]);
      await expectNothing();
    });
  }

  it('takes links into a join table that numbers them itself, and says so before', async () => {
    await begin(4, { target: 'ALTER TABLE book_tag ADD id int GENERATED ALWAYS AS IDENTITY' });
    for (const [dryRun, status] of [
      [true, 'planned'],
      [false, 'done'],
    ] as const)
      expect(await moved.import({ dryRun })).to.deep.include({ status, links: { insert: { 'public.book.tag': 6 }, same: {} } });
    expect(await moved.target.query('SELECT max(id) FROM book_tag')).to.deep.equal([{ max: 6 }]);
  });

  it('takes none of the rows that it wrote for one that stayed at home', async () => {
    await begin(4);
    const named: Policy = {
      models: { author: {}, book: { naturalKey: ['title'] }, tag: {} },
      joinTables: ['book_tag'],
      references: [{ from: 'tag.best', to: 'book' }],
    };
    for (const database of [moved.source, moved.target]) await database.query('ALTER TABLE tag ADD best int');
    await moved.source.query("UPDATE book SET title = 'x'; UPDATE tag SET best = 2; DELETE FROM book_tag WHERE book = 1");
    const options = { output: moved.archive, policy: named, force: true, shared: 'key', follow: 'dependencies' } as const;
    await exportObjects(moved.from, { ...options, objects: ['author.1', 'book.1', 'tag.1'] });
    const { status, conflicts } = await moved.import({ policy: named });
    expect(status).to.equal('refused');
    expect(conflicts.filter(({ object }) => object === 'public.book.2')).to.deep.equal([
      {
        object: 'public.book.2',
        reason: 'missing-reference',
        constraint: 'external object',
        columns: [],
        inTheWay: '',
      },
    ]);
  });

  it('refuses an archive that another takes the place of, and writes nothing', async () => {
    await begin(4);
    const other = `${moved.archive}.other`;
    await exportObjects(moved.from, { objects: ['author.1'], output: other, policy });
    const failure = await failureOf(
      importObjects(moved.to, {
        archive: moved.archive,
        policy,
        onTarget: () => {
          renameSync(other, moved.archive);
        },
      }),
    );
    expect(failure).to.include({ code: 'ARCHIVE_CHANGED' });
    await expectNothing();
  });

  it('says the same as one into tables that hold other rows', async () => {
    await begin(40);
    const told = ({ status, plan, links, findings }: ImportResult): unknown => [status, plan, links, findings];
    const alone = told(await moved.import({ dryRun: true }));
    await moved.target.query(
      "INSERT INTO author VALUES (9, 'Eve'); INSERT INTO tag VALUES (9, NULL); INSERT INTO book VALUES (99, 9)",
    );
    await moved.target.query('INSERT INTO book_tag VALUES (99, 9)');
    expect(told(await moved.import({ dryRun: true }))).to.deep.equal(alone);
  });
});
