import { expect } from 'chai';
import { DataSource, EntitySchema } from 'typeorm';
import type { Finding, ImportOptions } from '../../src/index.js';
import { exportObjects, importObjects } from '../../src/index.js';
import { failureOf } from '../support/failure.js';
import type { Move } from './move.js';
import { move } from './move.js';

const sql = `CREATE TABLE author (id int PRIMARY KEY, name varchar(9), fee numeric(9,2), born timestamp, twice int GENERATED ALWAYS AS (id * 2) STORED)`;
const source = "INSERT INTO author VALUES (1, 'Ada King', 1.5, '1815-12-10')";

describe('a target whose tables are others by now', () => {
  let author: Move;

  afterEach(() => author.close());

  async function begin(target: string, policy: object = { models: { author: {} } }): Promise<void> {
    author = await move({ sql, source, target, policy, objects: ['author.1'] });
  }

  /** Why an import into the changed target is refused; nothing is written then, and a dry run says the same. */
  async function refusal(
    target: string,
    options: Partial<ImportOptions> = {},
  ): Promise<{ code: string; exitCode: number; message: string }> {
    await begin(target);
    const dry = (await failureOf(author.import({ ...options, dryRun: true }))) as Error;
    const error = (await failureOf(author.import(options))) as Error & { code: string; exitCode: number };
    expect(dry.message).to.equal(error.message);
    expect(await author.rows('author')).to.deep.equal([]);
    return error;
  }

  function told(findings: readonly Finding[], kind: string): readonly string[] {
    return findings.flatMap((finding) => (finding.kind === kind ? [`${finding.on}: ${finding.reason}`] : []));
  }

  it('refuses a value that is too long for its column, and names the column, not the value', async () => {
    const error = await refusal('ALTER TABLE author ALTER name TYPE varchar(3)');
    expect(error).to.include({ code: 'VALUE_REFUSED', exitCode: 3 });
    expect(error.message).to.equal('public.author.name: the target does not take a value of the archive (SQLSTATE 22001)');
  });

  it('refuses a number that is too great for its column, where it has to be looked up too', async () => {
    author = await move({
      sql: 'CREATE TABLE author (id int PRIMARY KEY, number bigint UNIQUE)',
      source: 'INSERT INTO author VALUES (1, 3000000000)',
      target: 'ALTER TABLE author ALTER number TYPE int; INSERT INTO author VALUES (2, 5)',
      policy: { models: { author: {} } },
      objects: ['author.1'],
    });
    expect(await failureOf(author.import())).to.include({ code: 'VALUE_REFUSED', exitCode: 3 });
  });

  it('refuses values that a column of another type writes in another way', async () => {
    const error = await refusal('ALTER TABLE author ALTER fee TYPE numeric(9,3), ALTER born TYPE timestamptz');
    expect(error).to.include({ code: 'SCHEMA_DRIFT', exitCode: 3 });
    expect(error.message)
      .to.contain('public.author.fee is numeric(9,3) there, numeric(9,2) in the archive')
      .and.to.contain('public.author.born is timestamp with time zone there');
  });

  it('takes values of another type where they are the same, and a finding says so', async () => {
    await begin('ALTER TABLE author ALTER name TYPE text, ALTER fee TYPE numeric');
    const { status, findings } = await author.import();
    expect(status).to.equal('done');
    expect(told(findings, 'changed-type')).to.have.length(2);
    expect((await author.import()).plan.same).to.deep.equal({ 'public.author': 1 });
  });

  it('tells where a table of the same name is now, and how to say that it is meant', async () => {
    author = await move({ sql, source, policy: { models: { author: {} } }, objects: ['author.1'] });
    await author.target.query('CREATE SCHEMA sales; ALTER TABLE author SET SCHEMA sales');
    const error = (await failureOf(author.import())) as Error;
    expect(error).to.include({ code: 'SCHEMA_DRIFT', exitCode: 3 });
    const advice = "(policy: models: { 'sales.author': { app: 'public' } })";
    expect(error.message).to.contain(`public.author: the target has no such model or table, but sales.author ${advice}`);
    const meant = await author.import({ policy: { models: { 'sales.author': { app: 'public' } } } });
    expect(meant.status).to.equal('done');
    expect(await author.rows('sales.author')).to.have.length(1);
  });

  it('refuses a type of another kind', async () => {
    const error = await refusal('ALTER TABLE author ALTER fee TYPE text');
    expect(error.message).to.contain('public.author.fee: is text in the target, numeric(9,2) in the archive');
  });

  it('refuses another key', async () => {
    const error = await refusal('ALTER TABLE author DROP CONSTRAINT author_pkey, ADD PRIMARY KEY (id, name)');
    expect(error.message).to.contain("public.author: the target's key is (id, name), the archive's (id)");
  });

  it('refuses the same key in another order', async () => {
    author = await move({
      sql: 'CREATE TABLE author (a int, b int, PRIMARY KEY (a, b))',
      source: 'INSERT INTO author VALUES (1, 2)',
      target: 'ALTER TABLE author DROP CONSTRAINT author_pkey, ADD PRIMARY KEY (b, a)',
      policy: { models: { author: {} } },
      objects: ['author.a=1,b=2'],
    });
    expect(((await failureOf(author.import())) as Error).message).to.contain(
      "- public.author: the target's key is (b, a), the archive's (a, b)",
    );
  });

  it('takes no other column for one that is gone, though no entity maps either', async () => {
    expect((await refusal('ALTER TABLE author DROP born, ADD died timestamp')).message).to.contain(
      'public.author.born: the target has no such column',
    );
  });

  it('gets random values in a required column that the policy excludes, as in one that was withheld', async () => {
    await begin('ALTER TABLE author ADD k text NOT NULL');
    const { findings } = await author.import({ policy: { models: { author: {} }, exclude: { 'author.k': 'error' } } });
    expect(told(findings, 'random-value')).to.have.length(1);
    expect((await author.rows('author'))[0]?.['k']).to.match(/^[\w-]{22}$/u);
  });

  it('refuses all that is other at once', async () => {
    const { message } = await refusal('ALTER TABLE author DROP born, ALTER fee TYPE text, ADD k int NOT NULL');
    expect(message.split('\n')).to.deep.equal([
      "the target's schema is not the archive's:",
      '- public.author.born: the target has no such column',
      '- public.author.fee: is text in the target, numeric(9,2) in the archive',
      "- public.author.k: is not in the archive, cannot be NULL, and has no default (policy: models: { 'author': { fill: { … } } })",
    ]);
  });

  it('needs no value for what can be NULL, counts or computes itself, and tells of what new rows get', async () => {
    await begin(`ALTER TABLE author ADD a int, ADD b int GENERATED ALWAYS AS IDENTITY, ADD c int NOT NULL GENERATED ALWAYS AS (7) STORED,
      ADD d int GENERATED BY DEFAULT AS IDENTITY (START 5)`);
    const { findings } = await author.import();
    expect(told(findings, 'new-column').map((text) => text.split(':')[0])).to.deep.equal([
      'public.author.a',
      'public.author.b',
      'public.author.d',
    ]);
    expect((await author.rows('author'))[0]).to.include({ a: null, b: 1, c: 7, d: 5 });
  });

  it('refuses a key that is gone, whatever may be left out', async () => {
    const target = 'ALTER TABLE author DROP COLUMN twice, DROP COLUMN id, ADD PRIMARY KEY (name)';
    const error = await refusal(target, { ignoreNonexistent: true });
    expect(error.message).to.contain('public.author.id: the target has no such key column');
  });

  it('refuses a column or a table that is gone, and leaves it out where it may', async () => {
    expect((await refusal('ALTER TABLE author DROP COLUMN born')).message).to.contain(
      'public.author.born: the target has no such column',
    );
    const { status, findings } = await author.import({ ignoreNonexistent: true });
    expect(status).to.equal('done');
    expect(told(findings, 'missing-column')).to.deep.equal(['public.author.born: the target has no such column: it is left out']);
    await author.target.query('DROP TABLE author; CREATE TABLE other (id int)');
    expect(await failureOf(author.import({ policy: {} }))).to.include({ code: 'SCHEMA_DRIFT' });
    expect((await author.import({ policy: {}, ignoreNonexistent: true })).plan.insert).to.deep.equal({});
  });

  it('refuses where a new row needs a column that the archive lacks, unless it has a default', async () => {
    expect((await refusal('ALTER TABLE author ADD k int NOT NULL')).message).to.contain(
      'public.author.k: is not in the archive, cannot be NULL',
    );
    await author.target.query('ALTER TABLE author ALTER k SET DEFAULT 5');
    const { findings } = await author.import();
    expect(told(findings, 'new-column')).to.deep.equal(['public.author.k: the archive lacks it: new rows get its default']);
    expect((await author.rows('author'))[0]).to.include({ k: 5 });
    expect(told((await author.import()).findings, 'new-column'), 'no row is new').to.deep.equal([]);
  });

  it('gets the default of a domain in a column that the archive lacks and that has no own', async () => {
    await begin('CREATE DOMAIN rank AS int NOT NULL DEFAULT 5; ALTER TABLE author ADD k rank');
    expect(told((await author.import()).findings, 'new-column')).to.deep.equal([
      'public.author.k: the archive lacks it: new rows get its default',
    ]);
    expect((await author.rows('author'))[0]).to.include({ k: 5 });
  });

  it('gets what the policy says in a column that the archive lacks', async () => {
    await begin('ALTER TABLE author ADD k int NOT NULL', { models: { author: {} } });
    await author.import({ policy: { models: { author: { fill: { k: '8' } } } } });
    expect((await author.rows('author'))[0]).to.include({ k: 8 });
  });

  it('computes what it computes itself, and the row is the same as in the archive', async () => {
    await begin('ALTER TABLE author DROP twice; ALTER TABLE author ADD twice int GENERATED ALWAYS AS (id * 3) STORED');
    const { findings } = await author.import();
    expect(told(findings, 'generated-differs')).to.deep.equal([
      'public.author: the target computes other values for 1 of the rows that were written (twice)',
    ]);
    expect(findings.find(({ kind }) => kind === 'generated-differs')?.severity).to.equal('warning');
    expect((await author.import({ onConflict: 'override' })).plan.same).to.deep.equal({ 'public.author': 1 });
  });

  it('takes rows in a schema of another name, where the policy calls it by the old one', async () => {
    await begin('CREATE SCHEMA later; ALTER TABLE author SET SCHEMA later');
    const policy = { models: { 'later.author': { app: 'public' } } };
    expect((await author.import({ policy })).plan.insert).to.deep.equal({ 'public.author': 1 });
    expect((await author.import({ policy })).plan.same).to.deep.equal({ 'public.author': 1 });
  });

  it('is refused by a check of a column or a domain, which is named', async () => {
    expect((await refusal('ALTER TABLE author ADD CONSTRAINT cheap CHECK (fee < 1)')).message).to.contain(
      'constraint cheap on public.author',
    );
    await author.target.query(`ALTER TABLE author DROP CONSTRAINT cheap; CREATE DOMAIN fees AS numeric(9,2) CHECK (VALUE < 1);
      ALTER TABLE author ALTER fee TYPE fees, ADD UNIQUE (fee); INSERT INTO author VALUES (2, NULL, 0)`);
    expect(await failureOf(author.import())).to.include({
      code: 'CONSTRAINT_VIOLATED',
      exitCode: 3,
      message: 'the database refused a row: constraint fees_check',
    });
  });

  it('refuses where no partition takes a row', async () => {
    await begin('DROP TABLE author');
    await author.target
      .query(`CREATE TABLE author (id int PRIMARY KEY, name varchar(9), fee numeric(9,2), born timestamp, twice int) PARTITION BY LIST (id);
      CREATE TABLE second PARTITION OF author FOR VALUES IN (2)`);
    expect(await failureOf(author.import())).to.include({ code: 'CONSTRAINT_VIOLATED', exitCode: 3 });
    await author.target.query('CREATE TABLE first PARTITION OF author FOR VALUES IN (1)');
    expect((await author.import()).status).to.equal('done');
    expect(await author.rows('first')).to.have.length(1);
  });

  it('keeps a column that is GENERATED ALWAYS AS IDENTITY as the archive has it; no strategy overwrites one', async () => {
    const columns = 'CREATE TABLE author (id int PRIMARY KEY, number int GENERATED ALWAYS AS IDENTITY, name text)';
    author = await move({
      sql: columns,
      source: "INSERT INTO author OVERRIDING SYSTEM VALUE VALUES (1, 7, 'Ada')",
      policy: { models: { author: {} } },
      objects: ['author.1'],
    });
    await author.import();
    expect(await author.rows('author')).to.deep.equal([{ id: 1, number: 7, name: 'Ada' }]);
    await author.target.query('UPDATE author SET number = DEFAULT');
    const { status, conflicts } = await author.import({ onConflict: 'override' });
    expect([status, conflicts[0]?.columns, conflicts[0]?.fixed]).to.deep.equal(['refused', ['number'], true]);
  });
});

