import type { ArchiveReader } from '../archive/open-archive.js';
import type { Session } from '../dialect/session.js';
import type { Schema } from '../schema/schema.js';
import type { Plan } from './plan.js';
import { plannedRuns } from './planned-runs.js';
import type { LinkCounts } from './link-writer.js';
import { countExisting, linkPairs } from './write-links.js';

/** What a refused import would have done with the links. */
export async function countLinks(session: Session, schema: Schema, archive: ArchiveReader, plan: Plan): Promise<LinkCounts> {
  const insert: Record<string, number> = {};
  const same: Record<string, number> = {};
  for await (const { planned, objects } of plannedRuns(archive, plan.models)) {
    for (const link of planned.target.links) {
      const pairs = linkPairs(plan.models, planned, link, objects);
      const present = await countExisting(session, schema, link, pairs);
      if (present > 0) same[link.name] = (same[link.name] ?? 0) + present;
      if (pairs.length > present) insert[link.name] = (insert[link.name] ?? 0) + pairs.length - present;
    }
  }
  return { insert, same };
}
