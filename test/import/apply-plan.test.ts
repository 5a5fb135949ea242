import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { DataSource } from 'typeorm';
import { Findings } from '../../src/findings/finding.js';
import type { ImportOptions, ImportResult } from '../../src/index.js';
import { importObjects, localFiles, localFileStore } from '../../src/index.js';
import { createDatabase } from '../support/database.js';
import { failureOf } from '../support/failure.js';
import type { Move } from './move.js';
import { move } from './move.js';

const sql = `CREATE TABLE author (id int PRIMARY KEY, name text UNIQUE, age int, seen int);
  CREATE TABLE tag (id int PRIMARY KEY, label text);
  CREATE TABLE book (id serial PRIMARY KEY, author int REFERENCES author, title text);
  CREATE TABLE book_tag (book int REFERENCES book, tag int REFERENCES tag, PRIMARY KEY (book, tag))`;
const source = `INSERT INTO author VALUES (1, 'Ada', 36, 0); INSERT INTO tag VALUES (1, 'x'), (2, 'y');
  INSERT INTO book SELECT n, 1, 'title ' || n FROM generate_series(1, 4) n;
  INSERT INTO book_tag VALUES (1, 1), (1, 2), (2, 1)`;
/** Of these, an override updates the author, inserts books 3 and 4, and finds the rest. */
const target = `INSERT INTO author VALUES (1, 'Ada', 9, 0), (7, 'Bob', 1, 0); INSERT INTO tag VALUES (1, 'x'), (2, 'y');
  INSERT INTO book VALUES (1, 1, 'title 1'), (2, 1, 'title 2'), (70, 7, 'other');
  INSERT INTO book_tag VALUES (1, 1), (2, 1)`;
const policy = { models: { author: {}, book: {}, tag: {} }, joinTables: ['book_tag'] };

