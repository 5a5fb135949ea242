import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect } from 'chai';
import type { Move } from './move.js';
import { move } from './move.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

describe('--on-conflict override', () => {
  let book: Move | undefined;

  afterEach(() => book?.close());

  it('holds no rows in memory until they are written', async function () {
    this.timeout(300_000);
    const few = await memoryToUpdate(2_000);
    const many = await memoryToUpdate(20_000);
    // Keys and decisions are held; the text of a row alone is 500 bytes.
    expect((many - few) / 18_000, `${String(few)} and ${String(many)} bytes`).to.be.lessThan(200);
  });

  /** Bytes on the heap when the last rows of a model are handed over, beyond those at the first ones. */
  async function memoryToUpdate(rows: number): Promise<number> {
    await book?.close();
    book = await move({
      sql: `CREATE TABLE shelf (id int PRIMARY KEY); CREATE TABLE book (id int PRIMARY KEY, shelf int REFERENCES shelf, text text);
        INSERT INTO shelf VALUES (1)`,
      source: `INSERT INTO book SELECT n, 1, repeat('x', 500) FROM generate_series(1, ${String(rows)}) n`,
      target: `INSERT INTO book SELECT n, 1, 'other' FROM generate_series(1, ${String(rows)}) n`,
      policy: { models: { shelf: {}, book: {} } },
      objects: ['shelf.1'],
    });
    collectGarbage();
    const before = process.memoryUsage().heapUsed;
    let most = 0;
    const result = await book.import({
      onConflict: 'override',
      onProgress: ({ stage, model }) => {
        if (stage !== 'apply' || model !== 'public.book') return;
        collectGarbage();
        most = Math.max(most, process.memoryUsage().heapUsed - before);
      },
    });
    expect(result.plan.update).to.deep.equal({ 'public.book': rows });
    return most;
  }

  const circle = `CREATE TABLE a (id int PRIMARY KEY, b int NOT NULL, text text); CREATE TABLE b (id int PRIMARY KEY, a int NOT NULL REFERENCES a);
    ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b`;
  const pair = (id: number, text: string): string =>
    `WITH one AS (INSERT INTO a VALUES (${String(id)}, ${String(id)}, '${text}')) INSERT INTO b VALUES (${String(id)}, ${String(id)});`;

  it('updates a row that refers to a new one, in a circle of tables that require each other', async () => {
    const source = `${pair(1, 'new')} ${pair(2, 'two')} UPDATE a SET b = 2 WHERE id = 1; UPDATE b SET a = 1 WHERE id = 2`;
    const models = { a: {}, b: {} };
    book = await move({ sql: circle, source, target: pair(1, 'old'), policy: { models }, objects: ['a.1'] });
    const result = await book.import({ onConflict: 'override' });
    expect(result.status).to.equal('done');
    expect(await book.rows('a')).to.deep.equal(await book.source.query('SELECT * FROM a ORDER BY 1'));
    expect(await book.rows('b')).to.deep.equal(await book.source.query('SELECT * FROM b ORDER BY 1'));
    expect((await book.import()).plan.same).to.deep.equal({ 'public.a': 2, 'public.b': 2 });
  });

  it('writes new and changed rows of one table that need each other at once', async () => {
    const sql = 'CREATE TABLE node (id int PRIMARY KEY, code text UNIQUE, next text REFERENCES node (code))';
    const source = `INSERT INTO node VALUES (1, 'B', 'C'), (2, 'C', 'B')`;
    const target = `INSERT INTO node VALUES (1, 'A', NULL)`;
    book = await move({ sql, source, target, policy: { models: { node: {} } }, objects: ['node.1'] });
    const result = await book.import({ onConflict: 'override' });
    expect(result.plan).to.deep.include({ insert: { 'public.node': 1 }, update: { 'public.node': 1 } });
    expect(await book.rows('node')).to.deep.equal(await book.source.query('SELECT * FROM node ORDER BY 1'));
  });

  it('writes the columns that differ and no others', async () => {
    const sql = `CREATE TABLE book (id int PRIMARY KEY, title text, text text, touched text);
      CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.told VALUES (TG_ARGV[0], NEW.id); RETURN NULL; END $$;
      CREATE TABLE told (what text, id int);
      CREATE TRIGGER title AFTER UPDATE OF title ON book FOR EACH ROW EXECUTE FUNCTION touch('title');
      CREATE TRIGGER text AFTER UPDATE OF text ON book FOR EACH ROW EXECUTE FUNCTION touch('text')`;
    const source = `INSERT INTO book VALUES (1, 'a', 'x'), (2, 'b', 'y'), (3, 'c', 'z')`;
    const target = `INSERT INTO book VALUES (1, '-', 'x'), (2, 'b', '-'), (3, '-', '-')`;
    book = await move({ sql, source, target, policy: { models: { book: {} } }, objects: ['book.1', 'book.2', 'book.3'] });
    await book.import({ onConflict: 'override' });
    expect(await book.target.query('SELECT what, id FROM told ORDER BY 2, 1')).to.deep.equal([
      { what: 'title', id: 1 },
      { what: 'text', id: 2 },
      { what: 'text', id: 3 },
      { what: 'title', id: 3 },
    ]);
  });
});
