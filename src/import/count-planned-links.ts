import type { ArchiveReader } from '../archive/open-archive.js';
import type { Session } from '../dialect/session.js';
import type { Schema } from '../schema/schema.js';
import { runsOf } from './make-plan.js';
import type { Plan } from './plan.js';
import type { LinkCounts } from './verify-rows.js';
import { countExisting, linkPairs } from './write-links.js';

/** What a refused import would have done with the links. */
export async function countLinks(session: Session, schema: Schema, archive: ArchiveReader, plan: Plan): Promise<LinkCounts> {
  const insert: Record<string, number> = {};
  const same: Record<string, number> = {};
  for await (const objects of archive.objects()) {
    for (const run of runsOf(objects)) {
      const planned = plan.models.get(run[0]?.model ?? '');
      for (const link of planned?.target.links ?? []) {
        if (planned === undefined) continue;
        const pairs = linkPairs(plan.models, planned, link, run);
        const present = await countExisting(session, schema, link, pairs);
        if (present > 0) same[link.name] = (same[link.name] ?? 0) + present;
        if (pairs.length > present) insert[link.name] = (insert[link.name] ?? 0) + pairs.length - present;
      }
    }
  }
  return { insert, same };
}
