import { expect } from 'chai';
import { Findings } from '../../src/findings/finding.js';
import type { ExportOptions } from '../../src/index.js';
import type { SmallSource } from './small-source.js';
import { smallSource } from './small-source.js';

/** Join tables that no foreign key guards; one by key, one by a value that can be written in two ways, one from books to books. */
const sql = `
  CREATE TABLE genre (id int PRIMARY KEY, rate numeric UNIQUE);
  CREATE TABLE book (id int PRIMARY KEY, price numeric UNIQUE);
  CREATE TABLE book_genre (book int NOT NULL, genre int NOT NULL);
  CREATE TABLE book_rate (price numeric NOT NULL, rate numeric NOT NULL, PRIMARY KEY (price, rate));
  CREATE TABLE sequel (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, book int NOT NULL, next int NOT NULL);
  INSERT INTO genre VALUES (1, 0.5), (2, 1.5);
  INSERT INTO book VALUES (1, 10), (2, 20), (3, 30), (4, NULL);
  INSERT INTO book_genre VALUES (1, 1), (1, 98), (1, 99), (2, 99), (77, 2), (78, 97);
  INSERT INTO book_rate VALUES (10.0, 0.50), (10.0, 2.50), (30, 7);
  INSERT INTO sequel (book, next) VALUES (1, 2), (2, 55), (66, 1);`;
const policy = {
  references: [
    { from: 'book_genre.book', to: 'book.id' },
    { from: 'book_genre.genre', to: 'genre.id' },
    { from: 'book_rate.price', to: 'book.price' },
    { from: 'book_rate.rate', to: 'genre.rate' },
    { from: 'sequel.book', to: 'book.id' },
    { from: 'sequel.next', to: 'book.id' },
  ],
  joinTables: ['book_genre', 'book_rate', 'sequel'],
};

describe('links that lead to no row', () => {
  let source: SmallSource;
  before(async () => {
    source = await smallSource('book', sql);
  });
  after(async () => {
    await source.close();
  });

  async function dangling(options: ExportOptions): Promise<readonly string[]> {
    const findings = new Findings();
    const { trailer } = await source.take({ policy, findings, ...options });
    const listed = trailer.dangling.map(({ object, reference }) => `${object} ${reference}`);
    const told = findings.all.filter(({ kind }) => kind === 'dangling-reference');
    expect(told.map(({ on, reason, severity }) => `${severity} ${on} ${reason}`).sort()).to.deep.equal(
      listed
        .map((one) => told.find(({ on, reason }) => `${on} ${reason}`.startsWith(`${one} holds a key that no row of `)))
        .map((one) => `warning ${String(one?.on)} ${String(one?.reason)}`)
        .sort(),
    );
    return listed;
  }

  it('are listed once for an object, by the name of the link, and stay at home', async () => {
    const { objects } = await source.take({ policy, objects: ['book.1'] });
    expect(objects['public.book.1']).to.deep.include({ genre: [1] });
    expect(await dangling({ objects: ['book.1'] })).to.deep.equal([
      'public.book.1 public.book.genre',
      'public.book.1 public.book.rate',
      'public.book.1 public.book.sequel',
    ]);
  });

  it('are listed from the other side too', async () => {
    expect(await dangling({ objects: ['genre.2'] })).to.deep.equal(['public.genre.2 public.book.genre']);
    expect(await dangling({ objects: ['genre.1'] })).to.deep.equal([]);
  });

  it('are none where the value is only written otherwise, nor of objects whose links stay at home', async () => {
    expect(await dangling({ objects: ['book.4'] })).to.deep.equal([]);
    expect(await dangling({ objects: ['book.1'], follow: 'dependencies' })).to.deep.equal([]);
    // Book 2 is shared there, as the sequel of book 1: its own links are not followed.
    const listed = await dangling({ objects: ['book.1', 'genre.1'] });
    expect(listed.filter((one) => one.startsWith('public.book.2'))).to.deep.equal([]);
  });

  it('are none where the other side is left out by a rule', async () => {
    expect(await dangling({ objects: ['book.1'], exclude: ['genre'] })).to.deep.equal(['public.book.1 public.book.sequel']);
  });

  it('refuse under --strict', async () => {
    const refusal: unknown = await source
      .take({ policy: { ...policy, joinTables: ['book_genre'] }, objects: ['book.2'], strict: true })
      .catch((error: unknown) => error);
    expect(refusal).to.have.property('code', 'STRICT');
    expect(refusal)
      .to.have.property('message')
      .that.matches(/public\.book\.2: public\.book\.genre holds a key that no row of public\.genre has/u);
  });
});