describe('a plan', () => {
  let moved: Move;
  let plan: string;

  beforeEach(async () => {
    moved = await move({ sql, source, target, policy, objects: ['author.1'] });
    plan = join(moved.folder, 'plan');
  });

  afterEach(() => moved.close());

  const make = (options: Partial<ImportOptions> = { onConflict: 'override' }): Promise<ImportResult> =>
    moved.import({ ...options, dryRun: true, plan });
  const apply = (options: Partial<ImportOptions> = {}): Promise<ImportResult> => moved.import({ applyPlan: plan, ...options });
  const state = async (): Promise<unknown> => Promise.all(['author', 'tag', 'book', 'book_tag'].map((name) => moved.rows(name)));

  async function refused(code: string, message: RegExp, options: Partial<ImportOptions> = {}): Promise<void> {
    const before = await state();
    const error = (await failureOf(apply(options))) as { code: string; message: string };
    expect(error.code, error.message).to.equal(code);
    expect(error.message).to.match(message);
    expect(await state()).to.deep.equal(before);
  }

  it('tells of links, which are written and which are there', async () => {
    await make();
    const lines = readFileSync(plan, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.find(({ object }) => object === 'public.book.1')).to.have.deep.property('links', {
      tag: { insert: 1, same: 1 },
    });
    expect(lines.find(({ object }) => object === 'public.book.3')).not.to.have.property('links');
  });

  it('is executed as it stands, under its own options, and only once', async () => {
    await make();
    const { status, plan: counts, links } = await apply();
    expect([status, counts.update, counts.insert, links]).to.deep.equal([
      'done',
      { 'public.author': 1 },
      { 'public.book': 2 },
      { insert: { 'public.book.tag': 1 }, same: { 'public.book.tag': 2 } },
    ]);
    await refused(
      'PLAN_STALE',
      /: 4 decisions are .*\n {2}public\.author\.1: then update \(age\), now same\n.*\n {2}public\.book\.3: then insert, now same/u,
    );
  });

  for (const [what, change, message] of [
    ['a row that it overwrites', 'UPDATE author SET age = 10', /public\.author\.1: .*but what is there has changed/u],
    [
      'a column that it does not write',
      'UPDATE author SET seen = 1 WHERE id = 1',
      /public\.author\.1: then update \(age\), now update \(age, seen\)/u,
    ],
    ['a row that is the same', "UPDATE book SET title = 'z' WHERE id = 1", /public\.book\.1: then same, now update \(title\)/u],
    [
      'a row that is gone',
      'DELETE FROM book_tag WHERE book = 2; DELETE FROM book WHERE id = 2',
      /public\.book\.2: then same, now insert/u,
    ],
    ['a row that has come', "INSERT INTO book VALUES (3, 1, 'other')", /public\.book\.3: then insert, now update/u],
    ['a link that has come', 'INSERT INTO book_tag VALUES (1, 2)', /public\.book\.1: then same, with other links, now same/u],
    ['a link for another', 'UPDATE book_tag SET tag = 2 WHERE book = 1', /public\.book\.1: then same, now same, but/u],
  ] as const) {
    it(`is refused for ${what}, and nothing is written`, async () => {
      await make();
      await moved.target.query(change);
      const findings = new Findings();
      await refused('PLAN_STALE', message, { findings });
      expect(findings.all.filter(({ kind }) => kind === 'plan-stale')).not.to.deep.equal([]);
      await refused('PLAN_STALE', message, { dryRun: true });
    });
  }

  it('is executed beside changes that it did not decide about', async () => {
    await make();
    await moved.target.query(
      "UPDATE author SET age = 50 WHERE id = 7; INSERT INTO book VALUES (71, 7, 'new'); DELETE FROM book WHERE id = 70",
    );
    expect((await apply()).status).to.equal('done');
    expect(await moved.rows('book')).to.have.length(5);
  });

  it('needs no option again, and takes none that says something else', async () => {
    await moved.target.query("UPDATE author SET name = 'A' WHERE id = 1");
    await make({ onConflict: 'remap', offset: 1000 });
    for (const [options, message] of [
      [{ onConflict: 'skip' }, /--on-conflict skip: it was made with remap/u],
      [{ offset: 7 }, /--offset 7: it was made with 1000/u],
      [{ remap: 'all' }, /--remap all: it was made without/u],
      [{ ignoreNonexistent: true }, /--ignore-nonexistent: it was made without/u],
      [{ withIdMap: [moved.archive] }, /--with-id-map: it was made without any/u],
      [{ plan: join(moved.folder, 'other') }, /--plan and --apply-plan contradict/u],
    ] as const satisfies readonly (readonly [Partial<ImportOptions>, RegExp])[])
      await refused('OPTION_VALUE', message, options);
    expect((await apply({ onConflict: 'remap', offset: 1000, bulkConstraints: false })).status).to.equal('done');
    expect((await moved.rows('author')).map(({ id }) => id)).to.deep.equal([1, 7, 1001]);
  });

  it('takes maps by what they hold, wherever they lie', async () => {
    const [map, copy] = [join(moved.folder, 'map'), join(moved.folder, 'copy')];
    writeFileSync(map, '{"from":"public.author.1","to":"public.author.7"}\n');
    await make({ withIdMap: [map], onConflict: 'skip' });
    await refused('OPTION_VALUE', /--with-id-map: it was made with 1/u);
    writeFileSync(copy, '{"from":"public.author.1","to":"public.author.1"}\n');
    await refused('OPTION_VALUE', /--with-id-map/u, { withIdMap: [copy] });
    writeFileSync(copy, readFileSync(map));
    expect((await apply({ withIdMap: [copy] })).plan.merge).to.deep.equal({ 'public.author': 1 });
  });

  it('with conflicts can be read, and is not executed', async () => {
    await make({});
    await refused('PLAN_CONFLICTS', /has a conflict/u);
  });

  it('is refused when it was cut or altered anywhere, or a line was dropped by hand', async () => {
    await make();
    const text = readFileSync(plan, 'utf8');
    const lines = text.split('\n');
    for (const [edited, message] of [
      [text.slice(0, -1), /it is cut/u],
      [lines.slice(0, -2).join('\n') + '\n', /it is cut/u],
      [lines.filter((line) => !line.includes('public.book.3')).join('\n'), /not those that were written/u],
      [text.replace('"insert"', '"same"'), /not those that were written/u],
      [text.replace('"onConflict":"override"', '"onConflict":"skip"'), /not those that were written/u],
      [`${text}${text}`, /not those that were written/u],
      ['', /is no plan/u],
      ['{"journal":{"format":"portolan-journal"}}\n{"trailer":{}}\n', /is no plan/u],
      [text.replace('"command":"import"', '"command":"delete"'), /no plan of an import/u],
    ] as const) {
      writeFileSync(plan, edited);
      await refused('PLAN_DAMAGED', message);
    }
    writeFileSync(plan, text.replace('"version":1', '"version":2'));
    await refused('PLAN_VERSION', /another version: 2/u);
    writeFileSync(plan, text);
    expect((await apply()).status).to.equal('done');
  });

  it('is for one database: a copy of it is another', async () => {
    const copy = await createDatabase({ sql: `${sql};${target}` });
    const there = await new DataSource({ type: 'postgres', url: copy.url, entities: [] }).initialize();
    try {
      await make();
      const error = await failureOf(importObjects(there, { archive: moved.archive, policy, applyPlan: plan }));
      expect(error).to.include({ code: 'PLAN_OTHER_DATABASE', exitCode: 3 });
    } finally {
      await there.destroy();
      await copy.drop();
    }
  });

  it('is refused where the archive, the policy or the tables are others', async () => {
    await make();
    const archive = readFileSync(moved.archive);
    await moved.edit((text) => text.replace('title 3', 'title 33'));
    await refused('PLAN_STALE', /another archive, or the archive was edited/u);
    await moved.edit((text) => text.replace('"age":36', '"age":3000000000'));
    await refused('PLAN_STALE', /another archive, or the archive was edited/u);
    writeFileSync(moved.archive, archive);
    await refused('PLAN_STALE', /under another policy/u, {
      policy: { ...policy, models: { ...policy.models, tag: { merge: 'keep', naturalKey: ['label'] } } },
    });
    await moved.target.query('ALTER TABLE book ALTER title SET DEFAULT 7');
    await refused('PLAN_STALE', /tables of the target/u);
    await moved.target.query('ALTER TABLE book ALTER title DROP DEFAULT');
    expect((await apply()).status).to.equal('done');
  });

  it('is made and executed in one pass where the tables are empty, and refused where they are not any more', async () => {
    await moved.target.query('TRUNCATE author, tag CASCADE');
    await make({});
    await moved.target.query("INSERT INTO author VALUES (9, 'x')");
    expect((await apply({ dryRun: true })).status, 'beside a row of another key').to.equal('planned');
    await moved.target.query("UPDATE author SET name = 'Ada'");
    await refused('PLAN_STALE', /public\.author\.1: then insert, now conflict/u);
    await moved.target.query('TRUNCATE author, tag CASCADE');
    const { status, plan: counts } = await apply();
    expect([status, counts.insert]).to.deep.equal(['done', { 'public.author': 1, 'public.book': 4, 'public.tag': 2 }]);
  });

  it('holds the rows that it was made on until it is committed', async () => {
    await make();
    const held: Promise<unknown>[] = [];
    const { status } = await apply({
      onQuery: ({ purpose, table }) => {
        if (purpose !== 'hold rows' || table !== 'public.book') return;
        const update = 'SELECT FROM book WHERE id = 1 FOR NO KEY UPDATE NOWAIT';
        held.push(moved.target.query(update).catch((error: unknown) => (error as { readonly code: unknown }).code));
      },
    });
    expect([status, await Promise.all(held)]).to.deep.equal(['done', ['55P03']]);
  });

  it('tells which row an object is merged into, and is refused where it is another now', async () => {
    const merging = { ...policy, models: { ...policy.models, author: { naturalKey: ['name'], merge: 'keep' as const } } };
    await moved.target.query(
      "UPDATE author SET name = 'A' WHERE id = 1; UPDATE author SET name = 'Ada' WHERE id = 7; UPDATE book SET author = 7 WHERE id < 3",
    );
    await make({ policy: merging, onConflict: 'skip' });
    expect(readFileSync(plan, 'utf8')).to.contain('"object":"public.author.1","decision":"merge","to":"public.author.7"');
    await moved.target.query(
      "UPDATE author SET name = 'B' WHERE id = 7; UPDATE author SET name = 'Ada' WHERE id = 1; UPDATE book SET author = 1 WHERE id < 3",
    );
    await refused('PLAN_STALE', /public\.author\.1: then merge \(is public\.author\.7\), now merge/u, { policy: merging });
  });
});

