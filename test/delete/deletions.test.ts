import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { DataSource } from 'typeorm';
import type { DeleteOptions, DeleteResult, Policy } from '../../src/index.js';
import { deleteObjects, exportObjects, Findings, importObjects, undoJournal } from '../../src/index.js';
import { failureIfAny } from '../import/library-move.js';
import type { TestDatabase } from '../support/database.js';
import { createDatabase } from '../support/database.js';
import { rowsOf } from '../support/journey.js';

const tables = ['person', 'address', 'loan', 'tag', 'person_tag', 'fine', 'audit'] as const;
const sql = `
  CREATE TABLE person (id int PRIMARY KEY, name text, password text, parent int REFERENCES person);
  CREATE TABLE address (id int PRIMARY KEY, person int NOT NULL REFERENCES person ON DELETE CASCADE, street text);
  CREATE TABLE loan (id int PRIMARY KEY, person int REFERENCES person ON DELETE CASCADE, book text);
  CREATE TABLE fine (id int PRIMARY KEY, loan int NOT NULL REFERENCES loan ON DELETE CASCADE);
  CREATE TABLE tag (id int PRIMARY KEY);
  CREATE TABLE person_tag (id serial PRIMARY KEY, person int NOT NULL REFERENCES person, tag int NOT NULL REFERENCES tag);
  CREATE TABLE audit (id serial PRIMARY KEY, what text);
  INSERT INTO person VALUES (1, 'Ada', 'secret-of-ada', NULL), (2, 'Ben', 'x', NULL);
  INSERT INTO address VALUES (10, 1, 'Main Street'), (11, 1, 'Side Street'), (12, 2, 'Other Street');
  INSERT INTO loan VALUES (20, 1, 'Emma'), (21, 2, 'Ulysses');
  INSERT INTO fine VALUES (30, 20), (31, 21);
  INSERT INTO tag VALUES (1), (2);
  INSERT INTO person_tag VALUES (70, 1, 1), (80, 1, 2), (90, 2, 1);`;
const models = Object.fromEntries(tables.map((name) => [name, {}]));

