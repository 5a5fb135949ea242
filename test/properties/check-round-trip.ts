import { readFileSync } from 'node:fs';
import type { DataSource } from 'typeorm';
import type { ArchiveTrailer } from '../../src/index.js';
import { exportObjects, importObjects } from '../../src/index.js';
import { sortedCounts } from './archive-set.js';
import type { World } from './expected-closure.js';
import type { Lane } from './lane.js';
import { exportOptions, followRules } from './random-rules.js';

/** Into an empty database and out of it as the same bytes; and nothing but `same` where it came from. */
export async function checkRoundTrip(
  lane: Lane,
  from: DataSource,
  { database, rules, edges }: World,
): Promise<readonly string[]> {
  const follow = followRules[edges.length % followRules.length] ?? 'owned';
  const asked = exportOptions(database, rules);
  const fail = (what: string): never => {
    throw new Error(`${what}\nunder ${follow}, ${JSON.stringify(asked)}`);
  };
  const options = { ...asked, follow, reproducible: true, force: true } as const;
  const [first, second] = [lane.archive(follow), lane.file('second.json')];
  const to = await lane.prepare(database);
  try {
    const imported = await importObjects(to, { archive: first, policy: asked.policy });
    if (imported.status !== 'done') fail(`refused: ${JSON.stringify(imported.conflicts)}`);
    await exportObjects(to, { ...options, output: second });
    if (readFileSync(first, 'utf8') !== readFileSync(second, 'utf8')) fail('it came back as other bytes');
  } finally {
    await to.destroy();
  }
  const home = await importObjects(from, { archive: first, policy: asked.policy, dryRun: true });
  const changes = Object.entries(home.plan).filter(([decision, counts]) => decision !== 'same' && Object.keys(counts).length > 0);
  const { trailer } = JSON.parse(readFileSync(first, 'utf8')) as { trailer: ArchiveTrailer };
  if (sortedCounts(home.plan.same) !== sortedCounts(trailer.objects))
    fail(`not all is the same at home: ${JSON.stringify(home.plan)}`);
  if (changes.length > 0 || Object.keys(home.links.insert).length > 0) fail(`not the same at home: ${JSON.stringify(changes)}`);
  return ['came back', 'same at home'];
}
