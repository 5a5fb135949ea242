import { expect } from 'chai';
import type { ImportOptions } from '../../src/index.js';
import { failureOf } from '../support/failure.js';
import { move } from './move.js';

describe('a target that lacks what archive and policy name', () => {
  const tables = `CREATE TABLE author (id int PRIMARY KEY, name text, badge text);
    CREATE TABLE book (id int PRIMARY KEY, author int REFERENCES author, code text);
    CREATE TABLE book_author (book int REFERENCES book, author int REFERENCES author, PRIMARY KEY (book, author))`;
  const rows =
    "INSERT INTO author VALUES (1, 'Ada', 'b'); INSERT INTO book VALUES (4, 1, 'c'); INSERT INTO book_author VALUES (4, 1)";
  const policy = {
    models: { author: { naturalKey: ['name'] }, book: {} },
    joinTables: ['book_author'],
    references: [{ from: 'book.code', to: 'author.badge' }],
  };

  async function refusal(target: string, more: Partial<ImportOptions> = {}): Promise<readonly [code: string, lines: string[]]> {
    const book = await move({ sql: tables, source: rows, target, policy, objects: ['book.4'] });
    const error = (await failureOf(book.import(more))) as Error & { code: string };
    await book.close();
    return [error.code, error.message.split('\n')];
  }

  it('is told to be behind, table by table, before the names of the policy that mean nothing there', async () => {
    const [code, lines] = await refusal('DROP TABLE book_author, book, author');
    expect(code).to.equal('SCHEMA_DRIFT');
    expect(lines.slice(0, 3)).to.deep.equal([
      "the target's schema is not the archive's:",
      '- public.author: the target has no such model or table',
      '- public.book: the target has no such model or table',
    ]);
    expect(lines.slice(3).join()).to.match(/^and the policy .*models: there is no model "author"/u);
  });

  it('is told to be behind by a column or a join table', async () => {
    const [code, lines] = await refusal('DROP TABLE book_author; ALTER TABLE author DROP badge');
    expect(code).to.equal('SCHEMA_DRIFT');
    expect(lines.slice(1, 3)).to.deep.equal([
      '- public.author.badge: the target has no such column',
      '- public.book.author_2: the target has no such many-to-many relation',
    ]);
  });

  it('is not told so where the policy alone is wrong, nor where what is lacking may be left out', async () => {
    const mistyped = { ...policy, models: { auhtor: {}, book: {} } };
    const [code, lines] = await refusal('ALTER TABLE book DROP CONSTRAINT book_author_fkey; DROP TABLE book_author', {
      policy: { models: mistyped.models },
      ignoreNonexistent: true,
    });
    expect([code, lines]).to.deep.equal(['UNKNOWN_MODEL', ['models: there is no model "auhtor"']]);
    const [other, told] = await refusal('', { policy: mistyped });
    expect([other, told]).to.deep.equal(['UNKNOWN_MODEL', ['models: there is no model "auhtor"']]);
  });
});
