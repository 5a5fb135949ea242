import { keyTextsSql, referringRows } from '../changes/referring-rows.js';
import { stageInner } from '../changes/stage-inner.js';
import { sameKey } from '../changes/staged-keys.js';
import { toKey } from '../closure/key.js';
import { parseArray } from '../dialect/postgres/read-catalog.js';
import { rowDigestSql } from '../dialect/postgres/row-digest-sql.js';
import { ownRows, quoteIdentifier } from '../dialect/postgres/sql.js';
import type { Session } from '../dialect/session.js';
import { entityNamed } from '../schema/entity-named.js';
import { hasIntegerKey } from '../schema/has-integer-key.js';
import type { Schema } from '../schema/schema.js';
import { formatObjectName } from '../seeds/object-name.js';
import type { UndoStage } from './stage-journal.js';
import { undoColumns } from './stage-journal.js';
import type { UndoConflict } from './undo-options.js';

/** Conflicts that are kept in full; the rest is counted. */
const listed = 1000;

export interface UndoConflicts {
  readonly kept: readonly UndoConflict[];
  readonly count: number;
}

/** Looks for rows that are not as they were left, and for what refers to rows that are to go: one query for each table and each reference. */
export async function findUndoConflicts(session: Session, schema: Schema, stages: readonly UndoStage[]): Promise<UndoConflicts> {
  const kept: UndoConflict[] = [];
  let count = 0;
  const ask = async (
    sql: string,
    stage: UndoStage,
    conflictOf: (row: readonly (string | null)[]) => UndoConflict,
  ): Promise<void> => {
    const rows = await session.query(`SELECT *, count(*) OVER () FROM (${sql}) found ORDER BY 1 LIMIT ${String(listed)}`, [], {
      what: 'look what has changed since',
      table: stage.entity.table,
    });
    count += Number(rows[0]?.at(-1) ?? 0);
    for (const row of rows) if (kept.length < listed) kept.push(Object.freeze(conflictOf(row)));
  };
  for (const stage of stages)
    await ask(changedSql(stage), stage, ([object, reason]) => ({
      object: object ?? '',
      reason: reason as UndoConflict['reason'],
    }));
  const gone = stages.filter(({ kind }) => kind === 'delete');
  const models = new Set(gone.map(({ entity }) => entity.model));
  const inner = await stageInner(
    session,
    schema,
    schema.inner.filter(({ parent }) => models.has(parent)),
  );
  for (const stage of gone) {
    for (const reference of [...schema.references, ...schema.inner].filter(({ parent }) => parent === stage.entity.model)) {
      const child = entityNamed(schema, reference.child);
      const parts = stages.filter(({ kind, entity }) => kind !== 'insert' && entity.model === child.model);
      const known = parts.map((part) => `NOT EXISTS (SELECT 1 FROM ${part.table} c WHERE ${sameKey(part, 'x', 'c')})`);
      const where = known.length === 0 ? '' : ` WHERE ${known.join(' AND ')}`;
      const sql =
        `SELECT DISTINCT ON (s.${undoColumns.name}) s.${undoColumns.name}, ${keyTextsSql(child, 'x')} ` +
        `FROM ${referringRows(schema, reference, stage, inner)}${where} ORDER BY 1, 2`;
      await ask(sql, stage, ([object, key]) => ({
        ...{ object: object ?? '', reason: 'referenced', reference: reference.name },
        by:
          child.key.length === 0
            ? `a row of ${child.model}`
            : formatObjectName(child, toKey(parseArray(key ?? '{}'), hasIntegerKey(child))),
      }));
    }
  }
  return { kept, count };
}

/** Name and reason of each row that is not as it was left. */
function changedSql(stage: UndoStage): string {
  const { entity, table, kind, model, groups } = stage;
  const { name, digest, group } = undoColumns;
  const rows = `${table} s LEFT JOIN ${ownRows(entity)} t ON ${sameKey(stage, 't', 's')}`;
  const isThere = 't.ctid IS NOT NULL';
  if (kind === 'insert') return `SELECT s.${name}, 'exists' FROM ${rows} WHERE ${isThere}`;
  const now = rowDigestSql(
    model.columns.map((column) => column.name),
    't',
  );
  // What became NULL must still be; other columns of a row that survived are its own affair.
  const filled = groups.map((columns, at) => {
    const any = columns.map((column) => `t.${quoteIdentifier(column.name)} IS NOT NULL`).join(' OR ');
    return `s.${group} = ${String(at)} AND (${any === '' ? 'false' : any})`;
  });
  const isFilled = filled.length === 0 ? 'false' : filled.map((one) => `(${one})`).join(' OR ');
  return (
    `SELECT s.${name}, CASE WHEN ${isThere} THEN 'changed' ELSE 'gone' END FROM ${rows} ` +
    `WHERE NOT (${isThere}) OR s.${digest} IS NOT NULL AND ${now} <> s.${digest} OR s.${digest} IS NULL AND (${isFilled})`
  );
}
