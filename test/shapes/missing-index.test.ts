import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { DataSource } from 'typeorm';
import { shapeDataSource } from '../../bench/shapes/shape-database.js';
import { exportInSizes } from '../../src/export/export-objects.js';
import { usualSizes } from '../../src/export/export-sizes.js';
import type { ExportOptions, ExportResult } from '../../src/index.js';
import type { TestDatabase } from '../support/database.js';
import { createDatabase } from '../support/database.js';
import { needsServer } from '../support/needs-server.js';

/** Events of visits of rooms, with remarks on them, so that they are listed; of those most belong to nobody who is asked for. */
const sql = `
  CREATE TABLE room (id integer PRIMARY KEY);
  CREATE TABLE visit (id integer PRIMARY KEY, room_id integer NOT NULL REFERENCES room, code uuid NOT NULL UNIQUE);
  CREATE INDEX ON visit (room_id);
  CREATE TABLE event (id integer PRIMARY KEY, visit_id integer NOT NULL REFERENCES visit, "by" uuid);
  CREATE TABLE remark (id integer PRIMARY KEY, event_id integer NOT NULL REFERENCES event);
  CREATE INDEX ON remark (event_id);
  INSERT INTO room VALUES (1), (2);
  INSERT INTO visit SELECT i, CASE WHEN i % 50 = 0 THEN 1 ELSE 2 END, md5(i::text)::uuid FROM generate_series(1, 5000) i;
  INSERT INTO event SELECT i, i % 5000 + 1, md5((i % 5000)::text)::uuid FROM generate_series(1, 120000) i;
  INSERT INTO remark SELECT i, i * 25 FROM generate_series(1, 4000) i;
  ANALYZE`;

const sizes = { ...usualSizes, batches: { integers: 30, texts: 30 } };

describe('a reference without an index', () => {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-missing-'));
  let database: TestDatabase;
  let from: DataSource;

  before(async () => {
    database = await createDatabase({ sql });
    from = await shapeDataSource(database.url);
  });
  after(async () => {
    await from.destroy();
    await database.drop();
    rmSync(folder, { recursive: true });
  });

  const taken = async (options: Partial<ExportOptions> = {}): Promise<ExportResult & { readonly archive: string }> => {
    const output = join(folder, 'out.json');
    const whole = { objects: ['public.room.1'], policy: { models: { room: {} } }, output, force: true, reproducible: true };
    const result = await exportInSizes(from, { ...whole, jobs: 1, ...options }, sizes);
    return { ...result, archive: readFileSync(output, 'utf8') };
  };
  const told = ({ findings }: ExportResult): readonly (readonly string[])[] =>
    findings.filter(({ kind }) => kind === 'missing-index').map(({ severity, on, reason }) => [severity, on, reason]);

  it('is told where the table is large and few of its rows are wanted, with the index that helps', async () => {
    expect(told(await taken())).to.deep.equal([
      [
        'note',
        'public.event.visit_id',
        'no index begins with visit_id: the whole table was read, about 120,000 rows; ' +
          'CREATE INDEX CONCURRENTLY ON "public"."event" ("visit_id")',
      ],
    ]);
    expect(told(await taken({ follow: 'dependencies' }))).to.deep.equal([]);
    expect(told(await taken({ objects: ['public.room.2'], dryRun: true }))).to.deep.equal([]);
  });

  it('is read by in one scan, however many keys are looked for, and by in batches where an index finds them', async () => {
    const without = await taken();
    await database.query('CREATE INDEX event_visit ON event (visit_id)');
    try {
      const indexed = await taken();
      expect(told(indexed)).to.deep.equal([]);
      expect(indexed.archive).to.equal(without.archive);
      expect(without.objects['public.event']).to.equal(2400);
      // A hundred visits, thirty at once.
      expect(indexed.statistics.queries - without.statistics.queries).to.equal(3);
    } finally {
      await database.query('DROP INDEX event_visit');
    }
  });

  it('gives the same rows where the policy filters them, and where the keys are UUIDs', async () => {
    const references = [{ from: 'event.by', to: 'visit.code' }];
    for (const policy of [
      { models: { room: {} }, follow: { 'event.visit_id': { where: 'id % 3 = 0' } } },
      { models: { room: {}, visit: { key: ['code'] } }, references },
    ]) {
      const without = await taken({ policy });
      await database.query('CREATE INDEX event_visit ON event (visit_id); CREATE INDEX event_by ON event ("by")');
      try {
        const indexed = await taken({ policy });
        expect(indexed.archive).to.equal(without.archive);
        expect(indexed.objects['public.event']).to.be.greaterThan(300);
        expect(indexed.statistics.queries).to.be.greaterThan(without.statistics.queries);
      } finally {
        await database.query('DROP INDEX event_visit; DROP INDEX event_by');
      }
    }
  });

  it('is read by in one scan despite an index, where there are more keys than rows below them', async function () {
    // To older servers a table that was never analysed has no rows.
    await needsServer(this, 14);
    const objects = ['public.room.2'];
    await database.query(`CREATE INDEX event_visit ON event (visit_id);
      CREATE TABLE stay (id integer PRIMARY KEY, visit_id integer NOT NULL REFERENCES visit);
      CREATE TABLE meal (id integer PRIMARY KEY, stay_id integer NOT NULL REFERENCES stay);
      CREATE INDEX ON stay (visit_id); CREATE INDEX ON meal (stay_id);
      INSERT INTO stay SELECT i, i * 3 FROM generate_series(1, 1500) i; INSERT INTO meal SELECT i, i FROM generate_series(1, 9) i`);
    try {
      const unknown = await taken({ objects });
      await database.query('ANALYZE stay');
      const counted = await taken({ objects });
      expect(counted.archive).to.equal(unknown.archive);
      expect(counted.objects['public.stay']).to.equal(1470);
      // 4900 visits, thirty at once.
      expect(unknown.statistics.queries - counted.statistics.queries).to.equal(163);
    } finally {
      await database.query('DROP TABLE meal; DROP TABLE stay; DROP INDEX event_visit');
    }
  });

  it('is not told where an index begins with it, whatever follows; a part of the rows or another kind of index does not help', async () => {
    for (const [index, count] of [
      ['btree (visit_id, id)', 0],
      ['hash (visit_id)', 0],
      ['btree (id, visit_id)', 1],
      ['btree (visit_id) WHERE id > 5', 1],
      ['brin (visit_id)', 1],
    ] as const) {
      await database.query(`CREATE INDEX event_visit ON event USING ${index}`);
      expect(told(await taken({ dryRun: true })).length, index).to.equal(count);
      await database.query('DROP INDEX event_visit');
    }
  });
});
