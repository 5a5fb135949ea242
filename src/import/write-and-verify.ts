import type { PinnedSession } from '../dialect/postgres/pinned-session.js';
import type { Schema } from '../schema/schema.js';
import type { ApplyOptions } from './apply-plan.js';
import { applyPlan, isWritten } from './apply-plan.js';
import type { LinkCounts, LinkWriterOptions } from './link-writer.js';
import { LinkWriter } from './link-writer.js';
import type { Plan } from './plan.js';
import { proveTables } from './prove-tables.js';
import { setPath } from './set-path.js';
import { verifyRows } from './verify-rows.js';
import type { WrittenDigest } from './written-digest.js';

export interface WriteOptions extends ApplyOptions, LinkWriterOptions {
  readonly session: PinnedSession;
  /** What {@link applyPlan} gave, where it has been called already. */
  readonly digests: ReadonlyMap<string, WrittenDigest> | undefined;
}

/**
 * Writes rows, then links, and reads back: a table that was empty is compared as a whole, other rows one by one. Everything is written
 * and every deferred trigger has fired before anything is compared, since each can change rows of any table.
 */
export async function writeAndVerify(options: WriteOptions): Promise<LinkCounts> {
  const { session, schema, plan, bulk } = options;
  const links = new LinkWriter(options);
  const triggers = haveTriggers(schema, plan);
  // Functions of the application name tables as its connections find them.
  if (triggers) await setPath(session, session.server.searchPath);
  const digests = options.digests ?? (await applyPlan(options));
  await links.write(digests);
  await session.query('SET CONSTRAINTS ALL IMMEDIATE');
  if (triggers) await setPath(session, '');
  await bulk?.check().catch((error: unknown) => {
    throw links.explained(error);
  });
  await links.prove();
  const proven = await proveTables(options, digests);
  const open = new Map([...plan.models].filter(([model, planned]) => isWritten(planned) && !proven.has(model)));
  await verifyRows({ ...options, models: open, triggers });
  return links.counts;
}

/** Of any table that is written to, join tables included. */
function haveTriggers(schema: Schema, { models }: Plan): boolean {
  return [...models.values()].some(
    (planned) =>
      (planned.target.entity.triggers.length > 0 && isWritten(planned)) ||
      planned.target.links.some(({ link }) => (schema.entities.get(link.through)?.triggers.length ?? 0) > 0),
  );
}
