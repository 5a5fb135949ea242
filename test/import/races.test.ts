import { expect } from 'chai';
import type { ImportOptions, ImportResult } from '../../src/index.js';
import { PortolanError } from '../../src/index.js';
import { heldUp } from './held-up.js';
import type { Move } from './move.js';
import { move } from './move.js';

const sql = `CREATE TABLE author (id serial PRIMARY KEY, email text UNIQUE, name text);
  CREATE TABLE book (id int PRIMARY KEY, author int REFERENCES author, room int4range, EXCLUDE USING gist (room WITH &&))`;
const source =
  "INSERT INTO author VALUES (1, 'ada@x', 'Ada'), (2, 'bob@x', 'Bob'); INSERT INTO book VALUES (4, 1, '[1,3)'), (5, 2, '[3,4)')";
const policy = { models: { author: {}, book: {} } };

describe('another writer who was faster', () => {
  let moved: Move;

  afterEach(() => moved.close());

  /** What becomes of an import that waits for the other's change, once that is committed. */
  async function outcome(
    change: string,
    options: Partial<ImportOptions> = {},
    target = '',
  ): Promise<ImportResult | PortolanError> {
    moved = await move({ sql, source, target, policy, objects: ['book.4', 'book.5'] });
    try {
      return await heldUp(moved.target, change, () => moved.import(options));
    } catch (error) {
      if (error instanceof PortolanError) return error;
      throw error;
    }
  }

  const row = "INSERT INTO author VALUES (2, 'bob@x', 'Bob')";

  for (const [what, change, constraint] of [
    ['the same row', row, 'author_pkey'],
    ['a row of the same key', "INSERT INTO author VALUES (2, 'eve@x', 'Eve')", 'author_pkey'],
    ['a row of the same unique column', "INSERT INTO author VALUES (9, 'bob@x', 'Eve')", 'author_email_key'],
    ['a row that excludes one of the archive', "INSERT INTO book VALUES (9, NULL, '[2,9)')", 'book_room_excl'],
  ] as const) {
    it(`with ${what} makes a conflict that names the constraint, and only the other's row is there`, async () => {
      for (const onConflict of ['fail', 'skip', 'override'] as const) {
        const result = await outcome(change, { onConflict });
        expect(result).to.include({ status: 'refused' });
        expect((result as ImportResult).conflicts.map((conflict) => conflict.constraint)).to.deep.equal([constraint]);
        expect([...(await moved.rows('author')), ...(await moved.rows('book'))]).to.have.length(1);
        if (onConflict !== 'override') await moved.close();
      }
    });
  }

  it('with an update of a row that is to be overwritten refuses the import, and the update stays', async () => {
    const target = "INSERT INTO author VALUES (1, 'ada@x', 'Ada'), (2, 'bob@x', 'Robert')";
    const error = await outcome("UPDATE author SET name = 'Rob' WHERE id = 2", { onConflict: 'override' }, target);
    expect(error).to.include({ code: 'CONCURRENT_CHANGE', exitCode: 3 });
    expect(await moved.rows('book')).to.deep.equal([]);
    expect((await moved.rows('author')).map(({ name }) => name)).to.deep.equal(['Ada', 'Rob']);
  });

  it('with the removal of a row that is referenced refuses the import', async () => {
    const error = await outcome('DELETE FROM author WHERE id = 2', {}, row);
    expect(error).to.include({ code: 'CONCURRENT_CHANGE', exitCode: 3 });
    expect(await moved.rows('book')).to.deep.equal([]);
  });

  it('may have taken numbers of the sequence meanwhile: it is never set back', async () => {
    moved = await move({ sql, source, policy, objects: ['book.4', 'book.5'] });
    const drawn = "SELECT nextval('author_id_seq')";
    await heldUp(
      moved.target,
      drawn,
      () => moved.import(),
      // The import has seen by now that the sequence is behind, and waits to move it.
      (other) => other.query("SELECT setval('author_id_seq', 70)"),
    );
    const [next] = await moved.target.query("SELECT nextval('author_id_seq')::int AS next");
    expect(next).to.deep.equal({ next: 71 });
  });
});
