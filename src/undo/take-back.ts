import { tableId } from '../changes/row-counts.js';
import { sameKey } from '../changes/staged-keys.js';
import { columnList, ownRows, quoteIdentifier, quoteTable } from '../dialect/postgres/sql.js';
import type { Session } from '../dialect/session.js';
import { FailedError } from '../errors/portolan-error.js';
import type { Findings } from '../findings/finding.js';
import type { Column } from '../schema/schema.js';
import type { UndoStage } from './stage-journal.js';
import { textSql } from './note-conflicts.js';
import { stagedValue, undoColumns } from './stage-journal.js';

/**
 * Takes everything back by one statement: foreign keys are checked when it ends, so that rows may need each other however they like. What came
 * goes before what was overwritten comes back, and that before what went: each may have unique values of the next.
 *
 * @returns rows that were deleted, by table
 * @throws FailedError VERIFY_FAILED: the database did not do what it was told
 */
export async function takeBack(session: Session, stages: readonly UndoStage[]): Promise<ReadonlyMap<string, number>> {
  const ordered = (['delete', 'update', 'insert'] as const).flatMap((kind) => stages.filter((stage) => stage.kind === kind));
  const parts: string[] = [];
  const counted: { readonly stage: UndoStage; readonly part: string }[] = [];
  const before = { delete: [] as string[], update: [] as string[], insert: [] as string[] };
  for (const stage of ordered) {
    const waited = stage.kind === 'delete' ? [] : stage.kind === 'update' ? before.delete : [...before.delete, ...before.update];
    for (const sql of statementsOf(stage, waited)) {
      const part = `w${String(parts.length)}`;
      parts.push(`${part} AS (${sql} RETURNING 1)`);
      if (stage.kind !== 'update') counted.push({ stage, part });
      before[stage.kind].push(part);
    }
  }
  const deleted = new Map<string, number>();
  if (parts.length === 0) return deleted;
  const counts = [...counted.map(({ part }) => `(SELECT count(*) FROM ${part})`), '1'].join(', ');
  const wanted = await wantedRows(
    session,
    counted.map(({ stage }) => stage),
  );
  const [row = []] = await session.query(`WITH ${parts.join(', ')} SELECT ${counts}`, [], { what: 'take back' });
  for (const [at, { stage }] of counted.entries()) {
    const count = Number(row[at]);
    if (count !== wanted[at]) throw notDone(stage, count, wanted[at] ?? 0);
    const table = tableId(stage.entity.table);
    if (stage.kind === 'delete') deleted.set(table, (deleted.get(table) ?? 0) + count);
  }
  await session.query('SET CONSTRAINTS ALL IMMEDIATE');
  return deleted;
}

function* statementsOf(stage: UndoStage, before: readonly string[]): Generator<string> {
  const { kind, entity, table, values, groups } = stage;
  // What refers to a part of the statement waits for it.
  const after = before.map((part) => `(SELECT count(*) FROM ${part}) >= 0`);
  const same = sameKey(stage, 't', 's');
  switch (kind) {
    case 'delete':
      yield `DELETE FROM ${ownRows(entity)} t USING ${table} s WHERE ${same}`;
      return;
    case 'insert': {
      const list = columnList(values.map(({ name }) => name));
      yield `INSERT INTO ${quoteTable(entity.table)} (${list}) OVERRIDING SYSTEM VALUE SELECT ${values.map(stagedValue).join(', ')} FROM ${table} s WHERE ${['true', ...after].join(' AND ')}`;
      return;
    }
    case 'update': {
      for (const [at, columns] of groups.entries()) {
        if (columns.length === 0) continue;
        const sets = columns.map((column) => `${quoteIdentifier(column.name)} = ${stagedValue(column)}`).join(', ');
        yield `UPDATE ${ownRows(entity)} t SET ${sets} FROM ${table} s WHERE ${[same, `s.${undoColumns.group} = ${String(at)}`, ...after].join(' AND ')}`;
      }
      return;
    }
  }
}

/** A row that several lines tell of is one. */
async function wantedRows(session: Session, stages: readonly UndoStage[]): Promise<readonly number[]> {
  if (stages.length === 0) return [];
  const counts = stages.map(({ table, key, kind }) =>
    kind === 'insert'
      ? `(SELECT count(*) FROM ${table})`
      : `(SELECT count(*) FROM (SELECT DISTINCT ${columnList(key)} FROM ${table}) d)`,
  );
  const [row = []] = await session.query(`SELECT ${counts.join(', ')}`, [], { what: 'count what is to be taken back' });
  return row.map(Number);
}

/** Reads back what was written. @throws FailedError VERIFY_FAILED where a row is not there */
export async function verifyTakenBack(session: Session, stages: readonly UndoStage[], findings: Findings): Promise<void> {
  for (const stage of stages) {
    if (stage.kind === 'delete') continue;
    const lists: readonly (readonly Column[])[] = stage.kind === 'insert' ? [stage.values] : stage.groups;
    for (const [at, columns] of lists.entries()) {
      const where = stage.kind === 'insert' ? 'true' : `s.${undoColumns.group} = ${String(at)}`;
      const differs = columns.map(
        (column) => `${textSql(`t.${quoteIdentifier(column.name)}`)} IS DISTINCT FROM ${textSql(stagedValue(column))}`,
      );
      const isGone = 't.ctid IS NULL';
      const sql =
        `SELECT count(*) FILTER (WHERE ${isGone}), count(*) FILTER (WHERE NOT ${isGone} AND (${differs.length === 0 ? 'false' : differs.join(' OR ')})) ` +
        `FROM ${stage.table} s LEFT JOIN ${ownRows(stage.entity)} t ON ${sameKey(stage, 't', 's')} WHERE ${where}`;
      const [row] = await session.query(sql, [], { what: 'read back', table: stage.entity.table });
      const [lost, other] = [Number(row?.[0]), Number(row?.[1])];
      if (lost > 0) throw notDone(stage, stage.count - lost, stage.count);
      if (other > 0)
        findings.warn(
          'trigger-changed-row',
          stage.model.model,
          `a trigger changed ${String(other)} of the rows that were written back`,
        );
    }
  }
}

function notDone({ model }: UndoStage, count: number, wanted: number): FailedError {
  return new FailedError(
    'VERIFY_FAILED',
    `${model.model}: the database wrote to ${String(count)} rows where it was told to write to ${String(wanted)}`,
    { hint: 'Nothing was committed. A trigger or a rule of the database left rows out, or wrote to others.' },
  );
}
