import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import fc from 'fast-check';
import { importInSizes } from '../../src/import/import-objects.js';
import type { LookUpSize } from '../../src/import/planned-runs.js';
import type { ImportOptions, ImportResult } from '../../src/index.js';
import { twoDatabases } from '../support/two-databases.js';
import type { Asked } from './agree.js';
import { exportWorld, optionsOf, policyOf } from './agree.js';
import { anySeed, threePeople } from './it-agrees.js';
import { anyMerges, anyOffset, anyPatience, anyRemap, anyStrategies, plainRules, together } from './rules.js';
import type { Contents } from './world.js';
import { worldContents, worldTables } from './world.js';

const runs = Number(process.env['PORTOLAN_RUNS'] ?? 20);

const many = 1_000_000_000;
const sizes: readonly LookUpSize[] = [
  { objects: 1, bytes: many },
  { objects: 7, bytes: many },
  { objects: many, bytes: 1 },
];

const asked = fc
  .record({
    ...{ onConflict: anyPatience, remap: anyRemap, offset: anyOffset, seed: anySeed },
    models: fc
      .tuple(fc.oneof(fc.constant({}), anyStrategies), fc.oneof(fc.constant({}), anyMerges))
      .map((all) => together(...all)),
  })
  .map((rules): Asked => ({ ...plainRules, ...rules }));

describe('a plan', () => {
  const world = twoDatabases(worldTables);

  it(`is the same, byte for byte, whether one object is looked up at a time, seven or many (${String(runs)} runs)`, async function () {
    this.timeout(runs * 20_000);
    const met = new Set<string>();
    await fc.assert(
      fc.asyncProperty(worldContents, asked, async ({ mine, theirs }: Contents, rules) => {
        const { source, target, to, file } = world;
        await source.query(mine);
        await target.query(theirs);
        const archive = file('archive');
        if (!(await exportWorld(world, archive, rules))) return;
        const plan = file('plan');
        const given = { archive, policy: policyOf(rules), ...optionsOf(rules), plan, dryRun: true } satisfies ImportOptions;
        const planned = async (size: LookUpSize | undefined): Promise<readonly [unknown, string]> => {
          const told: ImportResult = await importInSizes(to, given, size);
          for (const [decision, models] of Object.entries(told.plan)) if (Object.keys(models).length > 0) met.add(decision);
          return [{ ...told, statistics: undefined }, readFileSync(plan, 'utf8')];
        };
        const usual = await planned(undefined);
        for (const size of sizes) expect(await planned(size), JSON.stringify(size)).to.deep.equal(usual);
      }),
      { numRuns: runs, endOnFailure: false, examples: [[threePeople, { ...plainRules, onConflict: 'skip' }]] },
    );
    if (runs >= 20) expect([...met]).to.include.members(['insert', 'same', 'skip', 'update', 'remap', 'conflict', 'merge']);
  });
});
