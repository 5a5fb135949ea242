import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import fc from 'fast-check';
import { exportInSizes } from '../../src/export/export-objects.js';
import { usualSizes } from '../../src/export/export-sizes.js';
import { exportObjects, importObjects, openArchive, PortolanError, verifyArchive } from '../../src/index.js';
import { Lane } from './lane.js';
import { makeDatabase } from './make-database.js';
import { exportOptions, followRules, makeRules, randomRules } from './random-rules.js';
import { randomSchema } from './random-schema.js';

const runs = Math.ceil(Number(process.env['PORTOLAN_RUNS'] ?? 300) / 30);

describe('random databases', () => {
  it(`leave in parts as they leave in one file, and come back the same (${String(runs)} runs)`, async function () {
    this.timeout(runs * 20_000);
    const lane = await Lane.open();
    let [tried, left] = [0, 0];
    try {
      await fc.assert(
        fc.asyncProperty(randomSchema, randomRules, fc.integer({ min: 1, max: 5000 }), async (draw, drawn, part) => {
          const database = makeDatabase(draw);
          const follow = followRules[(tried += 1) % followRules.length] ?? 'owned';
          const asked = { ...exportOptions(database, makeRules(database, drawn)), follow, reproducible: true, force: true };
          const from = await lane.fill(database);
          try {
            const one = lane.file('one.jsonl');
            const isRefused = await exportObjects(from, { ...asked, output: one }).then(() => false, refusal);
            if (isRefused) return;
            left += 1;
            for (const output of ['parts/', 'parts.tar', 'parts.tar.gz'].map((name) => lane.file(name))) {
              await exportInSizes(from, { ...asked, output }, { ...usualSizes, part });
              expect(await linesOf(output)).to.equal(await linesOf(one));
              expect((await verifyArchive(output)).trailer.sha256).to.equal((await verifyArchive(one)).trailer.sha256);
              await exportInSizes(from, { ...asked, output: lane.file('again.tar') }, { ...usualSizes, part, unit: 3 });
              if (output.endsWith('.tar')) expect(readFileSync(lane.file('again.tar'))).to.deep.equal(readFileSync(output));
            }
            if (!drawn.isPlain || draw.dangling) return;
            const to = await lane.prepare(database);
            try {
              const { status } = await importObjects(to, { archive: lane.file('parts.tar.gz'), policy: asked.policy });
              expect(status).to.equal('done');
              await exportObjects(to, { ...asked, output: lane.file('back.jsonl') });
              expect(readFileSync(lane.file('back.jsonl'), 'utf8')).to.equal(readFileSync(one, 'utf8'));
            } finally {
              await to.destroy();
            }
          } finally {
            await from.destroy();
          }
        }),
        { numRuns: runs, endOnFailure: false },
      );
    } finally {
      await lane.close();
    }
    if (runs >= 10) expect(left).to.be.greaterThan(runs / 5);
  });
});

/** Objects, row by row, as one text. */
async function linesOf(path: string): Promise<string> {
  const lines: string[] = [];
  for await (const batch of (await openArchive(path)).objects()) for (const object of batch) lines.push(JSON.stringify(object));
  return lines.join('\n');
}

function refusal(error: unknown): true {
  if (error instanceof PortolanError && error.status === 'refused') return true;
  throw error;
}
