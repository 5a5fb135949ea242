import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import fc from 'fast-check';
import type { ArchiveObject } from '../../src/index.js';
import { diffArchives, diffDatabase, exportObjects, importObjects, mergeArchives, verifyArchive } from '../../src/index.js';
import { Lane } from '../properties/lane.js';
import { makeDatabase } from '../properties/make-database.js';
import { exportOptions, makeRules, randomRules } from '../properties/random-rules.js';
import { randomSchema } from '../properties/random-schema.js';

const runs = Math.ceil(Number(process.env['PORTOLAN_RUNS'] ?? 300) / 30);

describe('archives of random databases', () => {
  it(`merge into what one export of all seeds gives, equal the database, and import as one (${String(runs)} runs)`, async function () {
    this.timeout(runs * 20_000);
    const lane = await Lane.open();
    const met = new Set<string>();
    try {
      await fc.assert(
        fc.asyncProperty(
          randomSchema,
          randomRules,
          fc.constantFrom('owned', 'dependencies' as const),
          async (draw, drawn, follow) => {
            const database = makeDatabase({ ...draw, dangling: false });
            const { objects, ...asked } = exportOptions(database, makeRules(database, { ...drawn, isPlain: true }));
            const from = await lane.fill(database);
            const to = await lane.prepare(database);
            try {
              const options = { ...asked, follow, reproducible: true, force: true } as const;
              const parts = objects.map((_, at) => lane.file(`${String(at)}.json`));
              for (const [at, object] of objects.entries())
                await exportObjects(from, { ...options, objects: [object], output: parts[at]! });
              // Where there is one seed, an archive is merged with itself.
              await mergeArchives({
                archives: [parts[0]!, parts.at(-1)!],
                output: lane.file('merged.json'),
                reproducible: true,
                force: true,
              });
              await verifyArchive(lane.file('merged.json'));
              await exportObjects(from, { ...options, objects, output: lane.file('both.json') });
              const difference = await diffArchives({ a: lane.file('merged.json'), b: lane.file('both.json') });
              expect(difference.differences).to.deep.equal([]);
              if (objectsOf(lane.file('merged.json')) !== objectsOf(lane.file('both.json')))
                throw new Error('other objects, roles or order');
              // As if it came from two databases that hold the same, whatever refers to whom.
              const twice = await mergeArchives({
                ...{ archives: [parts[0]!, parts[0]!], output: lane.file('twice.json'), sources: 'other' },
                ...{ reproducible: true, force: true },
              });
              expect(twice.conflicts).to.deep.equal([]);
              expect(twice.plan.remap).to.deep.equal({});
              if (objectsOf(lane.file('twice.json')) !== objectsOf(parts[0]!)) throw new Error('other objects than in one');
              const { policy } = asked;
              const home = await diffDatabase(from, { archive: lane.file('merged.json'), policy });
              expect(home.differences).to.deep.equal([]);
              const empty = await diffDatabase(to, { archive: lane.file('merged.json'), policy });
              expect(empty.objects.delete).to.deep.equal(home.objects.same);
              const imported = await importObjects(to, { archive: lane.file('merged.json'), policy });
              expect(imported.status).to.equal('done');
              expect(imported.plan.insert).to.deep.equal(home.objects.same);
              expect((await diffDatabase(to, { archive: lane.file('both.json'), policy })).status).to.equal('same');
              for (const archive of parts) expect((await importObjects(to, { archive, policy })).plan.insert).to.deep.equal({});
              if (Object.keys(difference.objects.same).length > 2) met.add('several models');
              if (new Set(objects).size > 1) met.add('two seeds');
            } finally {
              await from.destroy();
              await to.destroy();
            }
          },
        ),
        { numRuns: runs, endOnFailure: false },
      );
    } finally {
      await lane.close();
    }
    if (runs >= 10) expect([...met]).to.have.members(['several models', 'two seeds']);
  });
});

/** As they stand in the file. */
function objectsOf(file: string): string {
  const { objects } = JSON.parse(readFileSync(file, 'utf8')) as { readonly objects: readonly ArchiveObject[] };
  return JSON.stringify(objects);
}
