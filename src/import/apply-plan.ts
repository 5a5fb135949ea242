import type { Hash } from 'node:crypto';
import { createHash } from 'node:crypto';
import type { ArchiveObject } from '../archive/archive.js';
import type { ArchiveReader } from '../archive/open-archive.js';
import { columnList, quoteTable } from '../dialect/postgres/sql.js';
import type { Session } from '../dialect/session.js';
import type { OnProgress } from '../progress.js';
import type { Schema } from '../schema/schema.js';
import { escapeCopy } from '../values/copy-text.js';
import type { BulkConstraints } from './bulk-constraints.js';
import type { Fill } from './fill.js';
import { drawsFromSequence, generatedKeys } from './generated-keys.js';
import type { ModelRun } from './model-runs.js';
import { modelRuns } from './model-runs.js';
import type { Plan } from './plan.js';
import type { PlannedModel } from './planned-model.js';
import type { Stage } from './stage.js';
import { createStage, stageTarget, writeStages } from './stage.js';
import { valueRefused } from './value-refused.js';

export interface ApplyOptions {
  readonly session: Session;
  readonly archive: ArchiveReader;
  readonly schema: Schema;
  /** Of each object when it comes: decisions may be made while it is written. */
  readonly plan: Plan;
  /** The archive's objects in their order, all that are to be written at least; by default another pass over it. */
  readonly objects?: AsyncGenerator<readonly ArchiveObject[]> | undefined;
  readonly dryRun: boolean;
  /** What it covers is never staged: its rows may come in any order. */
  readonly bulk?: BulkConstraints | undefined;
  readonly onProgress?: OnProgress | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Rows of one chunk that is handed to COPY. */
const rowsAtOnce = 1000;

/**
 * Writes what the plan says, parents before children, by COPY straight into the tables: a table that references itself is one
 * statement. What COPY cannot write is staged on the server, however much it is: updates, and tables that reference each other in
 * a circle by constraints that cannot be deferred.
 *
 * @returns of each model that fills a table by itself, the SHA-256 of its rows as COPY text, in the archive's order
 */
export async function applyPlan(options: ApplyOptions): Promise<ReadonlyMap<string, string>> {
  const { plan, session } = options;
  const digests = new Map<string, string>();
  const written = new Set([...plan.models].filter(([, planned]) => isWritten(planned)).map(([model]) => model));
  if (options.objects === undefined && written.size === 0) return digests;
  const spans = stagedSpans(options);
  const order = [...plan.models.keys()];
  let stages: Stage[] = [];
  const flush = async (): Promise<void> => {
    await writeStages(session, stages);
    stages = [];
  };
  let until = -1;
  for await (const run of modelRuns(options.objects ?? options.archive.encoded(written))) {
    const planned = plan.models.get(run.model);
    if (planned === undefined) {
      await drain(run);
      continue;
    }
    const place = order.indexOf(run.model);
    const span = spans.find(({ from, to }) => place >= from && place <= to);
    if (place > until) await flush();
    until = span?.to ?? place;
    const { stage, digest } = await writeRun(options, planned, run, place, span !== undefined);
    if (stage !== undefined) stages.push(stage);
    if (digest !== undefined) digests.set(run.model, digest);
  }
  await flush();
  return digests;
}

/** Whether the import writes any row of the model. */
export function isWritten({ decisions }: PlannedModel): boolean {
  return decisions.inserted + decisions.updated > 0;
}

/** Whether the table will hold what is written now and nothing else. */
function fillsTable({ empty, target, decisions }: PlannedModel, fills: readonly Fill[]): boolean {
  const isAllWritten = target.written.length === target.columns.length && decisions.count('insert') === decisions.length;
  return empty && isAllWritten && fills.length === 0;
}

interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * Stretches of the archive's order in which a table needs one that comes later, by a constraint that is checked at once: with
 * deferrable ones, the transaction's end is soon enough. Stretches that touch are one.
 */
function stagedSpans({ plan, schema, bulk }: ApplyOptions): readonly Span[] {
  const places = new Map([...plan.models.values()].map((planned, at) => [planned.target.entity.model, at]));
  const spans = schema.references
    .flatMap(({ child, parent, constraint }) => {
      const from = places.get(child);
      const to = places.get(parent);
      const immediate = constraint !== undefined && !constraint.deferrable && bulk?.covers(child) !== true;
      return immediate && from !== undefined && to !== undefined && to > from ? [{ from, to }] : [];
    })
    .sort((a, b) => a.from - b.from);
  const merged: { from: number; to: number }[] = [];
  for (const span of spans) {
    const last = merged.at(-1);
    if (last === undefined || span.from > last.to) merged.push({ ...span });
    else last.to = Math.max(last.to, span.to);
  }
  return merged;
}

async function writeRun(
  options: ApplyOptions,
  planned: PlannedModel,
  run: ModelRun,
  place: number,
  isInSpan: boolean,
): Promise<{ readonly stage: Stage | undefined; readonly digest: string | undefined }> {
  const { session, bulk } = options;
  const { target, decisions } = planned;
  const fills = fillsOf(options, planned);
  const isStaged = (isInSpan && bulk?.covers(target.entity.model) !== true) || decisions.updated > 0;
  const stage = isStaged ? await createStage(session, planned, fills, place) : undefined;
  const columns = columnList([...target.written, ...fills].map(({ column }) => column.name));
  const into = stage === undefined ? `${quoteTable(target.entity.table)} (${columns})` : stageTarget(stage);
  const hash = stage === undefined ? createHash('sha256') : undefined;
  const copy = (): Promise<number> =>
    session.copyIn(`COPY ${into} FROM STDIN`, hashed(rows(options, planned, run, fills, isStaged), hash), {
      what: isStaged ? 'stage rows' : 'write rows',
      table: target.entity.table,
    });
  try {
    await (stage === undefined && bulk !== undefined ? bulk.write(target.entity, copy) : copy());
    await bulk?.rest();
  } catch (error) {
    throw valueRefused(error, target.model);
  }
  return { stage, digest: fillsTable(planned, fills) ? hash?.digest('hex') : undefined };
}

async function* hashed(texts: AsyncIterable<string>, hash: Hash | undefined): AsyncGenerator<Buffer> {
  for await (const text of texts) {
    const bytes = Buffer.from(text);
    hash?.update(bytes);
    yield bytes;
  }
}

async function* rows(
  { signal, onProgress, plan, objects: given }: ApplyOptions,
  planned: PlannedModel,
  run: ModelRun,
  fills: readonly Fill[],
  isStaged: boolean,
): AsyncGenerator<string> {
  const { target, decisions } = planned;
  const lane = isStaged ? 'stagedLine' : 'writtenLine';
  let place = 0;
  for await (const objects of run.batches) {
    let text = '';
    let count = 0;
    signal?.throwIfAborted();
    for (const object of objects) {
      const isWritten = decisions.isWritten(place);
      const group = decisions.groupAt(place);
      place += 1;
      if (!isWritten) continue;
      text += plan.rows.line(planned, object, lane);
      for (const fill of fills) text += `\t${escapeCopy(fill.value())}`;
      text += isStaged ? `\t${group === undefined ? '\\N' : String(group)}\n` : '\n';
      count += 1;
      if (count % rowsAtOnce !== 0) continue;
      yield text;
      text = '';
    }
    if (text !== '') yield text;
    onProgress?.({ stage: 'apply', model: target.model, done: place, total: given === undefined ? decisions.length : undefined });
  }
}

/** What the policy or nobody can guess; in a dry run also what the real run would draw from a sequence. */
function fillsOf({ dryRun }: ApplyOptions, { target }: PlannedModel): readonly Fill[] {
  if (!dryRun) return target.fills;
  const held = new Set([...target.written, ...target.fills].map(({ column }) => column.name));
  const drawn = target.entity.columns.filter((column) => drawsFromSequence(column) && !held.has(column.name));
  return [...target.fills, ...generatedKeys(drawn)];
}

async function drain(run: ModelRun): Promise<void> {
  const batches = run.batches[Symbol.asyncIterator]();
  while ((await batches.next()).done !== true);
}
