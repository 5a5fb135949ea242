import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { openShape } from '../../bench/shapes/shape-database.js';
import type { MakeShape } from '../../bench/shapes/shape.js';
import { bloated, healthy, unanalysed } from '../../bench/shapes/states.js';
import { exportObjects, importObjects } from '../../src/index.js';
import type { TestDatabase } from '../support/database.js';
import { createDatabase } from '../support/database.js';

/** Of the benchmark's rows: as many as it takes for a bad plan to stand out. */
const scale = 0.02;

interface Work {
  /** What the database read of the tables and their indexes, from its buffers or not. */
  readonly rows: number;
  readonly blocks: number;
}

/** What is read for an export, and for a dry run of the import of what is there already. */
interface Works {
  readonly exported: Work;
  readonly planned: Work;
}

describe('a database whose statistics say little is read by plans as good as those of one that was analysed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-statistics-'));
  let usual: Works;

  before(async () => {
    usual = await worksOf(healthy);
  });

  after(() => {
    rmSync(folder, { recursive: true });
  });

  it('where nobody ever counted its rows', async () => {
    const works = await worksOf(unanalysed);
    for (const part of ['exported', 'planned'] as const) {
      expect(works[part].rows, `rows ${part}`).to.be.within(1, usual[part].rows * 2);
      expect(works[part].blocks, `blocks ${part}`).to.be.within(1, usual[part].blocks * 2);
    }
  });

  it('where a third of it is rows that nobody sees any more', async () => {
    const works = await worksOf(bloated);
    for (const part of ['exported', 'planned'] as const) {
      expect(works[part].rows, `rows ${part}`).to.be.within(1, usual[part].rows * 2);
      // In the order of the keys it goes to and fro between rows that stayed where they were and those that were written anew.
      expect(works[part].blocks, `blocks ${part}`).to.be.within(1, usual[part].blocks * 2 + works[part].rows);
    }
  });

  async function worksOf(make: MakeShape): Promise<Works> {
    const shape = make(scale);
    const database = await createDatabase();
    try {
      for (const statement of shape.sql) await database.query(statement);
      if (shape.analysed !== false) await database.query('ANALYZE');
      const archive = join(folder, 'archive.json');
      const { object, follow } = shape;
      const exported = await workOf(database, async () => {
        const { dataSource, ...opened } = await openShape(database.url, shape);
        await exportObjects(dataSource, { objects: [object], follow, ...opened, output: archive, force: true });
        await dataSource.destroy();
      });
      const planned = await workOf(database, async () => {
        const { dataSource, policy } = await openShape(database.url, shape);
        const { plan } = await importObjects(dataSource, { archive, policy, dryRun: true });
        expect(Object.keys(plan.same)).to.have.length(4);
        await dataSource.destroy();
      });
      return { exported, planned };
    } finally {
      await database.drop();
    }
  }
});

async function workOf(database: TestDatabase, work: () => Promise<void>): Promise<Work> {
  await database.query('SELECT pg_stat_force_next_flush()');
  const before = await readSoFar(database);
  await work();
  // A connection tells what it did before it is gone.
  const others =
    "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()";
  while ((await database.query(others)).length > 0) await new Promise((resolve) => setTimeout(resolve, 50));
  const after = await readSoFar(database);
  return { rows: after.rows - before.rows, blocks: after.blocks - before.blocks };
}

async function readSoFar(database: TestDatabase): Promise<Work> {
  const [row] = await database.query(
    `SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0)) AS rows,
       sum(heap_blks_hit + heap_blks_read + coalesce(idx_blks_hit + idx_blks_read, 0)) AS blocks
     FROM pg_stat_user_tables JOIN pg_statio_user_tables USING (relid)`,
  );
  return { rows: Number(row?.['rows']), blocks: Number(row?.['blocks']) };
}