describe('a column that has another name in the target', () => {
  it('is found by its property, unless the archive has a column of that name', async () => {
    const policy = { models: { author: {} } };
    const author = await move({
      sql: 'CREATE TABLE author (id int PRIMARY KEY, name text, title text)',
      policy,
      objects: ['author.1'],
      source: "INSERT INTO author VALUES (1, 'Ada', 'Lady')",
      target: 'ALTER TABLE author DROP COLUMN name',
    });
    const entity = (name: string): EntitySchema =>
      // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- the options are typed as a class there
      new EntitySchema({
        name: 'Author',
        tableName: 'author',
        columns: { id: { type: 'int', primary: true }, name: { type: 'text', name } },
      });
    const open = (url: string, name: string): Promise<DataSource> =>
      new DataSource({ type: 'postgres', url, entities: [entity(name)] }).initialize();
    const [from, to] = [await open(author.source.url, 'name'), await open(author.target.url, 'title')];
    try {
      await exportObjects(from, { objects: ['author.1'], output: author.archive, force: true });
      expect(((await failureOf(importObjects(to, { archive: author.archive }))) as Error).message).to.contain(
        'the target has no such column',
      );
      await author.target.query('ALTER TABLE author RENAME title TO heading; ALTER TABLE author ADD title text');
      const moved = await open(author.target.url, 'heading');
      await importObjects(moved, { archive: author.archive }).finally(() => moved.destroy());
      expect(await author.rows('author')).to.deep.equal([{ id: 1, heading: 'Ada', title: 'Lady' }]);
    } finally {
      await from.destroy();
      await to.destroy();
      await author.close();
    }
  });
});
