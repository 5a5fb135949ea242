import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { DataSource } from 'typeorm';
import type { ArchiveObject, Policy } from '../../src/index.js';
import { deleteObjects, exportObjects, importObjects, undoJournal } from '../../src/index.js';
import type { TestDatabase } from '../support/database.js';
import { createDatabase } from '../support/database.js';
import { failureOf } from '../support/failure.js';
import { expectedDeletion } from './expected-deletion.js';
import type { GraphRow } from './graph-tables.js';
import { certainGraph, graphChanges, graphOf, graphPolicy, graphRows, graphRules, graphTables } from './graph-tables.js';

type Graph = ReadonlyMap<string, GraphRow>;

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

  /** The archive brings everything back that was deleted and emptied; the import is taken back again. */
  async function restore(
    archive: string,
    policy: Policy,
    { exported, before, deleted }: { readonly exported: Graph; readonly before: Graph; readonly deleted: ReadonlySet<string> },
  ): Promise<void> {
    const journal = join(folder, 'restored');
    const { status } = await importObjects(dataSource, { archive, policy, onConflict: 'override', journal });
    expect(status).to.equal('done');
    const [then, now] = [byLink(before), byLink(await graphOf(database))];
    for (const name of deleted) expect(now[name], name).to.deep.equal(then[name]);
    const isUnchanged = JSON.stringify([...exported]) === JSON.stringify([...before]);
    if (isUnchanged) expect(now, 'restored').to.deep.equal(then);
    const undone = await undoJournal(dataSource, { journal, policy });
    expect([undone.status, undone.conflicts]).to.deep.equal(['done', []]);
  }

  it(`removes what a model of it says, and nothing else; the archive restores it, and so does the journal (${String(runs)} runs)`, async function () {
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
        const exported = await graphOf(database);
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
        await restore(archive, policy, { exported, before, deleted: expected.deleted });
        expect(Object.fromEntries(await graphOf(database)), 'what was restored is gone again').to.deep.equal(
          Object.fromEntries(expected.after),
        );
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
      { numRuns: runs, endOnFailure: false, examples: [certainGraph] },
    );
    expect([...met]).to.include.members(['delete', 'nullify', 'links']);
    if (runs >= 1000) expect([...met]).to.include.members(['referenced', 'survives', 'shared', 'changed', 'as planned', 'stale']);
  });
});

/** Rows of a join table by what they hold: an archive has no other key of theirs. */
function byLink(graph: Graph): Readonly<Record<string, GraphRow>> {
  return Object.fromEntries(
    [...graph].map(([name, row]) => {
      const { id, ...held } = row;
      return name.startsWith('a_tag.') ? [`a_tag ${JSON.stringify(held)}`, held] : [name, { ...held, id: id ?? null }];
    }),
  );
}
