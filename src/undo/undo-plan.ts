import { copyRows } from '../changes/copy-rows.js';
import { outsideName } from '../changes/referring-rows.js';
import { sameKey } from '../changes/staged-keys.js';
import { toKey } from '../closure/key.js';
import { parseArray } from '../dialect/postgres/read-catalog.js';
import { rowDigestSql } from '../dialect/postgres/row-digest-sql.js';
import { ownRows, quoteIdentifier } from '../dialect/postgres/sql.js';
import type { Session, TextRow } from '../dialect/session.js';
import type { Column, Reference, Schema } from '../schema/schema.js';
import { hasIntegerKey } from '../schema/has-integer-key.js';
import { formatObjectName } from '../seeds/object-name.js';
import { toArchiveValue } from '../values/archive-value.js';
import type { TakenUnique } from './note-taken-values.js';
import type { UndoStage } from './stage-journal.js';
import { stagedText, undoColumns } from './stage-journal.js';
import type { UndoConflict, UndoCounts } from './undo-options.js';

/** What is taken back, as it stands in the stages when conflicts are noted there. */
export interface UndoPlan {
  readonly session: Session;
  readonly schema: Schema;
  readonly stages: readonly UndoStage[];
  /** What conflicts name by number. */
  readonly references: readonly Reference[];
  readonly taken: readonly TakenUnique[];
}

/** Conflicts that are kept in full; the rest is counted. */
const listed = 1000;

const purpose = { what: 'read the plan' };
const { line, name, digest, group, reason, members, reference: referenceColumn, outside } = undoColumns;

/** Rows by decision and model. */
export async function countDecisions({ session, stages }: UndoPlan): Promise<UndoCounts> {
  const counts = {
    delete: new Map<string, number>(),
    update: new Map<string, number>(),
    insert: new Map<string, number>(),
    conflict: new Map<string, number>(),
  };
  for (const { table, kind, model } of stages) {
    const [row] = await session.query(`SELECT count(*), count(${reason}) FROM ${table}`, [], purpose);
    const [all, against] = [Number(row?.[0]), Number(row?.[1])];
    add(counts[kind], model.model, all - against);
    add(counts.conflict, model.model, against);
  }
  return {
    delete: record(counts.delete),
    update: record(counts.update),
    insert: record(counts.insert),
    conflict: record(counts.conflict),
  };
}

function add(counts: Map<string, number>, model: string, count: number): void {
  if (count > 0) counts.set(model, (counts.get(model) ?? 0) + count);
}

function record(counts: ReadonlyMap<string, number>): Readonly<Record<string, number>> {
  return Object.freeze(Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1))));
}

/** The first of what stands against it, in the journal's order. */
export async function readConflicts(plan: UndoPlan): Promise<readonly UndoConflict[]> {
  const { session, stages } = plan;
  if (stages.length === 0) return [];
  const sql = `${decidedSql(stages, `WHERE s.${reason} IS NOT NULL`, false)} LIMIT ${String(listed)}`;
  return (await session.query(sql, [], purpose)).map((row) => Object.freeze(conflictOf(plan, row)));
}

/** A plan's lines after the first: one decision on each line of the journal, in its order. */
export async function* planLines(plan: UndoPlan, values: boolean): AsyncGenerator {
  const { session, stages } = plan;
  if (stages.length === 0) return;
  for await (const rows of copyRows(session, decidedSql(stages, '', values), purpose))
    for (const row of rows) yield lineOf(plan, row, values);
}

