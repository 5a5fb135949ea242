import { expect } from 'chai';
import type { Move } from './move.js';
import { move } from './move.js';

describe('columns of different collations', () => {
  let moved: Move;

  before(async () => {
    moved = await move({
      sql: `CREATE TABLE shelf (id int PRIMARY KEY, code text COLLATE "C" UNIQUE);
        CREATE TABLE tag (name text COLLATE "C" PRIMARY KEY);
        CREATE TABLE book (id int PRIMARY KEY, shelf text COLLATE "POSIX" REFERENCES shelf (code));
        CREATE TABLE book_tag (book int REFERENCES book, tag text COLLATE "POSIX" REFERENCES tag, PRIMARY KEY (book, tag))`,
      source: `INSERT INTO shelf VALUES (1, 'a'), (2, 'B'); INSERT INTO tag VALUES ('x'), ('Y'), ('z'); INSERT INTO book VALUES (1, 'B'), (2, 'a');
        INSERT INTO book_tag VALUES (1, 'x'), (1, 'Y'), (2, 'z')`,
      policy: { models: { shelf: {}, tag: {}, book: {}, book_tag: {} } },
      objects: ['book.1'],
    });
  });

  after(() => moved.close());

  it('are followed as the constraint between them does', async () => {
    await moved.import();
    expect(await moved.rows('shelf')).to.deep.equal([{ id: 2, code: 'B' }]);
    expect((await moved.rows('book_tag')).map(({ tag }) => tag)).to.have.members(['x', 'Y']);
  });

  it('are found to be the same', async () => {
    const { plan, links } = await moved.importAtHome();
    expect(plan.insert).to.deep.equal({});
    expect(links.insert).to.deep.equal({});
  });
});
