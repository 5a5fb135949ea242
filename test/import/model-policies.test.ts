import { expect } from 'chai';
import type { Policy } from '../../src/index.js';
import { failureOf } from '../support/failure.js';
import type { Move } from './move.js';
import { move } from './move.js';

const sql = `CREATE TABLE author (id int PRIMARY KEY, email text UNIQUE, name text);
  CREATE TABLE demo_book (id int PRIMARY KEY, author int REFERENCES author, title text);
  CREATE TABLE mail (id int PRIMARY KEY, email text, book int REFERENCES demo_book)`;
const source = `INSERT INTO author VALUES (1, 'ada@x', 'Ada'); INSERT INTO demo_book VALUES (4, 1, 'Notes'), (5, NULL, 'More');
  INSERT INTO mail VALUES (6, 'ada@x', 5)`;
const references = [{ from: 'mail.email', to: 'author.email' }];
const models: NonNullable<Policy['models']> = { author: {}, demo_book: {}, mail: {} };

describe('what a policy says of one model', () => {
  let book: Move;

  afterEach(() => book.close());

  async function begin(target: string, objects = ['demo_book.4', 'demo_book.5']): Promise<void> {
    book = await move({ sql, source, target, policy: { models, references }, objects });
  }

  const others = "INSERT INTO author VALUES (1, 'bob@x', 'Bob')";

  it('is its strategy, whatever the others have; what needs what it skips is skipped by every kind of reference', async () => {
    await begin(others);
    const policy = { models: { ...models, author: { onConflict: 'skip' } }, references } as const;
    for (const onConflict of [undefined, 'override'] as const) {
      const { status, plan, conflicts } = await book.import({ policy, onConflict, dryRun: onConflict === undefined });
      expect([status, conflicts]).to.deep.equal([onConflict === undefined ? 'planned' : 'done', []]);
      expect(plan.skip).to.deep.equal({ 'public.author': 1, 'public.demo_book': 1, 'public.mail': 1 });
      expect(plan.insert).to.deep.equal({ 'public.demo_book': 1 });
    }
  });

  it('goes before the strategy of the command', async () => {
    await begin(`${others}; INSERT INTO demo_book VALUES (5, 1, 'Other')`);
    const policy = { models: { ...models, author: { onConflict: 'fail' } }, references } as const;
    const { plan, conflicts } = await book.import({ policy, onConflict: 'override' });
    expect(conflicts.map(({ object }) => object)).to.deep.equal(['public.author.1']);
    expect(plan.update).to.deep.equal({ 'public.demo_book': 1 });
  });

  it('is found by each name of the model, in whatever case, and by all of them together', async () => {
    const filled =
      "ALTER TABLE demo_book ADD k text NOT NULL; ALTER TABLE demo_book ADD j text NOT NULL; ALTER TABLE demo_book ADD n text DEFAULT 'x'";
    for (const name of ['demo_book', 'public.demo_book', 'Demo_Book', 'PUBLIC.DEMO_BOOK']) {
      await begin(filled);
      const policy = { models: { ...models, [name]: { fill: { k: '1', j: '', n: null } } }, references };
      expect((await book.import({ policy })).status, name).to.equal('done');
      expect((await book.rows('demo_book'))[0], name).to.include({ k: '1', j: '', n: null });
      await book.close();
    }
    await begin(`${filled}; ${others}`);
    const twice = { demo_book: { fill: { k: '1', j: '2' } }, 'public.demo_book': { onConflict: 'skip' } } as const;
    expect(
      (await book.import({ policy: { models: { ...models, ...twice, author: { onConflict: 'skip' } }, references } })).status,
    ).to.equal('done');
    expect((await book.rows('demo_book'))[0]).to.include({ k: '1', j: '2' });
  });

  it('is found by the name that the policy replaces, and by the new one', async () => {
    const named = { author: {}, mail: {}, 'public.demo_book': { app: 'demo', name: 'Book', fill: { k: '1' } } };
    await begin('ALTER TABLE demo_book ADD k text NOT NULL');
    expect((await book.import({ policy: { models: named, references } })).status).to.equal('done');
    expect((await book.rows('demo_book'))[0]).to.include({ k: '1' });
  });

  it('fills no column that it does not name', async () => {
    await begin('ALTER TABLE demo_book ADD k text NOT NULL, ADD j text NOT NULL');
    const policy = { models: { ...models, demo_book: { fill: { k: '1' } } }, references };
    expect(await failureOf(book.import({ policy })))
      .to.have.property('message')
      .that.contains(
        "public.demo_book.j: is not in the archive, cannot be NULL, and has no default (policy: models: { 'demo_book'",
      )
      .and.does.not.contain('public.demo_book.k');
  });
});
