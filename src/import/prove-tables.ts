import { createHash } from 'node:crypto';
import { createRowReader } from '../dialect/postgres/row-reader.js';
import type { Session } from '../dialect/session.js';
import type { OnProgress } from '../progress.js';
import type { Plan } from './plan.js';
import type { WrittenDigest } from './written-digest.js';

export interface ProveOptions {
  readonly session: Session;
  readonly plan: Plan;
  readonly onProgress?: OnProgress | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Rows after which it is told how far it has come. */
const toldRows = 30_000;

/**
 * Reads back what was written, whole tables where they were empty, else the rows by their keys, and compares digests: the database hands
 * out the rows, and nothing is looked at twice. Gives the models that are there exactly as written; why another differs is for who
 * compares row by row.
 *
 * @param digests of what was written, by model: see `applyPlan`
 */
export async function proveTables(
  { session, plan, onProgress, signal }: ProveOptions,
  digests: ReadonlyMap<string, WrittenDigest>,
): Promise<ReadonlySet<string>> {
  const proven = new Set<string>();
  const reader = createRowReader(session);
  for (const [model, { sha256, keys }] of digests) {
    const planned = plan.models.get(model);
    if (planned === undefined) continue;
    const { target, decisions } = planned;
    const hash = createHash('sha256');
    let rows = 0;
    let told = 0;
    const columns = target.columns.map(({ column }) => column.name);
    const chunks =
      keys === undefined
        ? reader.table(target.entity, columns, target.entity.key)
        : reader.rows(target.entity, columns, keys.sorted());
    for await (const chunk of chunks) {
      signal?.throwIfAborted();
      hash.update(chunk);
      if (onProgress === undefined) continue;
      rows += rowsIn(chunk);
      if (rows - told < toldRows) continue;
      told = rows;
      onProgress({ stage: 'verify', model, done: Math.min(rows, decisions.length), total: decisions.length });
    }
    if (hash.digest('hex') !== sha256) continue;
    proven.add(model);
    onProgress?.({ stage: 'verify', model, done: decisions.length, total: decisions.length });
  }
  return proven;
}

/** A line feed is always the end of a row. */
function rowsIn(chunk: Buffer): number {
  let rows = 0;
  for (let at = chunk.indexOf(0x0a); at >= 0; at = chunk.indexOf(0x0a, at + 1)) rows += 1;
  return rows;
}
