import { columnList, ownRows, quoteIdentifier, quoteTable } from '../dialect/postgres/sql.js';
import type { Session } from '../dialect/session.js';
import type { Fill } from './fill.js';
import type { PlannedModel } from './planned-model.js';
import type { TargetColumn, TargetModel } from './target.js';

/** A temporary table that holds what is to be written to one table, as long as no statement may write it row by row. */
export interface Stage {
  readonly planned: PlannedModel;
  readonly name: string;
  /** Columns that an insert writes. */
  readonly columns: readonly string[];
  /** All that it holds of a row. */
  readonly held: readonly string[];
}

/** Which list of columns an update writes; NULL in rows that are inserted. No table of an application has such a column. */
const groupColumn = '"portolan: update"';

export async function createStage(
  session: Session,
  planned: PlannedModel,
  fills: readonly Fill[],
  place: number,
): Promise<Stage> {
  const { entity, written, staged } = planned.target;
  const namesOf = (columns: readonly TargetColumn[]): readonly string[] =>
    [...columns, ...fills].map(({ column }) => column.name);
  const held = namesOf(staged);
  const name = `portolan_stage_${String(place)}`;
  await session.query(
    `CREATE TEMP TABLE ${name} ON COMMIT DROP AS SELECT ${columnList(held)}, NULL::pg_catalog.int4 AS ${groupColumn} FROM ${ownRows(entity)} WITH NO DATA`,
    [],
    { what: 'make a stage', table: entity.table },
  );
  return { planned, name, columns: namesOf(written), held };
}

/** The COPY target: the stage's columns, then the group of columns. */
export function stageTarget({ name, held }: Stage): string {
  return `pg_temp.${name} (${columnList(held)}, ${groupColumn})`;
}

/**
 * Writes what is staged. PostgreSQL checks foreign keys when a statement ends: tables that need each other's new rows are written
 * by one statement (data-modifying CTEs), so that no column has to be NULL first and required references work.
 */
export async function writeStages(session: Session, stages: readonly Stage[]): Promise<void> {
  const statements = stages.flatMap((stage) => [...insertSql(stage), ...updateSql(stage)]);
  const [only, ...others] = stages;
  const purpose = { what: 'write staged rows', table: others.length > 0 ? undefined : only?.planned.target.entity.table };
  if (stages.length === 1 && !stages.some(refersToItself)) {
    for (const statement of statements) await session.query(statement, [], purpose);
  } else if (statements.length > 0) {
    const parts = statements.map((statement, at) => `s${String(at)} AS (${statement})`);
    await session.query(`WITH ${parts.join(', ')} SELECT 1`, [], purpose);
  }
}

function refersToItself({ planned: { target } }: Stage): boolean {
  return target.references.some(({ parent }) => parent === target.entity.model);
}

function insertSql({ planned, name, columns }: Stage): readonly string[] {
  if (planned.decisions.inserted === 0) return [];
  const list = columnList(columns);
  return [
    `INSERT INTO ${quoteTable(planned.target.entity.table)} (${list}) OVERRIDING SYSTEM VALUE SELECT ${list} FROM pg_temp.${name} WHERE ${groupColumn} IS NULL`,
  ];
}

/** Overwrites only the columns that differ: one statement for all rows in which the same ones do. */
function updateSql({ planned: { target, decisions }, name }: Stage): readonly string[] {
  const keys = target.columns.filter(({ inKey }) => inKey);
  const same = keys.map(({ column }) => `t.${quoteIdentifier(column.name)} ${column.equality} s.${quoteIdentifier(column.name)}`);
  return decisions.groups.flatMap((members, group) => {
    const changed = changedColumns(target, members);
    if (changed.length === 0) return [];
    const sets = changed.map(({ column }) => `${quoteIdentifier(column.name)} = s.${quoteIdentifier(column.name)}`);
    const where = [...same, `s.${groupColumn} = ${String(group)}`].join(' AND ');
    return [`UPDATE ${ownRows(target.entity)} t SET ${sets.join(', ')} FROM pg_temp.${name} s WHERE ${where}`];
  });
}

function changedColumns(target: TargetModel, members: readonly string[]): readonly TargetColumn[] {
  const names = new Set(members);
  return target.written.filter(({ member }) => names.has(member));
}
