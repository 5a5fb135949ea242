import { expect } from 'chai';
import { failureOf } from '../support/failure.js';
import type { Move } from './move.js';
import { move } from './move.js';

const sql = `CREATE TABLE author (id int PRIMARY KEY, books int);
  CREATE TABLE book (id int PRIMARY KEY, author int REFERENCES author); CREATE TABLE tag (id int PRIMARY KEY);
  CREATE TABLE book_tag (book int REFERENCES book, tag int REFERENCES tag, PRIMARY KEY (book, tag)); CREATE TABLE audit (what text)`;
const source = `INSERT INTO author VALUES (1, 1); INSERT INTO book VALUES (4, 1); INSERT INTO tag VALUES (3);
  INSERT INTO book_tag VALUES (4, 3)`;
const policy = { models: { author: {}, book: {}, tag: {} }, joinTables: ['book_tag'] };

/** A trigger that does something after each row of a table, or before it. */
function trigger(table: string, body: string, when = 'AFTER INSERT OR UPDATE', kind = 'TRIGGER', more = ''): string {
  return `CREATE FUNCTION on_${table}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${body} END $$;
    CREATE ${kind} on_${table} ${when} ON ${table} ${more} FOR EACH ROW EXECUTE FUNCTION on_${table}()`;
}

describe('triggers of the target', () => {
  let book: Move;

  afterEach(() => book.close());

  async function changed(target: string): Promise<unknown> {
    book = await move({ sql, source, target, policy, objects: ['book.4'] });
    const { status, findings } = await book.import();
    expect(status).to.equal('done');
    return findings.flatMap(({ kind, on, reason }) => (kind === 'trigger-changed-row' ? [`${on}: ${reason}`] : []));
  }

  const told = ['public.author: a trigger changed 1 of the rows that were written (books)'];

  it('may change the row that was written, and a finding says so', async () => {
    expect(await changed(trigger('author', 'NEW.books := 9; RETURN NEW;', 'BEFORE INSERT'))).to.deep.equal(told);
  });

  for (const onConflict of ['fail', 'remap'] as const) {
    for (const id of [1, 2])
      it(`may change a row that comes beside others, and a finding says so: ${onConflict}, beside ${String(id)}`, async () => {
        const others = `CREATE SEQUENCE author_id_seq OWNED BY author.id; ALTER TABLE author ALTER id SET DEFAULT nextval('author_id_seq');
          SELECT setval('author_id_seq', 5); INSERT INTO author VALUES (${String(id)}, 7)`;
        const target = `${others}; ${trigger('author', 'NEW.books := 9; RETURN NEW;', 'BEFORE INSERT')}`;
        book = await move({ sql, source, target, policy, objects: ['book.4'] });
        const { status, findings, plan } = await book.import({ onConflict });
        const isTaken = id === 1;
        expect(status).to.equal(isTaken && onConflict === 'fail' ? 'refused' : 'done');
        if (status === 'refused') return;
        expect(plan[isTaken ? 'remap' : 'insert']).to.include({ 'public.author': 1 });
        expect(findings.map(({ kind, on, reason }) => `${kind} ${on}: ${reason}`)).to.include(
          `trigger-changed-row ${told[0] ?? ''}`,
        );
      });
  }

  it('may stand at one partition only, and a finding says so', async () => {
    const parts = `DROP TABLE book_tag, book, author; CREATE TABLE author (id int PRIMARY KEY, books int) PARTITION BY HASH (id);
      CREATE TABLE part PARTITION OF author FOR VALUES WITH (MODULUS 1, REMAINDER 0);
      CREATE TABLE book (id int PRIMARY KEY, author int REFERENCES author);
      CREATE TABLE book_tag (book int REFERENCES book, tag int REFERENCES tag, PRIMARY KEY (book, tag))`;
    expect(await changed(`${parts}; ${trigger('part', 'NEW.books := 9; RETURN NEW;', 'BEFORE INSERT')}`)).to.deep.equal(told);
  });

  it('may change a row of another table, and a finding says so', async () => {
    expect(
      await changed(trigger('book', 'UPDATE author SET books = books + 1 WHERE id = NEW.author; RETURN NULL;')),
    ).to.deep.equal(told);
  });

  it('may change a row when a link to another is written, and a finding says so', async () => {
    expect(await changed(trigger('book_tag', 'UPDATE author SET books = books + 1; RETURN NULL;'))).to.deep.equal(told);
  });

  it('may change a row as late as at the commit, and a finding says so', async () => {
    const body = 'UPDATE author SET books = 9 WHERE id = NEW.id AND books <> 9; RETURN NULL;';
    const deferred = trigger('author', body, 'AFTER INSERT', 'CONSTRAINT TRIGGER', 'DEFERRABLE INITIALLY DEFERRED');
    expect(await changed(deferred)).to.deep.equal(told);
  });

  it('may ask at the commit for links, which are written by then', async () => {
    const body = `IF NOT EXISTS (SELECT FROM book_tag WHERE book = NEW.id) THEN RAISE 'no tag'; END IF; RETURN NULL;`;
    const deferred = trigger('book', body, 'AFTER INSERT', 'CONSTRAINT TRIGGER', 'DEFERRABLE INITIALLY DEFERRED');
    expect(await changed(deferred)).to.deep.equal([]);
  });

  it('find tables by the search_path of the connection, as they do for the application', async () => {
    expect(await changed(trigger('author', `INSERT INTO audit VALUES ('author'); RETURN NULL;`))).to.deep.equal([]);
    expect(await book.rows('audit')).to.deep.equal([{ what: 'author' }]);
  });

  it('are not to blame for what a column of another type keeps: it is refused as it is without them', async () => {
    const target = `${trigger('book', 'RETURN NEW;')}; ALTER TABLE author ALTER fee TYPE numeric(9, 1)`;
    const given = { sql: `${sql}; ALTER TABLE author ADD fee numeric(9, 2)`, source: `${source}; UPDATE author SET fee = 1.25` };
    book = await move({ ...given, target, policy, objects: ['book.4'] });
    expect(await failureOf(book.import())).to.include({
      code: 'SCHEMA_DRIFT',
      message:
        'public.author.1: the target keeps another value than the archive has: public.author.fee is numeric(9,1) there, numeric(9,2) in the archive',
    });
    expect(await book.rows('author')).to.deep.equal([]);
  });

  it('may not leave out a row: nothing is committed', async () => {
    const target = trigger('author', 'IF NEW.books = 1 THEN RETURN NULL; END IF; RETURN NEW;', 'BEFORE INSERT');
    book = await move({
      sql,
      source,
      target: `${target}; ALTER TABLE book DROP COLUMN author CASCADE`,
      policy,
      objects: ['book.4'],
    });
    const error = await failureOf(book.import({ ignoreNonexistent: true }));
    expect(error).to.include({
      code: 'VERIFY_FAILED',
      message: 'public.author.1 was written, but is not there when it is read back',
    });
    expect(await book.rows('book')).to.deep.equal([]);
  });

  it('may not leave out a link: nothing is committed', async () => {
    const target = trigger('book_tag', 'RETURN NULL;', 'BEFORE INSERT');
    book = await move({ sql, source, target, policy, objects: ['book.4'] });
    const error = await failureOf(book.import());
    expect(error).to.include({ code: 'VERIFY_FAILED' });
    expect((error as Error).message).to.contain('links of public.book.');
    expect(await book.rows('book')).to.deep.equal([]);
  });

  it('may refuse a row in words of their own: the function is named, and nothing is committed', async () => {
    for (const [code, when, kind, more] of [
      ['P0001', 'BEFORE INSERT', 'TRIGGER', ''],
      ['P0001', 'AFTER INSERT', 'CONSTRAINT TRIGGER', 'DEFERRABLE INITIALLY DEFERRED'],
      ['23514', 'BEFORE INSERT', 'TRIGGER', ''],
      ['P0002', 'BEFORE INSERT', 'TRIGGER', ''],
      ['22023', 'AFTER INSERT', 'TRIGGER', ''],
      ['22P02', 'BEFORE INSERT', 'TRIGGER', ''],
      ['SHOP1', 'AFTER INSERT', 'CONSTRAINT TRIGGER', 'DEFERRABLE INITIALLY DEFERRED'],
    ] as const) {
      const target = trigger('book', `RAISE 'not %', NEW.id USING ERRCODE = '${code}';`, when, kind, more);
      book = await move({ sql, source, target, policy, objects: ['book.4'] });
      const error = (await failureOf(book.import())) as Error;
      expect(error, code).to.include({ code: 'CONSTRAINT_VIOLATED', exitCode: 3 });
      expect(error.message).to.match(/: the function (public\.)?on_book\(\) of the database/u);
      expect(await book.rows('author')).to.deep.equal([]);
      if (code !== 'SHOP1') await book.close();
    }
  });

  it('do as much in a dry run, and nothing of it stays', async () => {
    book = await move({
      sql,
      source,
      target: trigger('author', `INSERT INTO audit VALUES ('x'); RETURN NULL;`),
      policy,
      objects: ['book.4'],
    });
    const dry = await book.import({ dryRun: true });
    expect(await book.rows('audit')).to.deep.equal([]);
    const { plan, links } = await book.import();
    expect([dry.plan, dry.links]).to.deep.equal([plan, links]);
  });
});