describe('a plan of an archive that leaves rows at home', () => {
  it('is refused where such a row is another one now', async () => {
    const keyed = {
      models: { author: { naturalKey: ['name'], merge: 'keep' }, book: {}, tag: {} },
      joinTables: ['book_tag'],
    } as const;
    const moved = await move({
      ...{ sql, source, policy: keyed, objects: ['book.3'] },
      target: "INSERT INTO author VALUES (7, 'Ada'), (8, 'Bob')",
      export: { shared: 'key' },
    });
    try {
      const plan = join(moved.folder, 'plan');
      await moved.import({ onConflict: 'remap', dryRun: true, plan });
      expect(readFileSync(plan, 'utf8')).to.contain('{"external":"public.author.1","to":"public.author.7"}');
      await moved.target.query("UPDATE author SET name = 'x' WHERE id = 7; UPDATE author SET name = 'Ada' WHERE id = 8");
      const error = (await failureOf(moved.import({ applyPlan: plan }))) as Error;
      expect(error).to.include({ code: 'PLAN_STALE' });
      expect(error.message).to.match(
        /public\.author\.1: then external \(is public\.author\.7\), now external \(is public\.author\.8\)/u,
      );
    } finally {
      await moved.close();
    }
  });
});

describe('a plan that leaves references empty', () => {
  it('is refused where what they lead to has come, and executed where it has not', async () => {
    const kept = { models: { author: { naturalKey: ['name'] }, book: {}, tag: {} }, joinTables: ['book_tag'] };
    const moved = await move({ sql, source, policy: kept, objects: ['book.3'], export: { shared: 'key' } });
    try {
      const [plan, policy] = [
        join(moved.folder, 'plan'),
        { ...kept, models: { ...kept.models, author: { naturalKey: ['name'], missing: 'null' } } },
      ] as const;
      await moved.import({ policy, dryRun: true, plan });
      await moved.target.query("INSERT INTO author VALUES (1, 'Ada')");
      const error = (await failureOf(moved.import({ policy, applyPlan: plan }))) as Error;
      expect(error).to.include({ code: 'PLAN_STALE' });
      expect(error.message).to.match(/public\.author\.1: then nothing, now external/u);
      await moved.target.query('DELETE FROM author');
      expect((await moved.import({ policy, applyPlan: plan })).plan.insert).to.deep.equal({ 'public.book': 1 });
      expect((await moved.rows('book')).map(({ author }) => author)).to.deep.equal([null]);
    } finally {
      await moved.close();
    }
  });
});

