import { sameKey } from '../changes/staged-keys.js';
import { tableId } from '../changes/row-counts.js';
import { ownRows, quoteIdentifier } from '../dialect/postgres/sql.js';
import type { Session } from '../dialect/session.js';
import { FailedError } from '../errors/portolan-error.js';
import type { OnProgress } from '../progress.js';
import { dependencyOrder } from '../schema/dependency-order.js';
import { nullifyingEdges } from './delete-plan.js';
import type { PlanFacts } from './delete-plan.js';
import { nullifiedColumns } from './on-delete.js';
import { stateNumber } from './row-states.js';
import type { StagedModel } from './staged-model.js';
import { stageColumns } from './staged-model.js';

export interface ApplyOptions extends PlanFacts {
  readonly onProgress?: OnProgress | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Rows that one statement deletes from a table that needs no other at the same time. */
const rowsAtOnce = 50_000;

/**
 * Writes NULL where rows survive, then deletes, children before parents: tables that need each other in one statement, since foreign keys are
 * checked when it ends. What the schema does on deletion finds nothing left to do.
 *
 * @returns rows that were deleted, by table
 * @throws FailedError VERIFY_FAILED: the database did not do what it was told
 */
export async function deleteRows(options: ApplyOptions): Promise<ReadonlyMap<string, number>> {
  const { session, schema, staged, onProgress, signal } = options;
  await nullifyRows(options);
  const expected = await expectedRows(options);
  const constrained = schema.references.filter(({ constraint }) => constraint !== undefined);
  const groups = dependencyOrder(expected.keys(), constrained);
  const gone = new Map<string, number>();
  const note = (stage: StagedModel, count: number): void => {
    const table = tableId(stage.entity.table);
    gone.set(table, (gone.get(table) ?? 0) + count);
  };
  for (const group of [...groups].reverse()) {
    signal?.throwIfAborted();
    const stages = group.flatMap((model) => staged.get(model) ?? []);
    const [only, ...others] = stages;
    if (only === undefined) continue;
    const isAlone =
      others.length === 0 && !constrained.some(({ child, parent }) => child === parent && child === only.entity.model);
    const counts = isAlone ? [await deleteInBatches(options, only)] : await deleteTogether(session, stages);
    for (const [at, stage] of stages.entries()) {
      const [count, wanted] = [counts[at] ?? 0, expected.get(stage.entity.model) ?? 0];
      if (stage.entity.key.length === 0 ? count < wanted : count !== wanted) throw notDone(stage, count, wanted);
      note(stage, count);
      onProgress?.({ stage: 'apply', model: stage.entity.model, done: count, total: wanted });
    }
  }
  await session.query('SET CONSTRAINTS ALL IMMEDIATE');
  return gone;
}

async function nullifyRows({ session, schema, staged, references }: ApplyOptions): Promise<void> {
  const asked = `SELECT e.reference, count(DISTINCT e.child) FROM ${nullifyingEdges()} GROUP BY 1 ORDER BY 1`;
  for (const [number, wanted] of await session.query(asked, [], { what: 'read the plan' })) {
    const reference = references[Number(number)];
    const stage = staged.get(reference?.child ?? '');
    if (reference === undefined || stage === undefined) throw new TypeError('a reference without rows');
    const sets = nullifiedColumns(schema, reference).map((name) => `${quoteIdentifier(name)} = NULL`);
    const sql =
      `UPDATE ${ownRows(stage.entity)} t SET ${sets.join(', ')} FROM ${stage.table} k WHERE ${sameKey(stage, 't', 'k')} ` +
      `AND k.${stageColumns.id} IN (SELECT e.child FROM ${nullifyingEdges()} WHERE e.reference = ${number ?? ''}) RETURNING 1`;
    const count = await counted(session, [sql], 'write NULL', stage);
    if (count[0] !== Number(wanted)) throw notDone(stage, count[0] ?? 0, Number(wanted));
  }
}

async function expectedRows({ session, staged }: ApplyOptions): Promise<ReadonlyMap<string, number>> {
  const models = [...staged.keys()];
  const sql = `SELECT model, count(*) FROM pg_temp.portolan_row WHERE state = ${stateNumber('delete')} GROUP BY 1`;
  const rows = await session.query(sql, [], { what: 'read the plan' });
  return new Map(rows.map(([number, count]) => [models[Number(number)] ?? '', Number(count)]));
}

function deleteSql(stage: StagedModel, range = ''): string {
  return (
    `DELETE FROM ${ownRows(stage.entity)} t USING ${stage.table} k, pg_temp.portolan_row r WHERE ${sameKey(stage, 't', 'k')} ` +
    `AND r.id = k.${stageColumns.id} AND r.state = ${stateNumber('delete')}${range} RETURNING 1`
  );
}

async function deleteInBatches({ session, signal }: ApplyOptions, stage: StagedModel): Promise<number> {
  const id = `k.${stageColumns.id}`;
  const [row] = await session.query(`SELECT min(${id}), max(${id}) FROM ${stage.table} k`, [], { what: 'read the plan' });
  const last = Number(row?.[1]);
  let count = 0;
  for (let from = Number(row?.[0]); from <= last; from += rowsAtOnce) {
    signal?.throwIfAborted();
    const range = ` AND ${id} BETWEEN ${String(from)} AND ${String(from + rowsAtOnce - 1)}`;
    const [some = 0] = await counted(session, [deleteSql(stage, range)], 'delete rows', stage);
    count += some;
  }
  return count;
}

function deleteTogether(session: Session, stages: readonly StagedModel[]): Promise<readonly number[]> {
  return counted(
    session,
    stages.map((stage) => deleteSql(stage)),
    'delete rows',
    stages[0],
  );
}

/** Runs all of them as one statement; each returns a row for each that it wrote. */
async function counted(
  session: Session,
  statements: readonly string[],
  what: string,
  stage: StagedModel | undefined,
): Promise<readonly number[]> {
  const parts = statements.map((sql, at) => `w${String(at)} AS (${sql})`);
  const counts = statements.map((_, at) => `(SELECT count(*) FROM w${String(at)})`);
  const [row = []] = await session.query(`WITH ${parts.join(', ')} SELECT ${counts.join(', ')}`, [], {
    what,
    table: stage?.entity.table,
  });
  return row.map(Number);
}

function notDone({ entity }: StagedModel, count: number, wanted: number): FailedError {
  return new FailedError(
    'VERIFY_FAILED',
    `${entity.model}: the database wrote to ${String(count)} rows where it was told to write to ${String(wanted)}`,
    { hint: 'Nothing was committed. A trigger or a rule of the database left rows out, or wrote to others.' },
  );
}
