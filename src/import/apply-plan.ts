import type { ArchiveObject } from '../archive/archive.js';
import type { ArchiveReader } from '../archive/open-archive.js';
import { columnList, quoteTable } from '../dialect/postgres/sql.js';
import type { Session } from '../dialect/session.js';
import type { OnProgress } from '../progress.js';
import { dependencyOrder } from '../schema/dependency-order.js';
import type { Column, Schema } from '../schema/schema.js';
import { escapeCopy } from '../values/copy-text.js';
import type { Fill } from './fill.js';
import { generatedKeys } from './generated-keys.js';
import type { ModelRun } from './model-runs.js';
import { modelRuns } from './model-runs.js';
import type { Plan, PlannedModel } from './plan.js';
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
  const circles = immediateCircles(options);
  const waiting = new Map<readonly string[], Set<string>>();
  for await (const run of modelRuns(options.archive.objects())) {
    const planned = plan.models.get(run.model);
    if (planned === undefined) {
      await drain(run);
      continue;
    }
    const circle = circles.find((models) => models.includes(run.model));
    const stage = circle === undefined ? undefined : `portolan_stage_${String([...plan.models.keys()].indexOf(run.model))}`;
    await writeRun(options, planned, run, stage);
    if (circle === undefined) continue;
    const done = waiting.get(circle) ?? new Set();
    waiting.set(circle, done.add(run.model));
  }
  for (const [, models] of waiting) await session.query(insertStagedSql(plan, [...models]));
}

/** Circles of tables whose constraints are checked at once: with deferrable ones, the transaction's end is soon enough. */
function immediateCircles({ plan, schema }: ApplyOptions): readonly (readonly string[])[] {
  const byEntity = new Map([...plan.models].map(([model, planned]) => [planned.target.entity.model, model]));
  const edges = schema.references.flatMap((reference) => {
    const child = byEntity.get(reference.child);
    const parent = byEntity.get(reference.parent);
    const immediate = reference.constraint !== undefined && !reference.constraint.deferrable;
    return child === undefined || parent === undefined || !immediate ? [] : [{ child, parent }];
  });
  return dependencyOrder(byEntity.values(), edges).filter((component) => component.length > 1);
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
  { signal, onProgress }: ApplyOptions,
  { target, decisions }: PlannedModel,
  run: ModelRun,
  fills: readonly Fill[],
  updates: { readonly object: ArchiveObject; readonly columns: readonly string[] }[],
): AsyncGenerator<string> {
  let place = 0;
  for await (const objects of run.batches) {
    let text = '';
    let count = 0;
    signal?.throwIfAborted();
    for (const object of objects) {
      const decision = decisions.at(place);
      if (decision === 'update') updates.push({ object, columns: decisions.columnsAt(place) });
      place += 1;
      if (decision !== 'insert') continue;
      text += target.writtenLine(object);
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
    const at = String([...plan.models.keys()].indexOf(model));
    return [
      `i${at} AS (INSERT INTO ${quoteTable(entity.table)} (${columns}) OVERRIDING SYSTEM VALUE SELECT ${columns} FROM pg_temp.portolan_stage_${at})`,
    ];
  });
  return `WITH ${inserts.join(', ')} SELECT 1`;
}

async function drain(run: ModelRun): Promise<void> {
  const batches = run.batches[Symbol.asyncIterator]();
  while ((await batches.next()).done !== true);
}
