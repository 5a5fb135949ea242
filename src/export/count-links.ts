import type { Closure } from '../closure/closure.js';
import { inRuns } from '../closure/key-run.js';
import type { Findings } from '../findings/finding.js';
import type { RowReader } from '../dialect/row-reader.js';
import type { Schema } from '../schema/schema.js';
import { addCounts, linkLists, tellRepeated } from './link-lists.js';

/** Owners whose links are counted at once. */
const ownersAtOnce = 50_000;

/** How many links of each many-to-many relation go out with a closure, by link name. */
export async function countLinks(
  reader: RowReader,
  schema: Schema,
  closure: Closure,
  findings: Findings,
): Promise<Readonly<Record<string, number>>> {
  const counts = new Map<string, number>();
  const repeated = new Map<string, number>();
  for (const model of new Set(closure.links.map((link) => link.owner.parent))) {
    const entity = schema.entities.get(model);
    const owners = closure.taken.get(model)?.taken;
    if (entity === undefined || owners === undefined) continue;
    for (const keys of inRuns(owners.sorted(), ownersAtOnce)) {
      const found = await linkLists(reader, schema, closure, entity, keys);
      addCounts(counts, found.counts);
      addCounts(repeated, found.repeated);
    }
  }
  tellRepeated(findings, repeated);
  return Object.freeze(Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1))));
}
