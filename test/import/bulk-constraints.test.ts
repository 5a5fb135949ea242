import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { ImportOptions, ImportResult, Policy } from '../../src/index.js';
import { exportObjects, importObjects } from '../../src/index.js';
import { brokenForeignKeys } from '../support/broken-foreign-keys.js';
import { failureOf } from '../support/failure.js';
import { libraryMove } from './library-move.js';
import type { Move } from './move.js';
import { move } from './move.js';

/** Foreign keys of every kind: several columns, MATCH FULL, onto itself, in a circle, deferrable, of unlike types and collations, onto and in partitions. */
const sql = `CREATE COLLATION blind (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
  CREATE TABLE place (country text COLLATE blind, city varchar(20) COLLATE "C", PRIMARY KEY (country, city));
  CREATE TABLE person (id int8 PRIMARY KEY, boss int4 REFERENCES person, country text COLLATE blind, city varchar(20) COLLATE "POSIX", wing int,
    FOREIGN KEY (country, city) REFERENCES place MATCH FULL);
  CREATE TABLE wing (id int2 PRIMARY KEY, head int8 NOT NULL REFERENCES person, next int8 REFERENCES wing DEFERRABLE);
  ALTER TABLE person ADD FOREIGN KEY (wing) REFERENCES wing;
  CREATE TABLE visit (id int, day date, person int REFERENCES person, PRIMARY KEY (id, day)) PARTITION BY RANGE (day);
  CREATE TABLE visit_1 PARTITION OF visit FOR VALUES FROM (MINVALUE) TO ('2001-01-01');
  CREATE TABLE visit_2 PARTITION OF visit FOR VALUES FROM ('2001-01-01') TO (MAXVALUE);
  CREATE TABLE note (id int PRIMARY KEY, visit int, day date, of_old int, old_day date, FOREIGN KEY (visit, day) REFERENCES visit,
    CONSTRAINT old FOREIGN KEY (of_old, old_day) REFERENCES visit_1);
  CREATE TYPE mood AS ENUM ('good', 'bad'); CREATE DOMAIN code AS char(4);
  CREATE TABLE kind (mood mood, parts text[], code code, PRIMARY KEY (mood, parts, code));
  CREATE TABLE thing (id int PRIMARY KEY, mood mood, parts text[], code char(5), FOREIGN KEY (mood, parts, code) REFERENCES kind);
  CREATE TABLE guest (wing int2 REFERENCES wing, person int8 REFERENCES person, PRIMARY KEY (wing, person))`;
const source = `BEGIN; ALTER TABLE person DISABLE TRIGGER ALL;
  INSERT INTO place VALUES ('de', 'Ulm'), ('FR', 'Paris');
  INSERT INTO person SELECT i, nullif(i - 1, 0), CASE WHEN i % 2 = 0 THEN 'DE' END, CASE WHEN i % 2 = 0 THEN 'Ulm' END, 1 + i % 3 FROM generate_series(1, 50) i;
  INSERT INTO wing VALUES (1, 1, NULL), (2, 20, 1), (3, 3, 3);
  INSERT INTO visit SELECT i, '2000-12-20'::date + i, i FROM generate_series(1, 20) i;
  INSERT INTO note SELECT i, i, '2000-12-20'::date + i, 1 + i % 5, '2000-12-21'::date + i % 5 FROM generate_series(1, 20) i;
  INSERT INTO kind VALUES ('good', '{a,b}', 'x'), ('bad', '{}', 'y'); INSERT INTO thing VALUES (1, 'good', '{a,b}', 'x '), (2, 'bad', '{}', 'y'), (3, NULL, NULL, 'z');
  INSERT INTO guest SELECT 1 + i % 3, i FROM generate_series(1, 50) i;
  ALTER TABLE person ENABLE TRIGGER ALL; COMMIT`;
const tables = ['place', 'person', 'wing', 'visit', 'note', 'kind', 'thing', 'guest'];
const policy: Policy = {
  models: { place: {}, person: {}, wing: {}, visit: {}, note: {}, kind: {}, thing: {} },
  joinTables: ['guest'],
};
const objects = ['place.country=FR,city=Paris', 'person.1', 'place.country=de,city=Ulm', 'thing.1', 'thing.2', 'thing.3'];