describe('deleteObjects', function () {
  this.timeout(180_000);
  let database: TestDatabase;
  let dataSource: DataSource;
  let folder: string;
  let before: Awaited<ReturnType<typeof rowsOf>>;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'portolan-delete-'));
    database = await createDatabase({ sql });
    dataSource = await new DataSource({ type: 'postgres', url: database.url, entities: [] }).initialize();
    before = await rowsOf(database, tables);
  });

  afterEach(async () => {
    await dataSource.destroy();
    await database.drop();
    rmSync(folder, { recursive: true });
  });

  const file = (name: string): string => join(folder, name);
  const content = (name: string): string => readFileSync(file(name), 'utf8');

  function erase(options: DeleteOptions = {}, policy: Policy = {}): Promise<DeleteResult> {
    const named = options.archive === undefined && options.noArchive !== true ? { output: file('out.json') } : {};
    const objects = options.archive === undefined ? { objects: ['person.1'], includeSecrets: ['*'] } : {};
    return deleteObjects(dataSource, { ...named, ...objects, policy: { models, ...policy }, ...options });
  }

  async function exported(): Promise<string> {
    const output = file('archive.json');
    await exportObjects(dataSource, {
      objects: ['person.1'],
      output,
      policy: { models },
      includeSecrets: ['*'],
      reproducible: true,
    });
    return output;
  }

  it('deletes a person, and what it borrowed survives with all below it', async () => {
    const { status, plan } = await erase();
    expect(status).to.equal('done');
    expect(plan).to.deep.include({
      delete: { 'public.address': 2, 'public.person': 1 },
      nullify: { 'public.loan': 1 },
      keep: { 'public.fine': 1, 'public.tag': 2 },
      links: { 'public.person.tag': 2 },
      nullified: { 'public.loan.person': 1 },
      seedsKept: [],
    });
    expect(plan.reasons).to.deep.equal({ survives: { 'public.fine': 1 }, shared: { 'public.tag': 2 } });
    expect(await rowsOf(database, tables)).to.deep.equal({
      ...before,
      person: ['(2,Ben,x,)'],
      address: ['(12,2,"Other Street")'],
      loan: ['(20,,Emma)', '(21,2,Ulysses)'],
      person_tag: ['(90,2,1)'],
    });
  });

  it('restores byte for byte what the archive holds, when that is imported again', async () => {
    const archive = await exported();
    await erase({ archive, journal: file('journal') });
    await importObjects(dataSource, { archive, policy: { models }, onConflict: 'override' });
    await exportObjects(dataSource, {
      ...{ objects: ['person.1'], output: file('again.json'), policy: { models }, includeSecrets: ['*'], reproducible: true },
    });
    expect(content('again.json')).to.equal(content('archive.json'));
  });

  it('restores every row, keys of join rows and references that became NULL too, by the journal; nobody else may read that', async () => {
    await erase({ journal: file('journal') });
    expect(statSync(file('journal')).mode & 0o777).to.equal(0o600);
    const { status, plan } = await undoJournal(dataSource, { journal: file('journal'), policy: { models } });
    expect([status, plan.update]).to.deep.equal(['done', { 'public.loan': 1 }]);
    expect(await rowsOf(database, tables)).to.deep.equal(before);
  });

  it('keeps a row that another refers to which came since, and what that needs, and tells the path', async () => {
    await database.query('INSERT INTO person VALUES (3, NULL, NULL, 1)');
    const archive = await exported();
    await database.query("INSERT INTO address VALUES (13, 3, 'New Street')");
    const findings = new Findings();
    const { plan } = await erase({ archive, findings }, { follow: { 'person.parent': { onDelete: 'delete' } } });
    expect(plan.delete).to.deep.equal({ 'public.address': 2 });
    const kept = plan.kept.filter(({ reason }) => reason === 'referenced');
    expect(kept).to.deep.equal([
      {
        object: 'public.person.1',
        reason: 'referenced',
        by: 'public.person.3',
        reference: 'public.person.parent',
        path: ['public.address.13', 'public.person.3', 'public.person.1'],
      },
      { object: 'public.person.3', reason: 'referenced', by: 'public.address.13', reference: 'public.address.person' },
    ]);
    expect(findings.warnings.map(({ kind, on }) => [kind, on])).to.deep.equal([['seed-kept', 'public.person.1']]);
    expect((await rowsOf(database, tables))['person']).to.deep.equal([...(before['person'] ?? []), '(3,,,1)']);
  });

  it('keeps a row that is not as the archive has it, and says in what; --strict refuses where it was asked for', async () => {
    const archive = await exported();
    await database.query("UPDATE person SET name = 'Eve' WHERE id = 1; UPDATE address SET street = 'x' WHERE id = 10");
    const changed = await rowsOf(database, tables);
    expect((await failureIfAny(erase({ archive, strict: true })))?.code).to.equal('STRICT');
    const { plan } = await erase({ archive });
    expect(plan.kept.filter(({ reason }) => reason === 'changed')).to.deep.equal([
      { object: 'public.person.1', reason: 'changed', columns: ['name'] },
      { object: 'public.address.10', reason: 'changed', columns: ['street'] },
    ]);
    expect(await rowsOf(database, tables)).to.deep.equal(changed);
  });

  it('does not go over a link that the archive does not hold', async () => {
    const archive = await exported();
    await database.query('INSERT INTO tag VALUES (3); INSERT INTO person_tag VALUES (99, 1, 3)');
    const { plan } = await erase({ archive });
    expect(plan.kept[0]).to.include({ object: 'public.person.1', by: 'public.person_tag.99' });
    expect(await database.query('SELECT FROM person WHERE id = 1')).to.have.length(1);
  });

  it('touches neither an excluded model nor one beyond a boundary, and says so', async () => {
    const archive = await exported();
    const { plan } = await erase({ archive }, { exclude: { address: 'error' } });
    expect(plan.reasons.excluded).to.deep.equal({ 'public.address': 2 });
    expect(plan.seedsKept).to.deep.equal(['public.person.1']);
    const { plan: bounded } = await erase({ archive }, { boundary: { address: 'error' } });
    expect(bounded.reasons.boundary).to.deep.equal({ 'public.address': 2 });
    // The links went: nothing that stays refers to them.
    expect((await rowsOf(database, tables))['person']).to.deep.equal(before['person']);
  });

  it('refuses where the archive lacks columns, unless the loss is accepted', async () => {
    const error = await failureIfAny(erase({ includeSecrets: [] }));
    expect([error?.code, error?.exitCode]).to.deep.equal(['ARCHIVE_LACKS_COLUMNS', 3]);
    expect(error?.message).to.contain('public.person.password');
    expect(await rowsOf(database, tables)).to.deep.equal(before);
    expect((await erase({ includeSecrets: [], force: true, acceptLoss: true })).status).to.equal('done');
  });

  it('refuses a policy that nullifies what cannot be NULL', async () => {
    const error = await failureIfAny(erase({}, { follow: { 'address.person': { onDelete: 'nullify' } } }));
    expect(error?.code).to.equal('CUT_NOT_NULL');
  });

  for (const [what, trigger] of [
    ['deletes rows of another table', 'DELETE FROM fine; RETURN OLD;'],
    ['leaves a row where it is', 'RETURN NULL;'],
  ] as const) {
    it(`commits nothing where a trigger ${what}`, async () => {
      await database.query(
        `CREATE FUNCTION act() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${trigger} END $$; CREATE TRIGGER act BEFORE DELETE ON address FOR EACH ROW EXECUTE FUNCTION act()`,
      );
      const error = await failureIfAny(erase({ journal: file('journal'), receipt: file('receipt') }));
      expect(error?.code).to.equal('VERIFY_FAILED');
      expect(await rowsOf(database, tables)).to.deep.equal(before);
      expect(readdirSync(folder)).to.deep.equal(['out.json']);
    });
  }

  it('lets a trigger write down what went', async () => {
    await database.query(
      `CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO audit (what) VALUES (OLD.name); RETURN OLD; END $$; CREATE TRIGGER note AFTER DELETE ON person FOR EACH ROW EXECUTE FUNCTION note()`,
    );
    await erase();
    expect((await rowsOf(database, ['audit']))['audit']).to.deep.equal(['(1,Ada)']);
  });

  for (const [what, statement] of [
    ['changes a row that goes', "UPDATE address SET street = 'y' WHERE id = 10"],
    ['refers to a row that goes', "INSERT INTO address VALUES (14, 1, 'z')"],
  ] as const) {
    it(`leaves nothing half done where another writer ${what} meanwhile`, async () => {
      const error = await failureIfAny(
        erase({ onPlan: () => database.query(statement).then(() => undefined), journal: file('journal') }),
      );
      expect(error?.exitCode).to.equal(3);
      expect(await database.query('SELECT FROM person WHERE id = 1')).to.have.length(1);
      expect((await rowsOf(database, ['loan']))['loan']).to.deep.equal(before['loan']);
      expect(readdirSync(folder)).to.deep.equal(['out.json']);
    });
  }

  it('plans without a trace, and writes no file but the plan, which lists every object once', async () => {
    const { status } = await erase({ dryRun: true, plan: file('plan'), journal: file('journal'), receipt: file('receipt') });
    expect(status).to.equal('planned');
    expect(await rowsOf(database, tables)).to.deep.equal(before);
    expect(readdirSync(folder)).to.deep.equal(['plan']);
    const [first, ...lines] = content('plan')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
    expect(first).to.have.keys(['archive', 'options']);
    expect(lines).to.deep.equal([
      { object: 'public.person.1', decision: 'delete' },
      { object: 'public.address.10', decision: 'delete' },
      { object: 'public.address.11', decision: 'delete' },
      { object: 'public.loan.20', decision: 'nullify', columns: ['person'], references: ['public.loan.person'] },
      { object: 'public.fine.30', decision: 'keep', reason: 'survives' },
      { object: 'public.tag.1', decision: 'keep', reason: 'shared' },
      { object: 'public.tag.2', decision: 'keep', reason: 'shared' },
    ]);
  });

  it('gives a receipt without values, and one of an erasure without names', async () => {
    await erase({ receipt: file('receipt') });
    const receipt = JSON.parse(content('receipt')) as { readonly deleted: object; readonly seeds: unknown };
    expect(receipt).to.deep.include({ seeds: ['public.person.1'], nullified: { 'public.loan.person': 1 } });
    expect(receipt.deleted).to.have.nested.property('public\\.person.count', 1);
    const second = await erase({ objects: ['person.2'], noArchive: true, receipt: file('erased') });
    expect(second.receiptKey).to.match(/^[\da-f]{64}$/u);
    const erased = content('erased');
    for (const text of ['Ada', 'Main', 'secret']) expect(content('receipt')).to.not.contain(text);
    for (const text of ['Ben', 'person.2', second.receiptKey ?? '']) expect(erased).to.not.contain(text);
    expect(JSON.parse(erased)).to.deep.include({ archive: null });
    expect(readdirSync(folder).sort()).to.deep.equal(['erased', 'out.json', 'receipt']);
  });

  it('goes down a chain of many rows', async () => {
    await database.query(
      "INSERT INTO person SELECT n, 'n', 'p', CASE n WHEN 100 THEN 1 ELSE n - 1 END FROM generate_series(100, 5100) n; CREATE INDEX ON person (parent); ANALYZE person",
    );
    const policy = { follow: { 'person.parent': { onDelete: 'delete' } } } as const;
    const { plan, statistics } = await erase({ dryRun: true }, policy);
    expect(plan.delete['public.person']).to.equal(5002);
    expect(statistics.queries).to.be.lessThan(250);
    // The end of the chain is held from outside: all of it stays.
    const archive = await exported();
    await database.query("INSERT INTO address VALUES (15, 5100, 'far')");
    const held = await erase({ archive }, policy);
    expect(held.plan.delete['public.person']).to.equal(undefined);
    expect(held.plan.reasons.referenced?.['public.person']).to.equal(5002);
  });

  it('wants exactly one of archive and objects, and somewhere to keep them', async () => {
    const wrong: readonly (readonly [DeleteOptions, string])[] = [
      [{}, 'NO_OBJECT'],
      [{ objects: ['person.1'] }, 'NO_OUTPUT'],
      [{ archive: 'a.json', objects: ['person.1'] }, 'OPTION_VALUE'],
      [{ objects: ['person.1'], noArchive: true }, 'NO_OUTPUT'],
      [{ objects: ['person.1'], noArchive: true, receipt: 'r', journal: 'j' }, 'OPTION_VALUE'],
      [{ objects: ['person.1'], output: '-' }, 'OPTION_VALUE'],
      [{ archive: 'a.json', dryrun: true } as DeleteOptions, 'OPTION_VALUE'],
    ];
    for (const [options, code] of wrong) expect((await failureIfAny(deleteObjects(dataSource, options)))?.code).to.equal(code);
  });
});
