import { expect } from 'chai';
import type { Policy } from '../../src/index.js';
import type { Move } from './move.js';
import { move } from './move.js';

const sql = `CREATE TABLE author (id int PRIMARY KEY, code text UNIQUE);
  CREATE TABLE book (id int PRIMARY KEY, author int, code text, kind text, owner int)`;
const source = "INSERT INTO book VALUES (4, 77, 'nobody', 'author', 88)";
const policy: Policy = {
  models: { author: {}, book: {} },
  references: [
    { from: 'book.author', to: 'author' },
    { from: 'book.code', to: 'author.code' },
    { from: 'book.owner', to: 'author', when: { column: 'kind', value: 'author' } },
    { from: 'book.owner', to: 'book', when: { column: 'kind', value: 'book' } },
  ],
};

describe('references that lead nowhere', () => {
  let book: Move;

  afterEach(() => book.close());

  it('where no constraint forbids it, go in as they are, each with a warning; those that do not hold for the object are none', async () => {
    book = await move({ sql, source, policy, objects: ['book.4'] });
    const { status, findings } = await book.import();
    expect(status).to.equal('done');
    const told = findings.flatMap(({ kind, on, reason, severity }) =>
      kind === 'dangling-reference' ? [[on, severity, reason]] : [],
    );
    const reason = 'holds a key that neither the archive nor the target has';
    expect(told).to.deep.equal([
      ['public.book.4', 'warning', `public.book.author ${reason}`],
      ['public.book.4', 'warning', `public.book.code ${reason}`],
      ['public.book.4', 'warning', `public.book.owner[kind=author] ${reason}`],
    ]);
  });

  it('and hold what is the key of another object are taken for what they are: no key', async () => {
    const numbers = sql.replace('code text UNIQUE', 'code int UNIQUE').replace('code text, kind', 'code int, kind');
    const coded = { models: policy.models ?? {}, references: [{ from: 'book.code', to: 'author.code' }] };
    book = await move({
      sql: numbers,
      source: 'INSERT INTO author VALUES (1, 20), (2, 1); INSERT INTO book VALUES (4, NULL, 1), (5, NULL, 2)',
      target: 'INSERT INTO author VALUES (1, 30)',
      policy: coded,
      objects: ['author.1', 'author.2', 'book.4', 'book.5'],
    });
    const { status, plan, findings } = await book.import({ onConflict: 'skip' });
    expect([status, plan.skip]).to.deep.equal(['done', { 'public.author': 1 }]);
    expect(findings.flatMap(({ kind, on }) => (kind === 'dangling-reference' ? [on] : []))).to.deep.equal(['public.book.5']);
    expect((await book.rows('book')).map(({ code }) => code)).to.deep.equal([1, 2]);
  });

  it('lead to a row of the target by chance, which a warning tells: it may be another than was meant', async () => {
    const target = "INSERT INTO author VALUES (77, 'nobody'), (88, NULL)";
    book = await move({ sql, source, target, policy, objects: ['book.4'] });
    const { status, findings } = await book.import();
    const told = findings.filter(({ kind }) => kind.startsWith('dangling-reference'));
    const reason = (name: string): string =>
      `${name} led nowhere in the source; in the target it leads to a row of public.author, which may be another`;
    expect(told.map(({ kind, on, severity, reason: why }) => [kind, on, severity, why])).to.deep.equal(
      ['public.book.author', 'public.book.code', 'public.book.owner[kind=author]'].map((name) => [
        'dangling-reference-caught',
        'public.book.4',
        'warning',
        reason(name),
      ]),
    );
    expect(status).to.equal('done');
  });

  for (const [kind, more] of [
    ['into empty tables', ''],
    ['into tables with other rows', "; INSERT INTO author VALUES (9, 'x'); INSERT INTO book VALUES (9)"],
  ] as const) {
    it(`lead to an object of the archive by chance, ${kind}, where the target takes other texts for equal`, async () => {
      const column = 'ALTER code TYPE text COLLATE ci';
      book = await move({
        sql,
        source: `${source}; INSERT INTO author VALUES (1, 'Nobody')`,
        target: `CREATE COLLATION ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
          ALTER TABLE author ${column}; ALTER TABLE book ${column}${more}`,
        policy: { models: policy.models ?? {}, references: [{ from: 'book.code', to: 'author.code' }] },
        objects: ['book.4', 'author.1'],
      });
      const { status, findings } = await book.import();
      const told = findings.flatMap((one) => (one.kind.startsWith('dangling-reference') ? [`${one.on}: ${one.kind}`] : []));
      expect([status, told]).to.deep.equal(['done', ['public.book.4: dangling-reference-caught']]);
    });
  }

  it('are conflicts where the target has a constraint that the source lacked, one for each; skip leaves the object out', async () => {
    const target = `ALTER TABLE book ADD CONSTRAINT by_author FOREIGN KEY (author) REFERENCES author,
      ADD CONSTRAINT by_code FOREIGN KEY (code) REFERENCES author (code)`;
    book = await move({ sql, source, target, policy: { models: policy.models ?? {} }, objects: ['book.4'] });
    const { conflicts, plan } = await book.import();
    expect(conflicts.map(({ object, constraint, columns }) => [object, constraint, columns])).to.have.deep.members([
      ['public.book.4', 'by_author', ['author']],
      ['public.book.4', 'by_code', ['code']],
    ]);
    expect(plan.conflict).to.deep.equal({ 'public.book': 1 });
    expect((await book.import({ onConflict: 'skip' })).plan.skip).to.deep.equal({ 'public.book': 1 });
  });

  it('are conflicts in rows that are overwritten, and none in those that stay as they are', async () => {
    const target = `INSERT INTO author VALUES (5, 'theirs'); INSERT INTO book VALUES (4, 5, 'theirs', NULL, NULL);
      ALTER TABLE book ADD CONSTRAINT by_author FOREIGN KEY (author) REFERENCES author`;
    book = await move({ sql, source, target, policy: { models: policy.models ?? {} }, objects: ['book.4'] });
    const { conflicts, plan } = await book.import({ onConflict: 'override' });
    expect(conflicts.map(({ object, constraint }) => [object, constraint])).to.deep.equal([['public.book.4', 'by_author']]);
    expect([plan.update, plan.conflict]).to.deep.equal([{}, { 'public.book': 1 }]);
    await book.target.query(
      'ALTER TABLE book DROP CONSTRAINT by_author; UPDATE book SET author = 77, code = $$nobody$$, kind = $$author$$, owner = 88',
    );
    const again = await book.import({ onConflict: 'override', policy });
    expect(again.plan.same).to.deep.equal({ 'public.book': 1 });
    expect(again.findings.filter(({ kind }) => kind === 'dangling-reference')).to.deep.equal([]);
  });

  it('are made by override where a row of the target needs the old value: the database refuses, and the column is named', async () => {
    const constrained = sql.replace('code text, kind', 'code text REFERENCES author (code), kind');
    const target = "INSERT INTO author VALUES (1, 'old'); INSERT INTO book VALUES (9, NULL, 'old')";
    const authors = "INSERT INTO author VALUES (1, 'new')";
    book = await move({
      sql: constrained,
      source: authors,
      target,
      policy: { models: policy.models ?? {} },
      objects: ['author.1'],
    });
    const { status, conflicts } = await book.import({ onConflict: 'override' });
    expect(status).to.equal('refused');
    expect(conflicts).to.deep.equal([
      { object: 'public.book', reason: 'missing-reference', constraint: 'book_code_fkey', columns: ['code'], inTheWay: '' },
    ]);
    expect(await book.rows('author')).to.deep.equal([{ id: 1, code: 'old' }]);
  });
});
