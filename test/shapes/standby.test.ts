import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { DataSource } from 'typeorm';
import { shapeDataSource, shapePolicy } from '../../bench/shapes/shape-database.js';
import { healthy } from '../../bench/shapes/states.js';
import { exportInSizes } from '../../src/export/export-objects.js';
import { usualSizes } from '../../src/export/export-sizes.js';
import { explainObjects, exportObjects, importObjects, PortolanError } from '../../src/index.js';
import { createDatabase } from '../support/database.js';
import type { StandbyServer } from '../../bench/shapes/standby-server.js';
import { startStandby } from '../../bench/shapes/standby-server.js';

const shape = healthy(0.004);
const statements = [...shape.sql, 'ANALYZE'];
const policy = shapePolicy(shape);
const objects = [shape.object];

describe('a standby', () => {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-standby-'));
  let standby: StandbyServer;
  let from: DataSource;

  before(async function () {
    this.timeout(180_000);
    standby = await startStandby(statements, ['fsync=off']);
    from = await shapeDataSource(standby.url);
  });
  after(async () => {
    await from?.destroy();
    await standby?.stop();
    rmSync(folder, { recursive: true });
  });

  it('is one: it takes no write and no temporary table', async () => {
    expect(await from.query('SELECT pg_is_in_recovery() AS is')).to.deep.equal([{ is: true }]);
    const refusal: unknown = await from.query('CREATE TEMP TABLE x ()').catch((error: unknown) => error);
    expect(refusal).to.include({ code: '25006' });
  });

  it('is exported from by several readers on one snapshot, as the same bytes that a primary gives', async () => {
    const database = await createDatabase({ sql: statements.join(';') });
    const primary = await shapeDataSource(database.url);
    try {
      const archives: string[] = [];
      const sizes = { ...usualSizes, unit: 500 };
      for (const [source, jobs] of [
        [primary, 1],
        [from, 1],
        [from, 3],
      ] as const) {
        const output = join(folder, 'out.json');
        const { total } = await exportInSizes(source, { objects, policy, output, jobs, force: true, reproducible: true }, sizes);
        expect(total).to.be.greaterThan(4000);
        archives.push(readFileSync(output, 'utf8'));
      }
      expect(new Set(archives).size).to.equal(1);
    } finally {
      await primary.destroy();
      await database.drop();
    }
  });

  it('explains what would leave', async () => {
    const { objects: counts } = await explainObjects(from, { objects, policy });
    expect(counts['public.orders']).to.equal(1000);
  });

  it('takes no import, and says where one goes', async () => {
    const archive = join(folder, 'archive.json');
    await exportObjects(from, { objects, policy, output: archive, force: true });
    for (const dryRun of [true, false]) {
      const failure = await importObjects(from, { archive, policy, dryRun }).catch((error: unknown) => error);
      expect(failure).to.be.instanceOf(PortolanError);
      expect(failure).to.include({ code: 'READ_ONLY_DATABASE', status: 'failed' });
      expect((failure as PortolanError).hint).to.contain('connect to the primary');
    }
  });
});