describe('a plan of an archive with files', () => {
  it('puts them in their places as it says, and is refused where others stand there', async () => {
    const moved = await move({ sql, source, target, policy, objects: ['author.1'] });
    try {
      const shelf = join(moved.folder, 'shelf');
      const [pictures, plan, archive] = [
        join(moved.folder, 'pictures'),
        join(moved.folder, 'plan'),
        join(moved.folder, 'parts.tar'),
      ];
      mkdirSync(pictures);
      mkdirSync(shelf);
      writeFileSync(join(pictures, 'title 3'), 'a picture');
      await moved.export({
        output: archive,
        files: localFiles(pictures),
        policy: { ...policy, models: { ...policy.models, book: { files: [{ path: 'title', optional: true }] } } },
      });
      const options = { archive, files: localFileStore(shelf) };
      await moved.import({ ...options, onConflict: 'override', dryRun: true, plan });
      expect(readFileSync(plan, 'utf8')).to.contain('{"files":{"insert":1,"same":0,"update":0,"skip":0,"conflict":0}');
      const without = await failureOf(moved.import({ archive, applyPlan: plan }));
      expect(without).to.include({ code: 'OPTION_VALUE' });
      writeFileSync(join(shelf, 'title 3'), 'another');
      const stale = (await failureOf(moved.import({ ...options, applyPlan: plan }))) as Error;
      expect(stale).to.include({ code: 'PLAN_STALE' });
      expect(readFileSync(join(shelf, 'title 3'), 'utf8')).to.equal('another');
      rmSync(join(shelf, 'title 3'));
      expect((await moved.import({ ...options, applyPlan: plan })).files).to.include({ insert: 1 });
      expect(readFileSync(join(shelf, 'title 3'), 'utf8')).to.equal('a picture');
    } finally {
      await moved.close();
    }
  });
});
