import { expect } from 'chai';
import fc from 'fast-check';
import { importObjects, PortolanError, undoJournal } from '../../src/index.js';
import type { TwoDatabases } from '../support/two-databases.js';
import { twoDatabases } from '../support/two-databases.js';
import type { Asked } from './agree.js';
import { compare, drawnKeys, exportWorld, optionsOf, policyOf, predict, snapshot } from './agree.js';
import { anySeed } from './it-agrees.js';
import { readArchive } from './read-archive.js';
import { anyMerges, anyMissing, anyOffset, anyPatience, anyRemap, anyStrategies, plainRules, together } from './rules.js';
import type { Contents } from './world.js';
import { worldChanges, worldContents, worldTables } from './world.js';

const runs = Number(process.env['PORTOLAN_RUNS'] ?? 40);

const asked: fc.Arbitrary<Asked> = fc
  .record({
    ...{ onConflict: anyPatience, remap: anyRemap, offset: anyOffset, seed: anySeed },
    shared: fc.constantFrom('full', 'full', 'key'),
    models: fc
      .tuple(
        fc.oneof(fc.constant({}), anyStrategies),
        fc.oneof(fc.constant({}), anyMerges),
        fc.oneof(fc.constant({}), anyMissing),
      )
      .map((all) => together(...all)),
  })
  .map((rules) => ({ ...plainRules, ...rules }));

describe('a plan that is applied after others have written', () => {
  const world = twoDatabases(worldTables);

  it(`is executed to the letter, or refused and nothing is written (${String(runs)} runs)`, async function () {
    this.timeout(runs * 20_000);
    const met = new Set<string>();
    await fc.assert(
      fc.asyncProperty(worldContents, asked, worldChanges, async (held, rules, changes) => {
        met.add(await applyLater(world, held, rules, changes));
      }),
      { numRuns: runs, endOnFailure: false },
    );
    expect([...met]).to.include.members(['stale', 'done', 'unchanged']);
  });
});

/** What became of a plan between whose making and execution others have written: what is there then is as an import at that moment should make it. */
async function applyLater(world: TwoDatabases, { mine, theirs }: Contents, asked: Asked, changes: string): Promise<string> {
  const { source, target, to, file } = world;
  await source.query(mine);
  await target.query(theirs);
  const [archive, idMap, journal, plan, policy] = [file('archive'), file('map'), file('journal'), file('plan'), policyOf(asked)];
  if (!(await exportWorld(world, archive, asked))) return 'nothing';
  const options = { archive, policy, ...optionsOf(asked) };
  const planned = await importObjects(to, { ...options, dryRun: true, plan });
  if (planned.status === 'refused') return 'conflicts';
  const then = await snapshot(target);
  await target.query(changes);
  const before = await snapshot(target);
  const isUnchanged = then.bytes.join() === before.bytes.join();

  const applied = await importObjects(to, { archive, policy, applyPlan: plan, idMap, journal }).catch((error: unknown) => {
    if (error instanceof PortolanError) return error;
    throw error;
  });
  if (applied instanceof PortolanError) {
    expect(applied.code, applied.message).to.equal('PLAN_STALE');
    expect(isUnchanged, applied.message).to.equal(false);
    expect((await snapshot(target)).bytes, 'after it was refused').to.deep.equal(before.bytes);
    return 'stale';
  }
  const { status, plan: counts, links } = applied;
  expect({ status, counts, links }).to.deep.equal({ status: 'done', counts: planned.plan, links: planned.links });
  const read = readArchive(archive);
  const expected = predict(before.tables, read, asked);
  if (expected === undefined) throw new Error('it is to be refused, and was executed');
  compare((await snapshot(target)).tables, before.tables, read, expected, drawnKeys(idMap, expected.all, before.tables));
  const undone = await undoJournal(to, { journal, policy });
  expect([undone.status, (await snapshot(target)).bytes], 'taken back').to.deep.equal(['done', before.bytes]);
  return isUnchanged ? 'unchanged' : 'done';
}
