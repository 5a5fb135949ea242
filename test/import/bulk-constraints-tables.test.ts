import { join } from 'node:path';
import { expect } from 'chai';
import { DataSource, EntitySchema } from 'typeorm';
import type { ImportResult, Policy } from '../../src/index.js';
import { exportObjects, importObjects } from '../../src/index.js';
import { brokenForeignKeys } from '../support/broken-foreign-keys.js';
import { needsServer } from '../support/needs-server.js';
import type { Move } from './move.js';
import { move } from './move.js';

const sql = `CREATE TABLE author (id int PRIMARY KEY, name text, best int);
  CREATE TABLE book (id int PRIMARY KEY, author int NOT NULL REFERENCES author);
  ALTER TABLE author ADD FOREIGN KEY (best) REFERENCES book; CREATE TABLE log (entry int)`;
const source = `INSERT INTO author VALUES (1, 'Ada'), (2, 'Bob'); INSERT INTO book VALUES (1, 1), (2, 1), (3, 2), (4, 2);
  UPDATE author SET best = 2 * id`;
const policy: Policy = { models: { author: {}, book: {} } };

describe('a table that foreign keys of are not checked set by set', () => {
  let moved: Move;

  afterEach(() => moved.close());

  /** An import that checks what it can set by set, and an ordinary one that is only planned before. */
  async function both(target: string): Promise<readonly [planned: ImportResult, result: ImportResult]> {
    moved = await move({ sql, source, target, policy, objects: ['author.1', 'author.2'] });
    const planned = await moved.import({ dryRun: true });
    return [planned, await moved.import({ bulkConstraints: true })];
  }

  const notes = ({ findings }: ImportResult): readonly string[] =>
    findings.filter(({ kind }) => kind === 'row-by-row').map(({ on, reason }) => `${on} ${reason}`);

  const logged = `CREATE FUNCTION logged() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO public.log VALUES (NEW.id); RETURN NEW; END'`;
  const onBook = 'ON book FOR EACH ROW EXECUTE FUNCTION logged()';
  for (const [what, target, reason, entries] of [
    ['has a trigger, which fires', `${logged}; CREATE TRIGGER told AFTER INSERT ${onBook}`, /, by told$/u, [1, 2, 3, 4]],
    [
      'has a trigger that fires for every role',
      `${logged}; CREATE TRIGGER told AFTER INSERT ${onBook}; ALTER TABLE book ENABLE ALWAYS TRIGGER told`,
      /, by told$/u,
      [1, 2, 3, 4],
    ],
    [
      'has a trigger that replicas fire alone, which does not',
      `${logged}; CREATE TRIGGER told AFTER INSERT ${onBook}; ALTER TABLE book ENABLE REPLICA TRIGGER told`,
      /, by told$/u,
      [],
    ],
    [
      'has a constraint trigger, which fires late',
      `${logged}; CREATE CONSTRAINT TRIGGER told AFTER INSERT ON book DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION logged()`,
      /, by told$/u,
      [1, 2, 3, 4],
    ],
    [
      'has a default that calls a function of the application',
      `CREATE FUNCTION draw() RETURNS int LANGUAGE sql AS 'INSERT INTO public.log VALUES (7) RETURNING 1'; ALTER TABLE book ADD drawn int DEFAULT public.draw()`,
      /the default of drawn calls a function/u,
      [7, 7, 7, 7],
    ],
  ] as const) {
    it(`is one that ${what}`, async () => {
      const [planned, result] = await both(target);
      expect([result.status, result.plan]).to.deep.equal(['done', planned.plan]);
      expect(notes(result)).to.have.length(1);
      expect(notes(result)[0])
        .to.match(/^public\.book its foreign keys are checked row by row: /u)
        .and.match(reason);
      expect((await moved.rows('log')).map(({ entry }) => entry)).to.deep.equal(entries);
      expect([await moved.rows('author'), await moved.rows('book')].map((rows) => rows.length)).to.deep.equal([2, 4]);
      expect(await brokenForeignKeys(moved.target)).to.deep.equal([]);
    });
  }

  it('is one with a trigger of a single partition', async () => {
    moved = await move({
      sql: `CREATE TABLE author (id int PRIMARY KEY); CREATE TABLE log (entry int); ${logged};
        CREATE TABLE book (id int PRIMARY KEY, author int REFERENCES author) PARTITION BY RANGE (id);
        CREATE TABLE few PARTITION OF book FOR VALUES FROM (0) TO (3); CREATE TABLE many PARTITION OF book FOR VALUES FROM (3) TO (9)`,
      source: 'INSERT INTO author VALUES (1); INSERT INTO book SELECT i, 1 FROM generate_series(1, 4) i',
      target: 'CREATE TRIGGER told AFTER INSERT ON many FOR EACH ROW EXECUTE FUNCTION logged()',
      ...{ policy, objects: ['author.1'] },
    });
    expect(notes(await moved.import({ bulkConstraints: true }))).to.have.length(1);
    expect((await moved.rows('log')).map(({ entry }) => entry)).to.deep.equal([3, 4]);
  });

  it('is one with a unique constraint that can be deferred: what repeats is found', async () => {
    const [planned, result] = await both('ALTER TABLE book ADD slot int DEFAULT 1 UNIQUE DEFERRABLE');
    for (const { status, conflicts } of [planned, result])
      expect([status, conflicts.map(({ constraint }) => constraint)]).to.deep.equal(['refused', ['book_slot_key']]);
    expect(notes(result)).to.deep.equal([
      'public.book its foreign keys are checked row by row: more is done for each row, by book_slot_key',
    ]);
    expect(await moved.rows('book')).to.deep.equal([]);
  });

  it('is one with rows of its own', async () => {
    const [, result] = await both("INSERT INTO author VALUES (9, 'Eve'); INSERT INTO book VALUES (9, 9)");
    expect(result.status).to.equal('done');
    expect(notes(result)).to.deep.equal(
      ['author', 'book'].map((name) => `public.${name} its foreign keys are checked row by row: the table has rows already`),
    );
    expect(await brokenForeignKeys(moved.target)).to.deep.equal([]);
  });

  it('is one that refers to a period', async function () {
    await needsServer(this, 18);
    const stay = `CREATE TABLE stay (room int4range, days daterange, PRIMARY KEY (room, days WITHOUT OVERLAPS));
      ALTER TABLE book ADD room int4range DEFAULT '[1,2)', ADD days daterange DEFAULT '[2001-01-01,2001-02-01)',
        ADD CONSTRAINT stays FOREIGN KEY (room, PERIOD days) REFERENCES stay (room, PERIOD days)`;
    const row = (days: string): string => `INSERT INTO stay VALUES ('[1,2)', '${days}')`;
    const [, result] = await both(`${stay}; ${row('[2001-01-01,2001-01-09)')}; ${row('[2001-01-09,2002-01-01)')}`);
    expect(result.status).to.equal('done');
    expect(notes(result)).to.deep.equal(['public.book its foreign keys are checked row by row: stays compares periods']);
  });

  it('is none for a constraint that is not enforced', async function () {
    await needsServer(this, 18);
    const [, result] = await both(
      'CREATE TABLE room (id int PRIMARY KEY); ALTER TABLE book ADD room int DEFAULT 9 REFERENCES room NOT ENFORCED',
    );
    expect([result.status, notes(result)]).to.deep.equal(['done', []]);
    expect(await moved.rows('book')).to.have.length(4);
  });

  for (const stays of ['author', 'book'] as const) {
    it(`writes a circle of required references of which it covers all but ${stays}`, async () => {
      const [planned, result] = await both(
        `${logged}; CREATE TRIGGER told AFTER INSERT ON ${stays} FOR EACH ROW EXECUTE FUNCTION logged(); ALTER TABLE author ALTER best SET NOT NULL`,
      );
      expect([result.status, result.plan]).to.deep.equal(['done', planned.plan]);
      expect(notes(result)).to.have.length(1);
      expect(await moved.rows('book')).to.deep.equal(await moved.source.query('SELECT * FROM book ORDER BY 1'));
      expect((await moved.rows('log')).map(({ entry }) => entry)).to.deep.equal((await moved.rows(stays)).map(({ id }) => id));
      expect(await brokenForeignKeys(moved.target)).to.deep.equal([]);
    });
  }

  it('is written with those that it needs at once, though one among them is covered and needs what comes later', async () => {
    moved = await move({
      sql: `CREATE TABLE a (id int PRIMARY KEY, next int); CREATE TABLE b (id int PRIMARY KEY, next int); CREATE TABLE c (id int PRIMARY KEY, next int);
        ALTER TABLE a ADD FOREIGN KEY (next) REFERENCES b; ALTER TABLE b ADD FOREIGN KEY (next) REFERENCES c;
        ALTER TABLE c ADD FOREIGN KEY (next) REFERENCES a; CREATE TABLE log (entry int); ${logged}`,
      source: 'INSERT INTO a VALUES (1); INSERT INTO c VALUES (3, 1); INSERT INTO b VALUES (2, 3); UPDATE a SET next = 2',
      target: 'CREATE TRIGGER told AFTER INSERT ON a FOR EACH ROW EXECUTE FUNCTION logged()',
      ...{ policy: { models: { a: {}, b: {}, c: {} } }, objects: ['a.1'] },
    });
    const result = await moved.import({ bulkConstraints: true });
    expect([result.status, notes(result).length]).to.deep.equal(['done', 1]);
    expect([await moved.rows('a'), await moved.rows('b'), await moved.rows('c')]).to.deep.equal([
      [{ id: 1, next: 2 }],
      [{ id: 2, next: 3 }],
      [{ id: 3, next: 1 }],
    ]);
  });

  it('is none for a partition that stands for itself: what it inherits is checked', async () => {
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- TypeORM takes plain objects here
    const entity = new EntitySchema<{ id: number }>({
      name: 'Late',
      tableName: 'late',
      columns: { id: { type: 'int', primary: true } },
    });
    moved = await move({
      sql: `${sql}; CREATE TABLE place (id int PRIMARY KEY);
        CREATE TABLE visit (id int PRIMARY KEY, place int CONSTRAINT lies REFERENCES place) PARTITION BY RANGE (id);
        CREATE TABLE late PARTITION OF visit FOR VALUES FROM (0) TO (9); ALTER TABLE late ADD FOREIGN KEY (id) REFERENCES author`,
      source: `${source}; INSERT INTO place VALUES (1); INSERT INTO visit VALUES (1, 1)`,
      target: "INSERT INTO author VALUES (1, 'Ada')",
      ...{ policy, objects: ['author.1'] },
    });
    const archive = join(moved.folder, 'late.json');
    const mapped = (url: string) => new DataSource({ type: 'postgres', url, entities: [entity] }).initialize();
    const [from, to] = [await mapped(moved.source.url), await mapped(moved.target.url)];
    await exportObjects(from, { objects: ['Late.1'], output: archive });
    const ordinary = await importObjects(to, { archive });
    const result = await importObjects(to, { archive, bulkConstraints: true });
    for (const one of [from, to]) await one.destroy();
    expect([result.status, result.conflicts.map(({ constraint }) => constraint)]).to.deep.equal(['refused', ['lies']]);
    expect([result.conflicts, notes(result)]).to.deep.equal([ordinary.conflicts, []]);
  });

  it('is written with all that triggers do, whatever is written before and after it without', async () => {
    const role = `CREATE FUNCTION role() RETURNS trigger LANGUAGE plpgsql AS
      'BEGIN INSERT INTO public.said VALUES (TG_TABLE_NAME, current_setting(''session_replication_role'')); RETURN NEW; END'`;
    const joined = (table: string, to: string): string =>
      `CREATE TABLE ${table} (book int REFERENCES book, ${to} int REFERENCES ${to}, PRIMARY KEY (book, ${to}))`;
    moved = await move({
      sql: `CREATE TABLE book (id int PRIMARY KEY, prior int REFERENCES book); CREATE TABLE tag (id int PRIMARY KEY); CREATE TABLE ware (id int PRIMARY KEY);
        CREATE TABLE zone (id int PRIMARY KEY); ${joined('book_tag', 'tag')}; ${joined('book_ware', 'ware')}; ${joined('book_zone', 'zone')}`,
      source: `INSERT INTO book VALUES (1); INSERT INTO tag VALUES (1); INSERT INTO ware VALUES (1); INSERT INTO zone VALUES (1);
        INSERT INTO book_tag VALUES (1, 1); INSERT INTO book_ware VALUES (1, 1); INSERT INTO book_zone VALUES (1, 1)`,
      target: `CREATE TABLE said (by text, role text); ${role}; CREATE TRIGGER told AFTER INSERT ON book_ware FOR EACH ROW EXECUTE FUNCTION role();
        CREATE CONSTRAINT TRIGGER told AFTER INSERT ON book DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION role()`,
      policy: { models: { book: {}, tag: {}, ware: {}, zone: {} }, joinTables: ['book_tag', 'book_ware', 'book_zone'] },
      objects: ['book.1'],
    });
    const result = await moved.import({ bulkConstraints: true });
    expect([result.status, notes(result).length, result.links.insert]).to.deep.equal([
      'done',
      2,
      { 'public.book.tag': 1, 'public.book.ware': 1, 'public.book.zone': 1 },
    ]);
    expect(await moved.rows('said')).to.deep.equal(['book', 'book_ware'].map((by) => ({ by, role: 'origin' })));
    expect(await moved.target.query('SELECT xmax FROM tag UNION ALL SELECT xmax FROM zone')).to.deep.equal([
      { xmax: '0' },
      { xmax: '0' },
    ]);
  });
});
