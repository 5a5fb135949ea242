import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { DataSource } from 'typeorm';
import type { ArchiveObject } from '../../src/index.js';
import { deleteObjects, exportObjects, undoJournal } from '../../src/index.js';
import type { TestDatabase } from '../support/database.js';
import { createDatabase } from '../support/database.js';
import { failureOf } from '../support/failure.js';
import { expectedDeletion } from './expected-deletion.js';
import { graphChanges, graphOf, graphPolicy, graphRows, graphRules, graphTables } from './graph-tables.js';

const runs = Number(process.env['PORTOLAN_RUNS'] ?? 25);

describe('the deletion of random graphs', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let folder: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'portolan-delete-'));
    database = await createDatabase({ sql: graphTables });
    dataSource = await new DataSource({ type: 'postgres', url: database.url, entities: [] }).initialize();
  });

  after(async () => {
    await dataSource.destroy();
    await database.drop();
    rmSync(folder, { recursive: true });
  });

  const archiveOf = (path: string): { header: { seeds: string[] }; objects: ArchiveObject[] } =>
    JSON.parse(readFileSync(path, 'utf8')) as { header: { seeds: string[] }; objects: ArchiveObject[] };

  it(`removes what a model of it says, and nothing else (${String(runs)} runs)`, async function () {
    this.timeout(runs * 20_000);
    const met = new Set<string>();
    await fc.assert(
      fc.asyncProperty(graphRows, graphChanges, graphRules, fc.nat(), async (rows, changes, rules, pick) => {
        await database.query(rows);
        const people = await database.query('SELECT id FROM a ORDER BY id');
        const person = people[pick % people.length]?.['id'] as number;
        const [archive, policy] = [join(folder, 'archive.json'), graphPolicy(rules)];
        await exportObjects(dataSource, {
          objects: [`a.${String(person)}`],
          output: archive,
          policy,
          force: true,
          reproducible: true,
        });
        await database.query(changes);
        const before = await graphOf(database);
        const { objects } = archiveOf(archive);
        const expected = expectedDeletion(rules, [`a.${String(person)}`], objects, before);
        const planned = join(folder, 'plan');
        const dry = await deleteObjects(dataSource, { archive, policy, dryRun: true, plan: planned });
        expect(await graphOf(database), 'after the dry run').to.deep.equal(before);
        const journal = join(folder, 'journal');
        // By the plan, or by itself: it comes to the same.
        const real = await deleteObjects(dataSource, {
          archive,
          policy,
          journal,
          ...(pick % 2 === 0 ? { applyPlan: planned } : {}),
        });
        expect(real.plan, 'the dry run').to.deep.equal(dry.plan);
        const { plan } = real;
        for (const [what, counts] of Object.entries({
          ...plan.reasons,
          delete: plan.delete,
          nullify: plan.nullify,
          links: plan.links,
        }))
          if (Object.keys(counts).length > 0) met.add(what);
        expect(Object.fromEntries(await graphOf(database))).to.deep.equal(Object.fromEntries(expected.after));
        const undone = await undoJournal(dataSource, { journal, policy });
        expect(undone.conflicts).to.deep.equal([]);
        expect(Object.fromEntries(await graphOf(database)), 'taken back').to.deep.equal(Object.fromEntries(before));
        // Whatever is otherwise now: it is refused, or nothing that was decided is another.
        await database.query(rows);
        const changed = await graphOf(database);
        const again = await deleteObjects(dataSource, { archive, policy, dryRun: true, plan: join(folder, 'anew') });
        const said = ['plan', 'anew'].map((name) => readFileSync(join(folder, name), 'utf8').trimEnd().split('\n').slice(1, -1));
        const isSame = said[0]?.join() === said[1]?.join();
        met.add(isSame ? 'as planned' : 'stale');
        if (isSame)
          expect((await deleteObjects(dataSource, { archive, policy, dryRun: true, applyPlan: planned })).plan).to.deep.equal(
            again.plan,
          );
        else
          expect(await failureOf(deleteObjects(dataSource, { archive, policy, applyPlan: planned }))).to.include({
            code: 'PLAN_STALE',
          });
        expect(await graphOf(database)).to.deep.equal(changed);
      }),
      { numRuns: runs, endOnFailure: false },
    );
    expect([...met]).to.include.members(['delete', 'nullify', 'links']);
    if (runs >= 100) expect([...met]).to.include.members(['referenced', 'survives', 'shared', 'changed', 'as planned', 'stale']);
  });
});
