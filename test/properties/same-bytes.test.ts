import { expect } from 'chai';
import fc from 'fast-check';
import { checkSameBytes } from './check-same-bytes.js';
import { Lane } from './lane.js';
import { readEdges } from './made-edges.js';
import { makeDatabase } from './make-database.js';
import { followRules, makeRules, randomRules } from './random-rules.js';
import { randomSchema } from './random-schema.js';

/** Each is exported eight times. */
const runs = Math.ceil(Number(process.env['PORTOLAN_RUNS'] ?? 300) / 15);

describe('random databases', () => {
  it(`give the same bytes by one reader and by three, described and listed, one key at a time, seven and many, keys in memory and in a file, tables read by key and whole (${String(runs)} runs)`, async function () {
    this.timeout(runs * 20_000);
    const lane = await Lane.open();
    const met = new Set<string>();
    let tried = 0;
    try {
      await fc.assert(
        fc.asyncProperty(randomSchema, randomRules, async (draw, drawn) => {
          const database = makeDatabase(draw);
          const rules = makeRules(database, drawn);
          const from = await lane.fill(database);
          try {
            const world = { database, rules, ...(await readEdges((sql) => lane.source.query(sql), database, rules)) };
            const follow = followRules[(tried += 1) % followRules.length] ?? 'owned';
            met.add(await checkSameBytes(lane, from, world, follow));
          } finally {
            await from.destroy();
          }
        }),
        { numRuns: runs, endOnFailure: false },
      );
    } finally {
      await lane.close();
    }
    if (runs >= 20) expect([...met]).to.include.members(followRules.map((follow) => `bytes, ${follow}`));
  });
});
