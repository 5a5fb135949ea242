import { existsSync, rmSync } from 'node:fs';
import { expect } from 'chai';
import fc from 'fast-check';
import { exportObjects, PortolanError, verifyArchive } from '../../src/index.js';
import { Lane } from '../properties/lane.js';
import { makeDatabase } from '../properties/make-database.js';
import { exportOptions, followRules, makeRules, randomRules } from '../properties/random-rules.js';
import { randomSchema } from '../properties/random-schema.js';
import { usualSeed } from '../support/usual-seed.js';
import { beyondApproval } from './beyond-approval.js';
import { makeApproval, randomApproval } from './random-approval.js';

const runs = Math.ceil(Number(process.env['PORTOLAN_RUNS'] ?? 300) / 8);
const seed = usualSeed();

describe('random approvals of random databases', () => {
  const met = new Map<string, number>();
  const count = (outcome: string): unknown => met.set(outcome, (met.get(outcome) ?? 0) + 1);

  it(`let nothing leave that goes beyond them, and leave nothing behind where they refuse (${String(runs)} runs)`, async function () {
    this.timeout(runs * 8000);
    const lane = await Lane.open();
    const rule = fc.constantFrom(...followRules);
    const property = fc.asyncProperty(
      randomSchema,
      randomRules,
      randomApproval,
      rule,
      async (draw, drawn, drawnApproval, follow) => {
        const database = makeDatabase(draw);
        const rules = makeRules(database, drawn);
        const made = makeApproval(database, rules, drawnApproval);
        const { secret } = made;
        const asked = exportOptions(database, rules);
        const policy = {
          ...asked.policy,
          ...(secret === undefined ? {} : { secrets: { [`public.${secret.table}.${secret.column}`]: 'secret' as const } }),
        };
        const from = await lane.fill(database);
        try {
          const output = lane.archive(follow);
          rmSync(output, { force: true });
          const options = { ...asked, follow, output, ...(made.includesSecrets ? { includeSecrets: ['*'] } : {}) };
          const attempt = async (one: typeof policy & { approval?: object }): Promise<string> => {
            try {
              await exportObjects(from, { ...options, policy: one, force: true });
              return 'done';
            } catch (error) {
              if (error instanceof PortolanError && error.status === 'refused') return error.code;
              throw error;
            }
          };
          const without = await attempt(policy);
          rmSync(output, { force: true });
          // What lets everything leave is as none.
          expect(await attempt({ ...policy, approval: { models: { 'PUBLIC.*': 'all' }, secrets: ['*'] } })).to.equal(without);
          rmSync(output, { force: true });
          const outcome = await attempt({ ...policy, approval: made.approval });
          count(outcome === 'done' || outcome === 'APPROVAL_EXCEEDED' ? outcome : 'refused for another reason');
          if (outcome !== 'APPROVAL_EXCEEDED') expect(outcome).to.equal(without);
          expect(existsSync(output)).to.equal(outcome === 'done');
          if (outcome !== 'done') return;
          const { header } = await verifyArchive(output);
          expect(header.approvals).to.have.length(1);
          expect(beyondApproval(database, made, output), JSON.stringify(made)).to.deep.equal([]);
        } finally {
          await from.destroy();
        }
      },
    );
    try {
      await fc.assert(property, { numRuns: runs, endOnFailure: false });
    } finally {
      await lane.close();
    }
  });

  it('were met, and not, often enough', () => {
    process.stdout.write(`        seed ${String(seed)}: ${JSON.stringify(Object.fromEntries(met))}\n`);
    if (runs < 38) return;
    expect(met.get('done') ?? 0).to.be.greaterThan(5);
    expect(met.get('APPROVAL_EXCEEDED') ?? 0).to.be.greaterThan(5);
  });
});