function decidedSql(stages: readonly UndoStage[], where: string, values: boolean): string {
  const parts = stages.map((stage, number) => {
    const { table, entity, kind, model } = stage;
    const isRead = kind !== 'insert' && (values || kind === 'update');
    const rows = isRead ? `${table} s LEFT JOIN ${ownRows(entity)} t ON ${sameKey(stage, 't', 's')}` : `${table} s`;
    // The journal's own is that of the row as it is: else it is a conflict.
    const columns = model.columns.map((column) => column.name);
    const now = isRead ? `coalesce(s.${digest}, ${rowDigestSql(columns, 't')})` : `s.${digest}`;
    const before = values && isRead ? texts(beforeOf(stage), (column) => `t.${quoteIdentifier(column.name)}`) : none;
    const after = values && kind !== 'delete' ? texts(stage.values, stagedText) : none;
    return (
      `SELECT s.${line} AS line, ${String(number)}, s.${name}, s.${group}, s.${reason}, s.${members}, s.${referenceColumn}, s.${outside}, ` +
      `CASE WHEN s.${reason} IS NULL THEN ${now} END, ${before}, ${after} FROM ${rows} ${where}`
    );
  });
  return `${parts.join(' UNION ALL ')} ORDER BY 1`;
}

const none = 'NULL::pg_catalog.text';

/** A JSON array of what the server prints: what a cast to text makes of some is another. */
function texts(columns: readonly Column[], value: (column: Column) => string): string {
  const parts = columns.map((column) => {
    const sql = value(column);
    return `CASE WHEN pg_catalog.num_nulls(${sql}) = 0 THEN pg_catalog.format('%s', ${sql}) END`;
  });
  return `pg_catalog.to_json(ARRAY[${parts.join(', ')}]::pg_catalog.text[])::pg_catalog.text`;
}

/** Columns whose values a line can tell as they are now. */
function beforeOf({ kind, model, values }: UndoStage): readonly Column[] {
  return kind === 'delete' ? model.columns : values;
}

function lineOf(plan: UndoPlan, row: TextRow, values: boolean): object {
  const [, number, object, groupNumber, against, , , , sha256, before, after] = row;
  const stage = plan.stages[Number(number)];
  if (stage === undefined) throw new TypeError('a line of no stage');
  if (typeof against === 'string') {
    const { object: named, ...why } = conflictOf(plan, row);
    return { object: named, decision: 'conflict', ...why };
  }
  const written = stage.groups[Number(groupNumber)]?.map(({ member }) => member) ?? [];
  const isTold = (member: string): boolean => stage.kind !== 'update' || written.includes(member);
  return {
    object,
    decision: stage.kind,
    ...(stage.kind === 'update' ? { columns: written } : {}),
    ...(typeof sha256 === 'string' ? { sha256 } : {}),
    ...(values && stage.kind !== 'insert' ? { before: valuesOf(beforeOf(stage), before, isTold) } : {}),
    ...(values && stage.kind !== 'delete' ? { after: valuesOf(stage.values, after, isTold) } : {}),
  };
}

function valuesOf(columns: readonly Column[], array: string | null | undefined, isTold: (member: string) => boolean): object {
  const found = JSON.parse(array ?? '[]') as readonly (string | null)[];
  return Object.fromEntries(
    columns.flatMap(({ member, kind }, at) =>
      isTold(member) ? [[member, toArchiveValue(found[at] ?? null, kind)] as const] : [],
    ),
  );
}

function conflictOf({ schema, references, taken }: UndoPlan, row: TextRow): UndoConflict {
  const [, , object, , against, differing, number, key] = row;
  const told = {
    object: object ?? '',
    reason: against as UndoConflict['reason'],
    ...(typeof differing === 'string' ? { columns: parseArray(differing) } : {}),
  };
  if (typeof number !== 'string' || typeof key !== 'string') return told;
  if (told.reason === 'unique') {
    const unique = taken[Number(number)];
    return unique === undefined ? told : { ...told, constraint: unique.unique.name, inTheWay: nameOf(unique, key) };
  }
  const reference = references[Number(number)];
  return reference === undefined ? told : { ...told, by: outsideName(schema, reference, key), reference: reference.name };
}

/** The row in the way, by the array of the texts of its key. */
function nameOf({ entity, key }: TakenUnique, texts: string): string {
  const keyed = { ...entity, key };
  return formatObjectName(keyed, toKey(parseArray(texts), hasIntegerKey(keyed)));
}