describe('an import that checks foreign keys set by set', () => {
  let moved: Move;

  async function begin(target = ''): Promise<void> {
    moved = await move({ sql, source, target, policy, objects });
  }

  afterEach(() => moved.close());

  async function contents(database: 'source' | 'target'): Promise<unknown> {
    const found: unknown[] = [];
    for (const table of tables) found.push(await moved[database].query(`SELECT * FROM ${table} t ORDER BY t::text COLLATE "C"`));
    return found;
  }

  const told = ({ status, plan, links, conflicts, findings }: ImportResult): unknown => ({
    ...{ status, plan, links, conflicts, findings },
  });

  it('writes what any other import writes, with no row locked and no row checked by itself', async () => {
    await begin();
    const ordinary = await moved.import({ dryRun: true });
    const dry = await moved.import({ dryRun: true, bulkConstraints: true });
    expect(told(dry)).to.deep.equal(told(ordinary));
    const result = await moved.import({ bulkConstraints: true });
    expect(told(result)).to.deep.equal({ ...(told(ordinary) as object), status: 'done' });
    expect(result.plan.insert['public.person']).to.equal(50);
    expect(await contents('target')).to.deep.equal(await contents('source'));
    expect(await brokenForeignKeys(moved.target)).to.deep.equal([]);
    // Whoever checks a row locks its parent.
    for (const table of tables) expect(await moved.target.query(`SELECT xmax FROM ${table} WHERE xmax <> '0'`)).to.deep.equal([]);
    const [role] = await moved.to.query<unknown[]>("SELECT current_setting('session_replication_role') AS role");
    expect(role).to.deep.equal({ role: 'origin' });
    expect((await moved.import({ bulkConstraints: true })).plan.same['public.person']).to.equal(50);
  });

  for (const [what, change, constraint] of [
    ['of several columns', 'FOREIGN KEY (more, most) REFERENCES place', 'late'],
    ['that is NULL in part where it must be so in full', 'FOREIGN KEY (more, none) REFERENCES place MATCH FULL', 'late'],
    ['that can be deferred', 'FOREIGN KEY (more, most) REFERENCES place DEFERRABLE INITIALLY DEFERRED', 'late'],
    ['that was never validated', 'FOREIGN KEY (more, most) REFERENCES place NOT VALID', 'late'],
  ] as const) {
    it(`refuses a reference ${what} that only the target has, as any other import does, and writes nothing`, async () => {
      await begin(
        `ALTER TABLE person ADD more text COLLATE blind DEFAULT 'de', ADD most varchar DEFAULT 'Bonn', ADD none varchar, ADD CONSTRAINT late ${change}`,
      );
      await expectRefused(constraint);
    });
  }

  for (const [what, change] of [
    ['of a table onto itself', 'ALTER TABLE person ADD other int8 DEFAULT 99 CONSTRAINT late REFERENCES person'],
    [
      'of a single partition',
      'ALTER TABLE visit ADD other int8 DEFAULT 99; ALTER TABLE visit_2 ADD CONSTRAINT late FOREIGN KEY (other) REFERENCES person',
    ],
    [
      'of a partitioned table',
      'ALTER TABLE visit ADD other int8 DEFAULT 99, ADD CONSTRAINT late FOREIGN KEY (other) REFERENCES person',
    ],
    [
      'onto a single partition',
      "ALTER TABLE note ADD other int DEFAULT 20, ADD d date DEFAULT '2001-01-09', ADD CONSTRAINT late FOREIGN KEY (other, d) REFERENCES visit_1",
    ],
    [
      'of an enumeration, an array and a domain',
      "ALTER TABLE thing ADD m mood DEFAULT 'good', ADD p text[] DEFAULT '{a,c}', ADD c char(9) DEFAULT 'x', ADD CONSTRAINT late FOREIGN KEY (m, p, c) REFERENCES kind",
    ],
    [
      'onto a table that takes no part',
      'CREATE TABLE room (id int PRIMARY KEY); ALTER TABLE note ADD room int DEFAULT 5 CONSTRAINT late REFERENCES room',
    ],
    [
      'onto rows of heirs',
      'CREATE TABLE room (id int PRIMARY KEY); CREATE TABLE hall () INHERITS (room); INSERT INTO hall VALUES (5); ALTER TABLE note ADD room int DEFAULT 5 CONSTRAINT late REFERENCES room',
    ],
  ] as const) {
    it(`refuses one ${what} that leads nowhere, as any other import does, and writes nothing`, async () => {
      await begin(change);
      await expectRefused('late');
    });
  }

  async function expectRefused(constraint: string): Promise<void> {
    const options: readonly Partial<ImportOptions>[] = [{}, { bulkConstraints: true }, { bulkConstraints: true, dryRun: true }];
    const results: ImportResult[] = [];
    for (const one of options) results.push(await moved.import(one));
    for (const { status, conflicts, findings } of results) {
      expect([status, conflicts.map(({ reason, constraint: name }) => [reason, name])]).to.deep.equal([
        'refused',
        [['missing-reference', constraint]],
      ]);
      expect(findings).to.deep.equal(results[0]?.findings);
    }
    expect(results[1]?.conflicts).to.deep.equal(results[0]?.conflicts);
    expect(await contents('target')).to.deep.equal(tables.map(() => []));
  }

  it('refuses an archive with a reference that leads nowhere by the object that holds it, and leaves it out under skip', async () => {
    await begin();
    await moved.source.query('ALTER TABLE visit DROP CONSTRAINT visit_person_fkey; UPDATE visit SET person = 77 WHERE id = 3');
    const loose: Policy = { ...policy, references: [{ from: 'visit.person', to: 'person' }] };
    await moved.export({ policy: loose, objects: [...objects, 'visit.id=3,day=2000-12-23'] });
    const ordinary = await moved.import();
    const result = await moved.import({ bulkConstraints: true });
    expect(told(result)).to.deep.equal(told(ordinary));
    expect(result.conflicts).to.have.length(1);
    expect(await contents('target')).to.deep.equal(tables.map(() => []));
    const skipped = await moved.import({ bulkConstraints: true, onConflict: 'skip' });
    expect([skipped.status, skipped.plan.skip['public.visit'], skipped.plan.insert['public.visit']]).to.deep.equal([
      'done',
      1,
      19,
    ]);
    expect(await brokenForeignKeys(moved.target)).to.deep.equal([]);
  });

  it('refuses a link whose end a trigger leaves out as any other import does', async () => {
    const leaveOut = `CREATE FUNCTION leave_out() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
      ALTER TABLE wing ALTER head DROP NOT NULL; CREATE TRIGGER leave_out BEFORE INSERT ON wing FOR EACH ROW EXECUTE FUNCTION leave_out();
      ALTER TABLE person DROP CONSTRAINT person_wing_fkey`;
    await begin(leaveOut);
    const ordinary = await failureOf(moved.import());
    const failure = await failureOf(moved.import({ bulkConstraints: true }));
    expect(failure).to.include({ code: 'ARCHIVE_NOT_CLOSED', message: (ordinary as Error).message });
    expect(await contents('target')).to.deep.equal(tables.map(() => []));
  });
});

describe('the library, its foreign keys checked set by set', () => {
  it('is the same as one that was imported otherwise', async () => {
    const library = await libraryMove();
    try {
      const archive = join(library.folder, 'all.json');
      await exportObjects(library.from, { objects: ['Genre.1'], follow: 'connected', output: archive, reproducible: true });
      const dry = await importObjects(library.to, { archive, dryRun: true });
      const { status, plan } = await importObjects(library.to, { archive, bulkConstraints: true });
      expect([status, plan]).to.deep.equal(['done', dry.plan]);
      expect(await brokenForeignKeys(library.target)).to.deep.equal([]);
      const again = join(library.folder, 'again.json');
      await exportObjects(library.to, { objects: ['Genre.1'], follow: 'connected', output: again, reproducible: true });
      expect(readFileSync(again, 'utf8')).to.equal(readFileSync(archive, 'utf8'));
    } finally {
      await library.close();
    }
  });
});
