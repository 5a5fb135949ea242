import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { ImportOptions } from '../../src/index.js';
import type { Move } from './move.js';
import { move } from './move.js';

const sql = `CREATE TABLE tag (id int PRIMARY KEY, label text NOT NULL);
  CREATE TABLE book (id int PRIMARY KEY, title text NOT NULL, text text);
  CREATE TABLE book_tag (book int REFERENCES book, tag int REFERENCES tag, PRIMARY KEY (book, tag));
  CREATE TABLE book_sequel (book int REFERENCES book, sequel int REFERENCES book, PRIMARY KEY (book, sequel));`;
const rows = "INSERT INTO tag VALUES (1, 'sea'), (2, 'storm');";
const policy = { models: { tag: {}, book: {} }, joinTables: ['book_tag', 'book_sequel'] };
const objects = ['tag.1'];

describe('links of many objects', () => {
  let books: Move;

  afterEach(() => books.close());

  /** How often links were asked for. */
  async function counts(options: Partial<ImportOptions>): Promise<readonly [status: string, links: unknown, queries: number]> {
    let queries = 0;
    const onQuery: ImportOptions['onQuery'] = ({ purpose }) => {
      if (purpose === 'count links') queries += 1;
    };
    const { status, links } = await books.importAtHome({ ...options, onQuery });
    return [status, links, queries];
  }

  it('are asked for by the ten thousand, not by the megabyte of the objects', async () => {
    const wide = `INSERT INTO book SELECT n, 'Book ' || n, repeat('x', 40000) FROM generate_series(1, 200) n;
      INSERT INTO book_tag SELECT n, 1 + n % 2 FROM generate_series(1, 200) n;
      INSERT INTO book_sequel SELECT n, n + 1 FROM generate_series(1, 199) n;`;
    books = await move({ sql, source: rows + wide, policy, objects: ['tag.1', 'tag.2'], export: { follow: 'connected' } });
    const links = { 'public.book.tag': 200, 'public.book.sequel': 199 };
    const [status, told, queries] = await counts({ dryRun: true });
    expect(Object.values((told as { same: object }).same)).to.have.members(Object.values(links));
    expect([status, queries]).to.deep.equal(['planned', 2]);
    await books.source.query("UPDATE book SET title = 'Other' WHERE id = 200; DELETE FROM book_tag WHERE book < 11");
    const [refused, others, asked] = await counts({ dryRun: true });
    expect(Object.values((others as { insert: object }).insert)).to.deep.equal([10]);
    expect([refused, asked]).to.deep.equal(['refused', 2]);
  });

  it('are written once where an id map says that two objects are one row', async () => {
    const two = "INSERT INTO book VALUES (1, 'Notes'), (2, 'Notes, again'); INSERT INTO book_tag VALUES (1, 1), (2, 1)";
    books = await move({ sql, source: rows + two, target: "INSERT INTO book VALUES (7, 'Notes')", policy, objects });
    const map = join(books.folder, 'map');
    writeFileSync(map, '{"from":"public.book.1","to":"public.book.7"}\n{"from":"public.book.2","to":"public.book.7"}\n');
    const { status, links } = await books.import({ withIdMap: [map], onConflict: 'override' });
    expect([status, Object.values(links.insert), Object.values(links.same)]).to.deep.equal(['done', [1], [1]]);
    expect(await books.rows('book_tag')).to.deep.equal([{ book: 7, tag: 1 }]);
  });
});
