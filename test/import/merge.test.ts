import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { ImportOptions, ImportResult, ModelPolicy, Policy } from '../../src/index.js';
import { failureOf } from '../support/failure.js';
import type { Move, MoveOptions } from './move.js';
import { move } from './move.js';

const sql = `CREATE TABLE author (id serial PRIMARY KEY, email text UNIQUE, name text, phone text UNIQUE);
  CREATE TABLE genre (id serial PRIMARY KEY, parent int REFERENCES genre, slug text, UNIQUE (parent, slug));
  CREATE TABLE book (id serial PRIMARY KEY, author int REFERENCES author, title text);
  CREATE TABLE book_genre (book int REFERENCES book, genre int REFERENCES genre, PRIMARY KEY (book, genre));
  CREATE TABLE mail (id serial PRIMARY KEY, email text REFERENCES author (email), author int)`;
const source = `INSERT INTO author VALUES (1, 'ada@x', 'Ada', NULL), (2, 'bob@x', 'Bob', '22');
  INSERT INTO genre VALUES (1, NULL, 'root'), (2, 1, 'sea'), (3, 2, 'storm');
  INSERT INTO book VALUES (4, 1, 'Notes'), (5, 2, 'Waves'); INSERT INTO book_genre VALUES (4, 2), (5, 3);
  INSERT INTO mail VALUES (6, 'ada@x', 1)`;
const target = `INSERT INTO author VALUES (1, 'bob@x', 'Robert', NULL), (7, 'ada@x', NULL, '77'), (2, 'eve@x', 'Eve', NULL);
  INSERT INTO book VALUES (4, 1, 'Other'); SELECT setval('book_id_seq', 4), setval('author_id_seq', 7)`;
const models = { author: {}, genre: {}, book: {}, mail: {} };
const references = [{ from: 'mail.author', to: 'author' }];

