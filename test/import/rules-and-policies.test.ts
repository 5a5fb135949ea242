import { expect } from 'chai';
import { importObjects } from '../../src/index.js';
import { failureOf } from '../support/failure.js';
import { asRole } from './as-role.js';
import type { Move } from './move.js';
import { move } from './move.js';

const sql =
  'CREATE TABLE author (id int PRIMARY KEY, name text); CREATE TABLE book (id int PRIMARY KEY, author int REFERENCES author)';
const source = "INSERT INTO author VALUES (1, 'Ada'); INSERT INTO book VALUES (4, 1)";
const policy = { models: { author: {}, book: {} } };

describe('a target that rewrites or hides what is written', () => {
  let book: Move;

  afterEach(() => book.close());

  it('by a rule on updates is noticed, and nothing is committed', async () => {
    const target = "INSERT INTO author VALUES (1, 'Bob'); CREATE RULE quiet AS ON UPDATE TO author DO INSTEAD NOTHING";
    book = await move({ sql, source, target, policy, objects: ['book.4'] });
    const error = (await failureOf(book.import({ onConflict: 'override' }))) as Error;
    expect(error).to.include({
      code: 'VERIFY_FAILED',
      message: 'public.author.1 was written, but differs in name when it is read back',
    });
    expect(await book.rows('book')).to.deep.equal([]);
  });

  it('by a rule on inserts is not asked: rows are copied, as pg_restore does', async () => {
    const target = 'CREATE RULE quiet AS ON INSERT TO author DO INSTEAD NOTHING';
    book = await move({ sql, source, target, policy, objects: ['book.4'] });
    expect((await book.import()).status).to.equal('done');
    expect(await book.rows('author')).to.deep.equal([{ id: 1, name: 'Ada' }]);
  });

  it('by row level security refuses a role that it binds, before anything is written', async () => {
    book = await move({ sql, source, policy, objects: ['book.4'] });
    const grants = `ALTER TABLE author OWNER TO $role; ALTER TABLE book OWNER TO $role;
      ALTER TABLE author ENABLE ROW LEVEL SECURITY; CREATE POLICY mine ON author USING (id > 5)`;
    await asRole(book.target, grants, async (as) => {
      expect((await importObjects(as, { archive: book.archive, policy, dryRun: true })).status).to.equal('planned');
      await book.target.query('ALTER TABLE author FORCE ROW LEVEL SECURITY');
      expect(await failureOf(importObjects(as, { archive: book.archive, policy }))).to.include({
        code: 'ROW_SECURITY',
        exitCode: 3,
      });
      expect(await book.rows('book')).to.deep.equal([]);
    });
  });
});
