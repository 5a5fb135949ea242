import { readFileSync } from 'node:fs';
import type { DataSource } from 'typeorm';
import type { ArchiveTrailer } from '../../src/index.js';
import { explainObjects } from '../../src/index.js';
import { sortedCounts } from './archive-set.js';
import type { World } from './expected-closure.js';
import { expectedClosure } from './expected-closure.js';
import type { Lane } from './lane.js';
import type { RowName } from './made-edges.js';
import { parseRowName } from './made-edges.js';
import { exportOptions, followRules, objectName } from './random-rules.js';

/** An explanation counts what an export takes, and finds a way from a seed to a row that it takes, by edges that are there. */
export async function checkExplain(lane: Lane, from: DataSource, world: World): Promise<readonly string[]> {
  const { database, rules, edges } = world;
  const follow = followRules[(edges.length + 1) % followRules.length] ?? 'owned';
  const expected = expectedClosure(world, follow);
  if (expected.kind === 'refused') return [];
  const asked = { ...exportOptions(database, rules), follow };
  const fail = (what: string): never => {
    throw new Error(`${what}\nunder ${follow}, ${JSON.stringify(asked)}`);
  };
  const names = new Map([...expected.rows.keys()].map((row) => [objectName(database, ...parseRowName(row)), row]));
  const asking = namesToAsk(world, names);
  const why = asking.at(edges.length % asking.length);
  const { trailer } = JSON.parse(readFileSync(lane.archive(follow), 'utf8')) as { trailer: ArchiveTrailer };
  const explained = await explainObjects(from, { ...asked, why });
  for (const what of ['objects', 'links'] as const) {
    const [counted, exported] = [sortedCounts(explained[what]), sortedCounts(trailer[what])];
    if (counted !== exported) fail(`${what}: ${counted} explained, ${exported} exported`);
  }
  const path = explained.why ?? fail(`no way to ${String(why)}`);
  const rows = path.map(({ object }) => names.get(object) ?? fail(`the way to ${String(why)} leads over ${object}`));
  const [first] = path;
  const isStart =
    first?.direction === 'whole'
      ? world.whole.has(rows[0] ?? '')
      : first?.direction === 'seed' && asked.objects.includes(first.object);
  if (!isStart) fail(`the way to ${String(why)} starts at ${String(rows[0])}`);
  if (path.at(-1)?.object !== why) fail(`the way to ${String(why)} ends at ${String(rows.at(-1))}`);
  for (const [at, { via, direction }] of path.entries()) {
    const [before, after] = [rows[at - 1], rows[at]];
    const isThere =
      direction === 'seed' ||
      direction === 'whole' ||
      (direction === 'up' && edges.some((one) => one.reference.name === via && one.child === before && one.parent === after)) ||
      (direction === 'down' &&
        edges.some((one) => one.reference.name === via && one.child === after && one.parent === before && one.down)) ||
      (direction === 'across' &&
        world.links.some(
          ({ owner, inverse }) =>
            [owner, inverse].join() === [before, after].join() || [inverse, owner].join() === [before, after].join(),
        ));
    if (!isThere) fail(`no edge ${via} ${direction} from ${String(before)} to ${String(after)}`);
  }
  return ['explained', ...path.map(({ direction }) => `explained: ${direction}`)];
}

/** Every other time an end of a link: few shortest ways lead across one else. */
function namesToAsk({ edges, links }: World, names: ReadonlyMap<string, RowName>): readonly string[] {
  const ends = new Set(links.flatMap(({ owner, inverse }) => (owner === inverse ? [] : [owner, inverse])));
  const linked = [...names].filter(([, row]) => ends.has(row)).map(([name]) => name);
  return linked.length > 0 && edges.length % 2 === 0 ? linked : [...names.keys()];
}
