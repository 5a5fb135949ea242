import { createHash } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { DataSource } from 'typeorm';
import { Findings } from '../../src/findings/finding.js';
import type { UndoOptions, UndoResult } from '../../src/index.js';
import { deleteObjects, undoJournal } from '../../src/index.js';
import { heldUp } from '../import/held-up.js';
import type { Move } from '../import/move.js';
import { move } from '../import/move.js';
import { createDatabase } from '../support/database.js';
import { failureOf } from '../support/failure.js';
import { without } from './expected-undo.js';

const sql = `CREATE TABLE author (id int PRIMARY KEY, name text UNIQUE, age int, alive bool, code char(4), twice int GENERATED ALWAYS AS (age * 2) STORED);
  CREATE TABLE tag (id int PRIMARY KEY, label text);
  CREATE TABLE book (id int PRIMARY KEY, author int REFERENCES author, title text);
  CREATE TABLE book_tag (book int REFERENCES book, tag int REFERENCES tag, PRIMARY KEY (book, tag))`;
const source = `INSERT INTO author VALUES (1, 'Ada', 36, true, 'a'); INSERT INTO tag VALUES (1, 'x'), (2, 'y');
  INSERT INTO book SELECT n, 1, 'title ' || n FROM generate_series(1, 3) n; INSERT INTO book_tag VALUES (1, 1), (2, 2)`;
/** Of these, an override updates the author, inserts books 2 and 3 and a link, and finds the rest. */
const target = `INSERT INTO author VALUES (1, 'Ada', NULL, false, 'b'); INSERT INTO tag VALUES (1, 'x'), (2, 'y');
  INSERT INTO book VALUES (1, 1, 'title 1'); INSERT INTO book_tag VALUES (1, 1)`;
const policy = { models: { author: {}, book: {}, tag: {} }, joinTables: ['book_tag'] };

type Line = Readonly<Record<string, unknown>>;

