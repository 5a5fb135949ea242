import type { PinnedSession } from '../dialect/postgres/pinned-session.js';
import type { Schema } from '../schema/schema.js';
import type { ApplyOptions } from './apply-plan.js';
import { applyPlan } from './apply-plan.js';
import type { LinkCounts, LinkWriterOptions } from './link-writer.js';
import { LinkWriter } from './link-writer.js';
import type { Plan } from './plan.js';
import { plannedRuns } from './planned-runs.js';
import { verifyRows } from './verify-rows.js';

export interface WriteOptions extends ApplyOptions, LinkWriterOptions {
  readonly session: PinnedSession;
}

/**
 * Writes rows, then links, and reads back. Where no trigger looks on, links are written on the pass that compares; else everything
 * is written and every deferred trigger has fired before anything is compared, since each can change rows of any table.
 */
export async function writeAndVerify(options: WriteOptions): Promise<LinkCounts> {
  const { session, archive, schema, plan, signal } = options;
  const links = new LinkWriter(options);
  const triggers = haveTriggers(schema, plan);
  const settle = async (): Promise<void> => {
    await session.query('SET CONSTRAINTS ALL IMMEDIATE');
  };
  if (!triggers) {
    await applyPlan(options);
    await verifyRows({ ...options, triggers, onRun: (run) => links.write(run) });
    await settle();
    return links.counts;
  }
  // Functions of the application name tables as its connections find them.
  await setPath(session, session.server.searchPath);
  await applyPlan(options);
  const linked = new Map([...plan.models].filter(([, { target }]) => target.links.length > 0));
  if (linked.size > 0) for await (const run of plannedRuns(archive, linked, signal)) await links.write(run);
  await settle();
  await setPath(session, '');
  await verifyRows({ ...options, triggers });
  return links.counts;
}

/** Of any table that is written to, join tables included. */
function haveTriggers(schema: Schema, { models }: Plan): boolean {
  return [...models.values()].some(
    ({ target, decisions }) =>
      (target.entity.triggers.length > 0 && decisions.count('insert') + decisions.count('update') > 0) ||
      target.links.some(({ link }) => (schema.entities.get(link.through)?.triggers.length ?? 0) > 0),
  );
}

async function setPath(session: PinnedSession, path: string): Promise<void> {
  await session.query("SELECT pg_catalog.set_config('search_path', $1, true)", [path]);
}
