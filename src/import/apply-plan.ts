import type { ArchiveObject } from '../archive/archive.js';
import type { ArchiveReader } from '../archive/open-archive.js';
import { columnList, quoteTable } from '../dialect/postgres/sql.js';
import type { Session } from '../dialect/session.js';
import type { OnProgress } from '../progress.js';
import type { Column, Schema } from '../schema/schema.js';
import { escapeCopy } from '../values/copy-text.js';
import type { Fill } from './fill.js';
import { generatedKeys } from './generated-keys.js';
import type { ModelRun } from './model-runs.js';
import { modelRuns } from './model-runs.js';
import type { Plan } from './plan.js';
import type { PlannedModel } from './planned-model.js';
import { updateRows } from './update-rows.js';

export interface ApplyOptions {
  readonly session: Session;
  readonly archive: ArchiveReader;
  readonly schema: Schema;
  readonly plan: Plan;
  readonly dryRun: boolean;
  readonly onProgress?: OnProgress | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Rows of one chunk that is handed to COPY. */
const rowsAtOnce = 1000;

/**
 * Writes what the plan says, parents before children, by COPY straight into the tables. PostgreSQL checks foreign keys when a
 * statement ends: a table that references itself is one statement. Tables that reference each other in a circle, by constraints
 * that cannot be deferred, are staged and written by one statement too (data-modifying CTEs), so that no column has to be
 * NULL first and required references work.
 */
export async function applyPlan(options: ApplyOptions): Promise<void> {
  const { plan, session } = options;
  const spans = stagedSpans(options);
  const order = [...plan.models.keys()];
  let staged: string[] = [];
  for await (const run of modelRuns(options.archive.objects())) {
    const planned = plan.models.get(run.model);
    if (planned === undefined) {
      await drain(run);
      continue;
    }
    const place = order.indexOf(run.model);
    const span = spans.find(({ from, to }) => place >= from && place <= to);
    await writeRun(options, planned, run, span === undefined ? undefined : stageName(place));
    if (span === undefined) continue;
    staged.push(run.model);
    if (place < span.to) continue;
    await session.query(insertStagedSql(plan, staged));
    staged = [];
  }
}

interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * Stretches of the archive's order in which a table needs one that comes later, by a constraint that is checked at once: with
 * deferrable ones, the transaction's end is soon enough. Stretches that touch are one.
 */
function stagedSpans({ plan, schema }: ApplyOptions): readonly Span[] {
  const places = new Map([...plan.models.values()].map((planned, at) => [planned.target.entity.model, at]));
  const spans = schema.references
    .flatMap(({ child, parent, constraint }) => {
      const from = places.get(child);
      const to = places.get(parent);
      const immediate = constraint !== undefined && !constraint.deferrable;
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

function stageName(place: number): string {
  return `portolan_stage_${String(place)}`;
}

async function writeRun(options: ApplyOptions, planned: PlannedModel, run: ModelRun, stage: string | undefined): Promise<void> {
  const { session } = options;
  const { target } = planned;
  const fills = fillsOf(options, planned);
  const columns = columnList([...target.written.map(({ column }) => column.name), ...fills.map(({ column }) => column.name)]);
  const table = quoteTable(target.entity.table);
  if (stage !== undefined)
    await session.query(`CREATE TEMP TABLE ${stage} ON COMMIT DROP AS SELECT ${columns} FROM ${table} WITH NO DATA`);
  const updates: { readonly object: ArchiveObject; readonly columns: readonly string[] }[] = [];
  await session.copyIn(
    `COPY ${stage === undefined ? table : `pg_temp.${stage}`} (${columns}) FROM STDIN`,
    rows(options, planned, run, fills, updates),
  );
  if (updates.length > 0) await updateRows(session, target, updates);
}

async function* rows(
  { signal, onProgress, plan }: ApplyOptions,
  planned: PlannedModel,
  run: ModelRun,
  fills: readonly Fill[],
  updates: { readonly object: ArchiveObject; readonly columns: readonly string[] }[],
): AsyncGenerator<string> {
  const { target, decisions } = planned;
  let place = 0;
  for await (const objects of run.batches) {
    let text = '';
    let count = 0;
    signal?.throwIfAborted();
    for (const object of objects) {
      const decision = decisions.at(place);
      if (decision === 'update')
        updates.push({ object: plan.standIns.written(planned, object), columns: decisions.columnsAt(place) });
      place += 1;
      if (decision !== 'insert') continue;
      text += target.writtenLine(plan.standIns.written(planned, object));
      for (const fill of fills) text += `\t${escapeCopy(fill.value())}`;
      text += '\n';
      count += 1;
      if (count % rowsAtOnce !== 0) continue;
      yield text;
      text = '';
    }
    if (text !== '') yield text;
    onProgress?.({ stage: 'apply', model: target.model, done: place, total: decisions.length });
  }
}

/** What the policy or nobody can guess; in a dry run also what the real run would draw from a sequence. */
function fillsOf({ dryRun }: ApplyOptions, { target }: PlannedModel): readonly Fill[] {
  if (!dryRun) return target.fills;
  const held = new Set([...target.written, ...target.fills].map(({ column }) => column.name));
  const drawn = target.entity.columns.filter((column) => drawsFromSequence(column) && !held.has(column.name));
  return [...target.fills, ...generatedKeys(drawn)];
}

/** Whether the column's default would move a sequence, which no rollback takes back. */
export function drawsFromSequence(column: Column): boolean {
  return column.identity !== undefined || (column.default !== undefined && /nextval/iu.test(column.default));
}

function insertStagedSql(plan: Plan, models: readonly string[]): string {
  const inserts = models.flatMap((model) => {
    const planned = plan.models.get(model);
    if (planned === undefined) return [];
    const { entity, written, fills } = planned.target;
    const columns = columnList([...written.map(({ column }) => column.name), ...fills.map(({ column }) => column.name)]);
    const place = [...plan.models.keys()].indexOf(model);
    return [
      `i${String(place)} AS (INSERT INTO ${quoteTable(entity.table)} (${columns}) OVERRIDING SYSTEM VALUE SELECT ${columns} FROM pg_temp.${stageName(place)})`,
    ];
  });
  return `WITH ${inserts.join(', ')} SELECT 1`;
}

async function drain(run: ModelRun): Promise<void> {
  const batches = run.batches[Symbol.asyncIterator]();
  while ((await batches.next()).done !== true);
}