describe('the plan of an undo', () => {
  let moved: Move;
  let [plan, journal] = ['', ''];

  beforeEach(async () => {
    moved = await move({ sql, source, target, policy, objects: ['author.1'] });
    [plan, journal] = [join(moved.folder, 'plan'), join(moved.folder, 'journal')];
    await moved.import({ onConflict: 'override', journal });
  });

  afterEach(() => moved.close());

  const undo = (options: Partial<UndoOptions> = {}): Promise<UndoResult> =>
    undoJournal(moved.to, { journal, policy, ...options });
  const make = (options: Partial<UndoOptions> = {}): Promise<UndoResult> => undo({ dryRun: true, plan, ...options });
  const apply = (options: Partial<UndoOptions> = {}): Promise<UndoResult> => undo({ applyPlan: plan, ...options });
  const state = async (): Promise<unknown> => Promise.all(['author', 'tag', 'book', 'book_tag'].map((name) => moved.rows(name)));
  const linesOf = (path = plan): readonly Line[] =>
    readFileSync(path, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Line);
  const decisions = (): readonly Line[] => linesOf().slice(1, -1);

  async function refused(code: string, message: RegExp, options: Partial<UndoOptions> = {}): Promise<void> {
    const before = await state();
    const error = (await failureOf(apply(options))) as { code: string; message: string };
    expect(error.code, error.message).to.equal(code);
    expect(error.message).to.match(message);
    expect(await state()).to.deep.equal(before);
  }

  it('has one decision for each line of the journal, in its order, and changes nothing', async () => {
    const before = await state();
    const { status, plan: counts } = await make();
    expect([status, await state()]).to.deep.equal(['planned', before]);
    expect(counts).to.deep.equal({
      delete: { 'public.book': 2, 'public.book_tag': 1 },
      update: { 'public.author': 1 },
      insert: {},
      conflict: {},
    });
    const [header, ...lines] = linesOf();
    const { trailer } = linesOf(journal).at(-1) as { trailer: { sha256: string } };
    expect(header).to.deep.include({
      ...{ format: 'portolan-plan', version: 1, command: 'undo', archive: trailer.sha256, options: {}, conflicts: 0 },
    });
    expect(header).not.to.have.property('values');
    expect(lines.pop()).to.have.nested.property('trailer.lines', 4);
    const told = linesOf(journal).slice(1, -1);
    expect(lines.map(({ object, sha256 }) => [object, sha256])).to.deep.equal(told.map(({ object, sha256 }) => [object, sha256]));
    expect(lines.map((line) => without(line, 'sha256'))).to.deep.equal([
      { object: 'public.author.1', decision: 'update', columns: ['age', 'alive', 'code'] },
      { object: 'public.book.2', decision: 'delete' },
      { object: 'public.book.3', decision: 'delete' },
      { object: 'public.book_tag.book=2,tag=2', decision: 'delete' },
    ]);
    expect(statSync(plan).mode & 0o777).to.equal(0o600);
    const bytes = readFileSync(plan, 'utf8');
    await make();
    expect(readFileSync(plan, 'utf8'), 'the same plan').to.equal(bytes);
  });

  it('tells values where they are asked for, before and after, as archives write them', async () => {
    await make({ verbose: true });
    const [header, author, book] = linesOf();
    expect(header).to.include({ values: true });
    expect(author).to.deep.include({
      before: { age: 36, alive: true, code: 'a   ' },
      after: { age: null, alive: false, code: 'b   ' },
    });
    expect(book)
      .to.deep.include({ before: { id: 2, author: 1, title: 'title 2' } })
      .and.not.to.have.property('after');
    // It is executed whether they are asked for again or not.
    await apply();
    expect((await moved.rows('author'))[0]).to.include({ age: null, alive: false, code: 'b   ', twice: null });
  });

  it('is executed as it stands, and only once', async () => {
    const before = await state();
    await make();
    const { status, plan: counts } = await apply();
    expect([status, counts.delete]).to.deep.equal(['done', { 'public.book': 2, 'public.book_tag': 1 }]);
    expect(await state()).not.to.deep.equal(before);
    expect(await moved.rows('book')).to.have.length(1);
    await refused(
      'PLAN_STALE',
      /4 decisions are .*\n {2}public\.author\.1: then update .*, now conflict \(age, alive, code; changed\)/u,
    );
  });

  it('of a deletion brings back what went, and references that became NULL', async () => {
    const before = await state();
    await deleteObjects(moved.to, { archive: moved.archive, policy, journal });
    await moved.target.query('INSERT INTO author VALUES (5, NULL, 5)');
    await moved.target.query("INSERT INTO book VALUES (9, 5, 'kept')");
    await make({ verbose: true });
    expect(decisions().map(({ object, decision, columns }) => [object, decision, columns])).to.deep.equal([
      ['public.author.1', 'insert', undefined],
      ['public.book.1', 'update', ['author']],
      ['public.book.2', 'update', ['author']],
      ['public.book.3', 'update', ['author']],
    ]);
    expect(decisions()[0]).to.deep.include({ after: { id: 1, name: 'Ada', age: 36, alive: true, code: 'a   ' } });
    expect(decisions()[1]).to.deep.include({ before: { author: null }, after: { author: 1 } });
    // Another column of a row that survived does not stand against it, but the plan has seen the row.
    await moved.target.query("UPDATE book SET title = 'other' WHERE id = 2");
    await refused('PLAN_STALE', /public\.book\.2: then update \(author\), now update \(author\), but what is there has changed/u);
    await moved.target.query("UPDATE book SET title = 'title 2' WHERE id = 2");
    await apply();
    await moved.target.query('DELETE FROM book WHERE id = 9; DELETE FROM author WHERE id = 5');
    expect(await state()).to.deep.equal(before);
  });

  it('says what stands against it, of each row, and is not executed then', async () => {
    await moved.target.query("UPDATE author SET alive = false, name = 'Eve'; UPDATE book SET title = 'z' WHERE id = 3");
    await moved.target.query(
      'INSERT INTO tag VALUES (3); INSERT INTO book_tag VALUES (2, 3); DELETE FROM book_tag WHERE tag = 2',
    );
    const { status, conflicts, conflictCount, plan: counts } = await make();
    const expected = [
      { object: 'public.author.1', reason: 'changed', columns: ['alive'] },
      { object: 'public.book.2', reason: 'referenced', by: 'public.book_tag.book=2,tag=3', reference: 'public.book_tag.book' },
      { object: 'public.book.3', reason: 'changed' },
      { object: 'public.book_tag.book=2,tag=2', reason: 'gone' },
    ];
    expect([status, conflictCount, conflicts]).to.deep.equal(['refused', 4, expected]);
    expect(counts).to.deep.equal({
      ...{ delete: {}, update: {}, insert: {} },
      conflict: { 'public.author': 1, 'public.book': 2, 'public.book_tag': 1 },
    });
    expect(linesOf()[0]).to.include({ conflicts: 4 });
    expect(decisions()).to.deep.equal(expected.map(({ object, ...why }) => ({ object, decision: 'conflict', ...why })));
    await refused('PLAN_CONFLICTS', /has 4 conflicts/u);
  });

  it('says in what a row that is there again differs, and that a reference has been filled', async () => {
    await deleteObjects(moved.to, { archive: moved.archive, policy, journal });
    await moved.target.query(
      "INSERT INTO author VALUES (1, 'Ada', 36, NULL, 'a'), (2, 'Bob', 1, NULL, NULL); UPDATE book SET author = 2 WHERE id = 3",
    );
    const { conflicts } = await make();
    expect(conflicts).to.deep.equal([
      { object: 'public.author.1', reason: 'exists', columns: ['alive'] },
      { object: 'public.book.3', reason: 'changed', columns: ['author'] },
    ]);
  });

  it('takes back what an older journal tells, which does not say what was left', async () => {
    const [header, ...lines] = linesOf(journal);
    const text = [header, ...lines.slice(0, -1).map((line) => without(line, 'after'))]
      .map((line) => `${JSON.stringify(line)}\n`)
      .join('');
    const trailer = { lines: lines.length - 1, sha256: createHash('sha256').update(text).digest('hex') };
    writeFileSync(journal, `${text}${JSON.stringify({ trailer })}\n`);
    await moved.target.query('UPDATE author SET alive = false');
    expect((await make()).conflicts).to.deep.equal([{ object: 'public.author.1', reason: 'changed' }]);
    await moved.target.query('UPDATE author SET alive = true');
    await make();
    expect((await apply()).status).to.equal('done');
  });

  for (const [what, change, message] of [
    ['a row that it deletes', "UPDATE book SET title = 'z' WHERE id = 2", /book\.2: then delete, now conflict \(changed\)/u],
    ['a row that it writes back', 'UPDATE author SET age = 5', /author\.1: then update .*, now conflict \(age; changed\)/u],
    ['a row that has gone', 'DELETE FROM book WHERE id = 3', /book\.3: then delete, now conflict \(gone\)/u],
    [
      'a row that refers to one that it deletes',
      'INSERT INTO book_tag VALUES (3, 1)',
      /book\.3: then delete, now conflict \(referenced; public\.book_tag\.book=3,tag=1\)/u,
    ],
  ] as const) {
    it(`is refused for ${what}, and nothing is written`, async () => {
      await make();
      await moved.target.query(change);
      const findings = new Findings();
      await refused('PLAN_STALE', message, { findings });
      expect(findings.all.filter(({ kind }) => kind === 'plan-stale')).to.have.length(1);
      await refused('PLAN_STALE', message, { dryRun: true });
    });
  }

  it('is executed beside changes that it did not decide about', async () => {
    await make();
    await moved.target.query("UPDATE book SET title = 'z' WHERE id = 1; INSERT INTO tag VALUES (7, 'new')");
    expect((await apply()).status).to.equal('done');
  });

  it('is refused where the journal, the policy or the tables are others, and where it was cut or altered', async () => {
    await make();
    const [text, told] = [readFileSync(plan, 'utf8'), readFileSync(journal)];
    await undo();
    await moved.import({ onConflict: 'override', journal });
    await refused('PLAN_STALE', /made of another journal, or the journal was edited/u);
    writeFileSync(journal, told);
    await refused('PLAN_STALE', /under another policy/u, { policy: { ...policy, exclude: { tag: 'error' } } });
    await moved.target.query('CREATE TABLE note (book int REFERENCES book); ALTER TABLE book ALTER title SET DEFAULT 7');
    await refused('PLAN_STALE', /tables of the target/u);
    await moved.target.query('DROP TABLE note; ALTER TABLE book ALTER title DROP DEFAULT');
    for (const [edited, message] of [
      [text.slice(0, -1), /it is cut/u],
      [text.split('\n').toSpliced(2, 1).join('\n'), /not those that were written/u],
      [text.replace('"delete"', '"update"'), /not those that were written/u],
      [readFileSync(journal, 'utf8'), /is no plan/u],
    ] as const) {
      writeFileSync(plan, edited);
      await refused('PLAN_DAMAGED', message);
    }
    writeFileSync(plan, text);
    await refused('OPTION_VALUE', /contradict each other/u, { plan: join(moved.folder, 'other') });
    expect((await apply()).status).to.equal('done');
  });

  it('is no plan of an import, and that is none of an undo', async () => {
    await make();
    expect(await failureOf(moved.import({ applyPlan: plan }))).to.include({ code: 'PLAN_DAMAGED' });
    await moved.import({ onConflict: 'override', dryRun: true, plan });
    await refused('PLAN_DAMAGED', /no plan of what takes a journal back, but of an import/u);
  });

  it('is for one database: a copy of it is another', async () => {
    const copy = await createDatabase({ sql: `${sql};${target}` });
    const there = await new DataSource({ type: 'postgres', url: copy.url, entities: [] }).initialize();
    try {
      await make();
      expect(await failureOf(undoJournal(there, { journal, policy, applyPlan: plan }))).to.include({
        code: 'JOURNAL_OTHER_DATABASE',
      });
    } finally {
      await there.destroy();
      await copy.drop();
    }
  });

  it('leaves nothing half done where another writer changes a row after the plan was proven', async () => {
    await make();
    const failure = (await failureOf(heldUp(moved.target, "UPDATE book SET title = 'z' WHERE id = 3", () => apply()))) as {
      readonly code: string;
    };
    expect(failure.code).to.equal('CONCURRENT_CHANGE');
    const rows = await moved.rows('book');
    expect(rows.map(({ id, title }) => [id, title])).to.deep.equal([
      [1, 'title 1'],
      [2, 'title 2'],
      [3, 'z'],
    ]);
    expect((await moved.rows('author'))[0]).to.include({ age: 36 });
  });
});
