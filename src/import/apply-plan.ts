import type { ArchiveObject } from '../archive/archive.js';
import type { ArchiveReader } from '../archive/open-archive.js';
import { copyRows } from '../dialect/postgres/copy-rows.js';
import type { Session } from '../dialect/session.js';
import type { OnProgress } from '../progress.js';
import type { Schema } from '../schema/schema.js';
import { escapeCopy } from '../values/copy-text.js';
import { OutputBuffer } from '../values/output-buffer.js';
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
import type { WrittenDigest } from './written-digest.js';
import { DigestedRows } from './written-digest.js';

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

/** Bytes of rows that are handed to COPY at once, and what a buffer for them has room for. */
const chunkBytes = 64 * 1024;
const chunkRoom = 80 * 1024;

/**
 * Writes what the plan says, parents before children, by COPY straight into the tables: a table that references itself is one
 * statement. What COPY cannot write is staged on the server, however much it is: updates, and tables that reference each other in
 * a circle by constraints that cannot be deferred.
 *
 * @returns by model what can be compared as a whole with what is read back
 */
export async function applyPlan(options: ApplyOptions): Promise<ReadonlyMap<string, WrittenDigest>> {
  const { plan, session } = options;
  const digests = new Map<string, WrittenDigest>();
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

/** Whether what is written is all that will be read back of the rows. */
function isReadBack({ target }: PlannedModel, fills: readonly Fill[]): boolean {
  return target.written.length === target.columns.length && fills.length === 0;
}

interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * Stretches of the archive's order that one statement must write, by a constraint that is checked at once: with deferrable ones, the
 * transaction's end is soon enough. In them a table needs one that comes later, or rows give up a value that others refer to until they are
 * overwritten, too. Stretches that touch are one.
 */
function stagedSpans({ plan, schema, bulk }: ApplyOptions): readonly Span[] {
  const all = [...plan.models.values()];
  const places = new Map(all.map((planned, at) => [planned.target.entity.model, at]));
  const spans = schema.references
    .flatMap((reference) => {
      const { child, parent, constraint } = reference;
      const from = places.get(child);
      const to = places.get(parent);
      const immediate = constraint !== undefined && !constraint.deferrable && bulk?.covers(child) !== true;
      if (!immediate || from === undefined || to === undefined) return [];
      if (to > from) return [{ from, to }];
      return to < from && overwrites(all[to], reference.parentColumns) && overwrites(all[from], reference.columns)
        ? [{ from: to, to: from }]
        : [];
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

/** Whether rows that are there get another value in one of these columns. */
function overwrites(planned: PlannedModel | undefined, names: readonly string[]): boolean {
  if (planned === undefined || planned.decisions.updated === 0) return false;
  const changed = new Set(planned.decisions.groups.flat());
  return planned.target.columns.some(({ member, column }) => changed.has(member) && names.includes(column.name));
}

async function writeRun(
  options: ApplyOptions,
  planned: PlannedModel,
  run: ModelRun,
  place: number,
  isInSpan: boolean,
): Promise<{ readonly stage: Stage | undefined; readonly digest: WrittenDigest | undefined }> {
  const { session, bulk } = options;
  const { target, decisions } = planned;
  const fills = fillsOf(options, planned);
  const isStaged = (isInSpan && bulk?.covers(target.entity.model) !== true) || decisions.updated > 0;
  const stage = isStaged ? await createStage(session, planned, fills, place) : undefined;
  const { table } = target.entity;
  const columns = [...target.written, ...fills].map(({ column }) => column);
  // Into an empty table the archive's order is that of the keys, as long as all of it is written.
  const isAlone = planned.empty && planned.mapping === undefined;
  const digested = stage === undefined && isReadBack(planned, fills) ? new DigestedRows(target.entity, isAlone) : undefined;
  const all = rows(options, planned, run, { fills, isStaged, digested });
  const copy = (): Promise<number> =>
    stage === undefined
      ? copyRows(session, { table, columns }, all, { what: 'write rows', table })
      : session.copyIn(`COPY ${stageTarget(stage)} FROM STDIN`, all, { what: 'stage rows', table });
  try {
    await (stage === undefined && bulk !== undefined ? bulk.write(target.entity, copy) : copy());
    await bulk?.rest();
  } catch (error) {
    throw valueRefused(error, target.model);
  }
  const isWhole = !isAlone || decisions.count('insert') === decisions.length;
  return { stage, digest: isWhole ? digested?.digest() : undefined };
}

interface RowsOptions {
  readonly fills: readonly Fill[];
  readonly isStaged: boolean;
  readonly digested: DigestedRows | undefined;
}

async function* rows(
  { signal, onProgress, plan, objects: given }: ApplyOptions,
  planned: PlannedModel,
  run: ModelRun,
  { fills, isStaged, digested }: RowsOptions,
): AsyncGenerator<Buffer> {
  const { target, decisions } = planned;
  const lane = isStaged ? 'staged' : 'written';
  let place = 0;
  let out = chunk();
  for await (const objects of run.batches) {
    signal?.throwIfAborted();
    for (const object of objects) {
      const isWritten = decisions.isWritten(place);
      const group = decisions.groupAt(place);
      place += 1;
      if (!isWritten) continue;
      plan.rows.write(planned, object, lane, out);
      if (digested?.notesKeys === true) digested.noteKey(plan.rows.key(planned, object));
      for (const fill of fills) out.utf8(`\t${escapeCopy(fill.value())}`);
      if (isStaged) out.ascii(`\t${group === undefined ? '\\N' : String(group)}`);
      out.ascii('\n');
      if (out.length < chunkBytes) continue;
      yield taken(out, digested);
      out = chunk();
    }
    onProgress?.({ stage: 'apply', model: target.model, done: place, total: given === undefined ? decisions.length : undefined });
  }
  if (out.length > 0) yield taken(out, digested);
}

/** What is written is sent as it stands: nobody writes there again. */
function chunk(): OutputBuffer {
  return new OutputBuffer(Buffer.allocUnsafeSlow(chunkRoom));
}

function taken(out: OutputBuffer, digested: DigestedRows | undefined): Buffer {
  const bytes = out.bytes();
  digested?.take(bytes);
  return bytes;
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
