import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { allShapes } from '../../bench/shapes/all-shapes.js';
import { openShape } from '../../bench/shapes/shape-database.js';
import { exportObjects, importObjects, verifyArchive } from '../../src/index.js';
import type { TestDatabase } from '../support/database.js';
import { createDatabase } from '../support/database.js';

/** Of the benchmark's rows; some shapes have as many as it takes at any size. */
const scale = 0.0005;

describe('what leaves is what SQL counts, and the same where it came from: ', () => {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-shapes-'));
  after(() => {
    rmSync(folder, { recursive: true });
  });

  for (const [name, make] of Object.entries(allShapes)) {
    // standby.test.ts, pooler.test.ts
    if (make(scale).through !== undefined) continue;
    it(name, async () => {
      const shape = make(scale);
      const database = await createDatabase();
      for (const statement of shape.sql) await database.query(statement);
      if (shape.analysed !== false) await database.query('ANALYZE');
      const { dataSource: from, ...opened } = await openShape(database.url, shape);
      const archive = join(folder, 'archive.json');
      try {
        const { object, follow } = shape;
        const { objects, links } = await exportObjects(from, {
          objects: [object],
          follow,
          ...opened,
          output: archive,
          force: true,
        });
        const expected = await counted(database, shape.objects);
        expect(objects).to.deep.equal(expected);
        expect(Object.values(links)).to.deep.equal(Object.values(await counted(database, shape.links ?? {})));
        expect((await verifyArchive(archive)).trailer.objects).to.deep.equal(expected);
        const { plan } = await importObjects(from, { archive, policy: opened.policy, dryRun: true });
        expect(plan.same).to.deep.equal(expected);
      } finally {
        await from.destroy();
        await database.drop();
      }
    });
  }
});

/** By model, those that are not none. */
async function counted(
  database: TestDatabase,
  selects: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, number>>> {
  const counts: [string, number][] = [];
  for (const [table, select] of Object.entries(selects)) {
    const [row] = await database.query(`SELECT count(*)::integer AS count FROM (${select}) rows`);
    const model = table.startsWith('zerver_') ? table.replace('_', '.') : `public.${table}`;
    counts.push([model, Number(row?.['count'])]);
  }
  return Object.fromEntries(counts.filter(([, count]) => count > 0).sort(([a], [b]) => (a < b ? -1 : 1)));
}
