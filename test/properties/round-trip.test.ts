import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { DataSource, EntitySchema } from 'typeorm';
import { exportObjects, importObjects, verifyArchive } from '../../src/index.js';
import type { TestDatabase } from '../support/database.js';
import { createDatabase } from '../support/database.js';
import { randomDatabase } from './random-schema.js';

const runs = Number(process.env['PORTOLAN_RUNS'] ?? 300);

// eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- the options are typed as a class there
const known = new EntitySchema<{ payload: string }>({
  name: 't0',
  tableName: 't0',
  columns: { payload: { type: 'text', primary: true } },
});

describe('random databases', () => {
  let source: TestDatabase;
  let target: TestDatabase;
  let from: DataSource;
  let to: DataSource;
  let folder: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'portolan-random-'));
    source = await createDatabase();
    target = await createDatabase();
    from = await new DataSource({ type: 'postgres', url: source.url, entities: [known] }).initialize();
    to = await new DataSource({ type: 'postgres', url: target.url, entities: [known] }).initialize();
  });

  after(async () => {
    await from.destroy();
    await to.destroy();
    await source.drop();
    await target.drop();
    rmSync(folder, { recursive: true });
  });

  it(`travel and come back as the same bytes, and are \`same\` at home (${String(runs)} runs)`, async function () {
    this.timeout(runs * 4000);
    const empty = 'DROP SCHEMA public CASCADE; CREATE SCHEMA public;';
    await fc.assert(
      fc.asyncProperty(randomDatabase, async ({ sql, rows, seed, follow }) => {
        // Rows come before their references are checked: circles of required references exist, too.
        await source.query(
          `${empty} ${sql}; SET session_replication_role = replica; ${rows.join('; ')}; RESET session_replication_role;`,
        );
        await target.query(`${empty} ${sql}`);
        const options = { objects: [seed], follow, reproducible: true, force: true } as const;
        const first = join(folder, 'first.json');
        const second = join(folder, 'second.json');
        await exportObjects(from, { ...options, output: first });
        await verifyArchive(first);
        const imported = await importObjects(to, { archive: first });
        if (imported.status !== 'done') throw new Error(`refused: ${JSON.stringify(imported.conflicts)}`);
        await exportObjects(to, { ...options, output: second });
        if (readFileSync(first, 'utf8') !== readFileSync(second, 'utf8')) throw new Error('it came back as other bytes');
        const home = await importObjects(from, { archive: first, dryRun: true });
        const changes = { ...home.plan, same: {} };
        if (
          Object.values(changes).some((counts) => Object.keys(counts).length > 0) ||
          Object.keys(home.links.insert).length > 0
        ) {
          throw new Error(`not the same at home: ${JSON.stringify(changes)}`);
        }
      }),
      { numRuns: runs, endOnFailure: false },
    );
  });
});
