import { expect } from 'chai';
import fc from 'fast-check';
import { usualSeed } from '../support/usual-seed.js';
import { checkClosure } from './check-closure.js';
import { checkExplain } from './check-explain.js';
import { checkRoundTrip } from './check-round-trip.js';
import { kinds, kindsOf, outcomes, rareOutcomes } from './kinds-met.js';
import { Lane } from './lane.js';
import { readEdges } from './made-edges.js';
import { makeDatabase } from './make-database.js';
import { makeRules, randomRules } from './random-rules.js';
import { randomSchema } from './random-schema.js';

const runs = Number(process.env['PORTOLAN_RUNS'] ?? 300);

/** A failure names its seed: this repeats it. */
const seed = usualSeed();

/** Two at a time: the server works for one while we work for the other. */
const lanes = 2;

describe('random databases', () => {
  const met = new Map<string, number>();
  const count = (kind: string): unknown => met.set(kind, (met.get(kind) ?? 0) + 1);
  const expected = runs < 300 ? [] : [...kinds, ...outcomes, ...(runs < 3000 ? [] : rareOutcomes)];
  const missing = (): readonly string[] => expected.filter((kind) => !met.has(kind));
  const open: Lane[] = [];

  after(async () => {
    for (const lane of open) await lane.close();
  });

  it(`give what a naive reading of the closure gives, described or listed, and come back as the same bytes (${String(runs)} runs)`, async function () {
    this.timeout(runs * 8000);
    for (let at = 0; at < lanes; at += 1) open.push(await Lane.open());
    const property = (lane: Lane): fc.IAsyncProperty<unknown> =>
      fc.asyncProperty(randomSchema, randomRules, async (draw, drawn) => {
        const database = makeDatabase(draw);
        const rules = makeRules(database, drawn);
        const from = await lane.fill(database);
        try {
          const world = { database, rules, ...(await readEdges((sql) => lane.source.query(sql), database, rules)) };
          for (const kind of kindsOf(world)) count(kind);
          for (const outcome of await checkClosure(lane, from, world)) count(outcome);
          for (const outcome of await checkExplain(lane, from, world)) count(outcome);
          if (drawn.isPlain && !draw.dangling) for (const outcome of await checkRoundTrip(lane, from, world)) count(outcome);
        } finally {
          await from.destroy();
        }
      });
    const check = async (times: number, from: number): Promise<unknown> =>
      Promise.all(
        open.map((lane, at) =>
          fc.assert(property(lane), { numRuns: Math.ceil(times / lanes), seed: from + at, endOnFailure: false }),
        ),
      );
    await check(runs, seed);
    // Some outcomes are rare: a few more databases have them where chance kept them from so many.
    for (let more = 1; more <= 30 && missing().length > 0; more += 1) await check(runs / 10, seed + more * lanes);
  });

  it('had every kind of key, reference, link and outcome', () => {
    const lines = [...met].sort(([a], [b]) => (a < b ? -1 : 1)).map(([kind, times]) => `${kind} × ${String(times)}`);
    process.stdout.write(`        seed ${String(seed)}\n        ${lines.join('\n        ')}\n`);
    expect(missing()).to.deep.equal([]);
  });
});
