import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { DataSource } from 'typeorm';
import { exportObjects, importObjects, undoJournal } from '../../src/index.js';
import { collidingNames, collidingRows, collidingTables } from '../properties/random-rows.js';
import type { TestDatabase } from '../support/database.js';
import { createDatabase } from '../support/database.js';
import { rowsOf } from '../support/journey.js';

const runs = Number(process.env['PORTOLAN_RUNS'] ?? 60);
const policy = { models: { team: {}, person: {}, tag: {}, visit: {} }, joinTables: ['person_tag'] };

describe('an import that is taken back', () => {
  let source: TestDatabase;
  let target: TestDatabase;
  let from: DataSource;
  let to: DataSource;
  let folder: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'portolan-undo-'));
    source = await createDatabase({ sql: collidingTables });
    target = await createDatabase({ sql: collidingTables });
    from = await new DataSource({ type: 'postgres', url: source.url, entities: [] }).initialize();
    to = await new DataSource({ type: 'postgres', url: target.url, entities: [] }).initialize();
  });

  after(async () => {
    await from.destroy();
    await to.destroy();
    await source.drop();
    await target.drop();
    rmSync(folder, { recursive: true });
  });

  it(`leaves every row as it was, under every strategy (${String(runs)} runs)`, async function () {
    this.timeout(runs * 20_000);
    const met = new Set<string>();
    const strategy = fc.constantFrom('fail', 'skip', 'override', 'override', 'override', 'remap', 'all' as const);
    await fc.assert(
      fc.asyncProperty(collidingRows, collidingRows, strategy, fc.nat(), async (mine, theirs, chosen, pick) => {
        const remapsAll = chosen === 'all';
        const onConflict = remapsAll ? 'remap' : chosen;
        await source.query(mine);
        await target.query(theirs);
        const people = await source.query('SELECT id FROM person ORDER BY id');
        const person = people[pick % Math.max(people.length, 1)]?.['id'] as number | undefined;
        if (person === undefined) return;
        const [archive, journal] = [join(folder, 'archive.json'), join(folder, 'journal')];
        await exportObjects(from, { objects: [`person.${String(person)}`], output: archive, policy, force: true });
        const before = await rowsOf(target, collidingNames);
        const { status, plan } = await importObjects(to, {
          ...{ archive, policy, onConflict, journal },
          remap: remapsAll ? 'all' : undefined,
        });
        if (status === 'refused') return;
        const undone = await undoJournal(to, { journal, policy });
        expect(undone.conflicts).to.deep.equal([]);
        expect(await rowsOf(target, collidingNames)).to.deep.equal(before);
        for (const [decision, counts] of Object.entries(plan)) if (Object.keys(counts).length > 0) met.add(decision);
        const again = await undoJournal(to, { journal, policy });
        const isEmpty = Object.values(undone.plan).every((counts) => Object.keys(counts).length === 0);
        expect(again.status, 'a second time').to.equal(isEmpty ? 'done' : 'refused');
      }),
      { numRuns: runs, endOnFailure: false },
    );
    if (runs >= 60) expect([...met]).to.include.members(['insert', 'update', 'remap']);
  });
});
