import type { Session } from '../dialect/session.js';
import type { Schema } from '../schema/schema.js';
import type { LinkBatchOptions } from './link-batches.js';
import { linkBatches } from './link-batches.js';
import type { LinkCounts } from './link-writer.js';
import { countExisting } from './write-links.js';

export interface CountLinksOptions extends LinkBatchOptions {
  readonly session: Session;
  readonly schema: Schema;
}

/** What a refused import would have done with the links. */
export async function countLinks(options: CountLinksOptions): Promise<LinkCounts> {
  const { session, schema } = options;
  const insert: Record<string, number> = {};
  const same: Record<string, number> = {};
  for await (const { link, pairs } of linkBatches(options)) {
    const present = await countExisting(session, schema, link, pairs);
    if (present > 0) same[link.name] = (same[link.name] ?? 0) + present;
    if (pairs.length > present) insert[link.name] = (insert[link.name] ?? 0) + pairs.length - present;
  }
  return { insert, same };
}