describe('a policy that merges by natural key', () => {
  let book: Move;

  afterEach(() => book.close());

  async function begin(author: ModelPolicy, theirs = target, more: Partial<MoveOptions> = {}): Promise<Policy> {
    const policy = { models, joinTables: ['book_genre'], references };
    const objects = ['book.4', 'book.5', 'mail.6'];
    book = await move({ sql, source, target: theirs, policy, objects, ...more });
    return { ...policy, models: { ...models, author } };
  }

  async function merge(policy: Policy, more: Partial<ImportOptions> = {}): Promise<ImportResult> {
    return book.import({ policy, onConflict: 'remap', idMap: join(book.folder, 'map'), ...more });
  }

  const natural = { naturalKey: ['email'] };

  it('takes objects for the rows that have their natural keys, and leads every reference there', async () => {
    const policy = await begin({ ...natural, merge: 'keep' });
    const { status, plan } = await merge(policy);
    expect(status).to.equal('done');
    expect(plan.merge).to.deep.equal({ 'public.author': 2 });
    expect(plan.remap).to.deep.equal({ 'public.book': 1 });
    expect(await book.rows('author')).to.deep.equal([
      { id: 1, email: 'bob@x', name: 'Robert', phone: null },
      { id: 2, email: 'eve@x', name: 'Eve', phone: null },
      { id: 7, email: 'ada@x', name: null, phone: '77' },
    ]);
    expect((await book.rows('book')).map(({ id, author }) => [id, author])).to.have.deep.members([
      [4, 1],
      [5, 1],
      [6, 7],
    ]);
    expect(await book.rows('mail')).to.deep.equal([{ id: 6, email: 'ada@x', author: 7 }]);
    const map = readFileSync(join(book.folder, 'map'), 'utf8');
    expect(map).to.contain('{"from":"public.author.1","to":"public.author.7","decision":"merge"}');
  });

  it('takes our columns, fills the gaps in theirs, or keeps theirs', async () => {
    const expected = {
      take: [
        { id: 1, email: 'bob@x', name: 'Bob', phone: '22' },
        { id: 7, email: 'ada@x', name: 'Ada', phone: null },
      ],
      fill: [
        { id: 1, email: 'bob@x', name: 'Robert', phone: '22' },
        { id: 7, email: 'ada@x', name: 'Ada', phone: '77' },
      ],
    } as const;
    for (const rule of ['take', 'fill'] as const) {
      const policy = await begin({ ...natural, merge: rule });
      const dry = await merge(policy, { dryRun: true });
      const real = await merge(policy);
      expect(dry.plan).to.deep.equal(real.plan);
      expect(
        (await book.rows('author')).filter(({ id }) => id !== 2),
        rule,
      ).to.deep.equal(expected[rule]);
      if (rule === 'take') await book.close();
    }
  });

  it('refuses to take a value that another row has', async () => {
    const policy = await begin({ ...natural, merge: 'take' }, `${target}; UPDATE author SET phone = '22' WHERE id = 2`);
    const { status, conflicts } = await merge(policy);
    expect([status, conflicts.map(({ object, constraint, inTheWay }) => [object, constraint, inTheWay])]).to.deep.equal([
      'refused',
      [['public.author.2', 'author_phone_key', 'public.author.2']],
    ]);
  });

  it("finds rows of a tree by parent and name, level by level, though NULL is nobody's name", async () => {
    const tree = `INSERT INTO genre VALUES (11, NULL, 'top'), (12, 11, 'sea'), (13, 12, 'storm')`;
    const policy = await begin({}, tree);
    const full = { ...policy, models: { ...models, genre: { naturalKey: ['parent', 'slug'], merge: 'keep' } } } as const;
    expect((await merge(full)).plan.merge).to.deep.equal({});
    await book.close();
    const rooted = source.replace("(1, NULL, 'root')", "(1, 1, 'root')");
    await begin({}, tree.replace("(11, NULL, 'top')", "(11, 11, 'root')"), { source: rooted });
    const byKey = { ...full, models: { ...full.models, genre: { ...full.models.genre, onConflict: 'fail' } } } as const;
    // The root refers to itself: by its natural key nobody can find it.
    expect((await merge(byKey)).plan).to.deep.include({ merge: {}, conflict: {} });
    expect((await book.rows('genre')).map(({ id }) => id)).to.deep.equal([1, 2, 3, 11, 12, 13]);
    await book.close();
    await begin({}, `${tree}; UPDATE genre SET slug = 'root' WHERE id = 11`);
    await book.target.query('CREATE UNIQUE INDEX ON genre (slug)');
    const bySlug = { ...full, models: { ...full.models, genre: { naturalKey: ['slug'], merge: 'keep' } } } as const;
    expect((await merge(bySlug)).plan.merge).to.deep.equal({ 'public.genre': 3 });
    expect(await book.rows('book_genre')).to.deep.equal([
      { book: 4, genre: 12 },
      { book: 5, genre: 13 },
    ]);
  });

  it('finds those by parent and name whose parents are found by another', async () => {
    const shelf = `CREATE TABLE hall (id serial PRIMARY KEY, name text UNIQUE);
      CREATE TABLE shelf (id serial PRIMARY KEY, hall int NOT NULL REFERENCES hall, upper int REFERENCES shelf, no int, UNIQUE (hall, no));
      CREATE TABLE place (id serial PRIMARY KEY, shelf int REFERENCES shelf)`;
    const theirs = `INSERT INTO hall VALUES (8, 'x'); INSERT INTO shelf VALUES (5, 8, NULL, 1), (6, 8, 5, 2)`;
    const ours = `INSERT INTO hall VALUES (1, 'x'); INSERT INTO shelf VALUES (1, 1, NULL, 2), (2, 1, 1, 1), (3, 1, NULL, 3); INSERT INTO place VALUES (1, 1), (2, 2), (3, 3)`;
    const policy: Policy = {
      models: { hall: { merge: 'keep' }, shelf: { naturalKey: ['hall', 'no'], merge: 'fill' }, place: {} },
    };
    book = await move({ sql: shelf, source: ours, target: theirs, policy, objects: ['place.1', 'place.2', 'place.3'] });
    const { plan } = await merge(policy);
    expect([plan.merge, plan.insert]).to.deep.equal([
      { 'public.hall': 1, 'public.shelf': 2 },
      { 'public.place': 3, 'public.shelf': 1 },
    ]);
    expect(await book.rows('shelf')).to.deep.equal([
      { id: 3, hall: 8, upper: null, no: 3 },
      { id: 5, hall: 8, upper: 6, no: 1 },
      { id: 6, hall: 8, upper: 5, no: 2 },
    ]);
    expect((await book.rows('place')).map(({ shelf: on }) => on)).to.deep.equal([6, 5, 3]);
  });

  it('takes nobody for one of two namesakes, nor two for one', async () => {
    const policy = await begin(
      { naturalKey: ['name'], merge: 'keep' },
      "INSERT INTO author VALUES (8, 'a', 'Ada', NULL), (9, 'b', 'Ada', NULL)",
    );
    const { conflicts } = await merge(policy);
    expect(conflicts).to.have.length(1);
    expect(conflicts[0]).to.include({ object: 'public.author.1', constraint: 'natural key' });
    await book.close();
    const twins = await begin({ naturalKey: ['name'], merge: 'keep' }, "INSERT INTO author VALUES (8, 'a', 'Ada', NULL)", {
      source: source.replace("'Bob'", "'Ada'"),
    });
    const { conflicts: two } = await merge(twins);
    expect(two.map(({ object, inTheWay, inArchive }) => [object, inTheWay, inArchive])).to.deep.equal([
      ['public.author.2', 'public.author.1', true],
    ]);
  });

  it('writes what the row is called there, where references hold another of its unique columns', async () => {
    const policy = await begin({ naturalKey: ['name'], merge: 'keep' }, "INSERT INTO author VALUES (9, 'ada@y', 'Ada', NULL)");
    expect((await merge(policy)).status).to.equal('done');
    expect(await book.rows('mail')).to.deep.equal([{ id: 6, email: 'ada@y', author: 9 }]);
    await book.close();
    const nameless = await begin({ naturalKey: ['name'], merge: 'keep' }, "INSERT INTO author VALUES (9, NULL, 'Ada', NULL)");
    const { conflicts } = await merge(nameless);
    expect(conflicts.map(({ object, torn }) => [object, torn])).to.deep.equal([['public.mail.6', true]]);
  });

  it('finds external objects by their natural keys, too', async () => {
    await begin({}, target, { export: { shared: 'key' } });
    const author = { naturalKey: ['email'], merge: 'keep' } as const;
    const policy = { models: { ...models, author }, joinTables: ['book_genre'], references };
    await book.export({ shared: 'key', policy });
    await book.target.query("INSERT INTO genre VALUES (2, NULL, 'sea'), (3, 2, 'storm')");
    const result = await merge(policy);
    expect(result.conflicts.filter(({ object }) => object.includes('author'))).to.deep.equal([]);
  });

  it('does nothing the second time, with the map of the first where keys became others', async () => {
    const policy = await begin({ ...natural, merge: 'take' });
    expect((await merge(policy)).status).to.equal('done');
    const map = join(book.folder, 'map');
    const first = join(book.folder, 'first');
    writeFileSync(first, readFileSync(map));
    const before = await Promise.all(['author', 'book', 'genre', 'mail', 'book_genre'].map((name) => book.rows(name)));
    const { status, plan, links } = await merge(policy, { withIdMap: [first] });
    expect([status, plan.insert, plan.remap, plan.update, links.insert]).to.deep.equal(['done', {}, {}, {}, {}]);
    expect(await Promise.all(['author', 'book', 'genre', 'mail', 'book_genre'].map((name) => book.rows(name)))).to.deep.equal(
      before,
    );
    expect(plan.merge['public.book']).to.equal(1);
    await book.target.query('DELETE FROM book_genre; DELETE FROM book');
    expect(await failureOf(merge(policy, { withIdMap: [first] }))).to.deep.include({ code: 'ID_MAP_STALE' });
    writeFileSync(
      first,
      '{"from":"public.author.1","to":"public.author.7"}\n{"from":"public.author.1","to":"public.author.8"}\n',
    );
    expect(await failureOf(merge(policy, { withIdMap: [first] }))).to.deep.include({ code: 'ID_MAP_INVALID' });
    writeFileSync(first, 'no map\n');
    expect(await failureOf(merge(policy, { withIdMap: [first] }))).to.deep.include({ code: 'ID_MAP_INVALID' });
  });

  it('lets several archives of one source meet', async () => {
    const policy = await begin({});
    await book.export({ objects: ['book.4', 'mail.6'] });
    const map = join(book.folder, 'map');
    const unlike = "DELETE FROM author WHERE email <> 'eve@x'; UPDATE author SET id = 1; SELECT setval('author_id_seq', 7)";
    await book.target.query(`DELETE FROM book; ${unlike}`);
    expect((await merge(policy, { idMap: map })).plan.remap).to.deep.equal({ 'public.author': 1 });
    await book.source.query("INSERT INTO book VALUES (9, 1, 'Later')");
    await book.export({ objects: ['book.9'] });
    const { plan } = await merge(policy, { withIdMap: [map], idMap: join(book.folder, 'second') });
    expect([plan.merge, plan.insert]).to.deep.equal([{ 'public.author': 1 }, { 'public.book': 1 }]);
    expect((await book.rows('book')).map(({ author }) => author)).to.deep.equal([8, 8]);
  });

  it('is refused where there is no natural key, or the archive lacks it', async () => {
    const policy = await begin({});
    const nowhere = { ...policy, models: { ...models, book: { merge: 'keep' } } } as const;
    expect(await failureOf(merge(nowhere)))
      .to.have.property('message')
      .that.contains('public.book: has no natural key to merge by');
  });
});
