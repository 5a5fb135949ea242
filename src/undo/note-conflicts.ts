import { outsideRows } from '../changes/referring-rows.js';
import { stageInner } from '../changes/stage-inner.js';
import { sameKey } from '../changes/staged-keys.js';
import { rowDigestSql } from '../dialect/postgres/row-digest-sql.js';
import { ownRows, quoteIdentifier, quoteLiteral } from '../dialect/postgres/sql.js';
import type { Session } from '../dialect/session.js';
import type { Column, Reference, Schema } from '../schema/schema.js';
import type { UndoStage } from './stage-journal.js';
import { stagedValue, undoColumns } from './stage-journal.js';

const { line, digest, group, after, reason, members, reference: referenceColumn, outside } = undoColumns;

/**
 * Notes in the stages which rows are not as they were left, and which of those that are to go something else refers to: one query for each table
 * and each reference.
 *
 * @returns the references, by the number that is noted
 */
export async function noteConflicts(
  session: Session,
  schema: Schema,
  stages: readonly UndoStage[],
): Promise<readonly Reference[]> {
  for (const stage of stages)
    await session.query(
      `UPDATE ${stage.table} s SET ${reason} = f.reason, ${members} = f.members FROM (${changedSql(stage)}) f WHERE f.line = s.${line}`,
      [],
      { what: 'look what has changed since', table: stage.entity.table },
    );
  const gone = stages.filter(({ kind }) => kind === 'delete');
  const models = new Set(gone.map(({ entity }) => entity.model));
  const references = [...schema.references, ...schema.inner].filter(({ parent }) => models.has(parent));
  const inner = await stageInner(
    session,
    schema,
    schema.inner.filter(({ parent }) => models.has(parent)),
  );
  for (const parents of gone) {
    for (const [number, reference] of references.entries()) {
      if (reference.parent !== parents.entity.model) continue;
      const known = stages.filter(({ kind, entity }) => kind !== 'insert' && entity.model === reference.child);
      const first = outsideRows({ schema, reference, parents, id: line, where: `s.${reason} IS NULL`, known, inner });
      await session.query(
        `UPDATE ${parents.table} s SET ${reason} = 'referenced', ${referenceColumn} = ${String(number)}, ${outside} = o.key FROM (${first}) o WHERE o.id = s.${line}`,
        [],
        { what: 'look what refers to it since', table: parents.entity.table },
      );
    }
  }
  return references;
}

/** Place, reason and members of each row that is not as it was left. */
function changedSql(stage: UndoStage): string {
  const { entity, table, kind, model, values, groups } = stage;
  const same = sameKey(stage, 't', 's');
  if (kind === 'insert')
    return `SELECT s.${line} AS line, 'exists' AS reason, nullif(${differing(values, stagedValue)}, '{}') AS members FROM ${table} s JOIN ${ownRows(entity)} t ON ${same}`;
  const isThere = 't.ctid IS NOT NULL';
  const rows = `${table} s LEFT JOIN ${ownRows(entity)} t ON ${same}`;
  const now = rowDigestSql(
    model.columns.map((column) => column.name),
    't',
  );
  const isOther = `s.${digest} IS NOT NULL AND ${now} <> s.${digest}`;
  const told = groups.map(
    (columns, at) =>
      `WHEN ${String(at)} THEN ${differing(columns, ({ type }, place) => `s.${after}[${String(place + 1)}]::${type}`)}`,
  );
  const none = 'NULL::pg_catalog.text[]';
  const found =
    told.length === 0
      ? none
      : `CASE WHEN ${isThere} AND s.${after} IS NOT NULL THEN CASE s.${group} ${told.join(' ')} END ELSE ${none} END`;
  // Of a row that lost a reference, what became NULL must still be; its other columns are its own affair.
  return (
    `SELECT c.line, CASE WHEN c.there THEN 'changed' ELSE 'gone' END AS reason, nullif(c.members, '{}') AS members FROM ` +
    `(SELECT s.${line} AS line, ${isThere} AS there, ${isOther} AS other, s.${digest} IS NULL AS lost, ${found} AS members FROM ${rows}) c ` +
    `WHERE NOT c.there OR c.other OR c.lost AND c.members <> '{}'`
  );
}

/** Members in which a row is not what it should be, as an array. */
function differing(columns: readonly Column[], wanted: (column: Column, at: number) => string): string {
  const parts = columns.map((column, at) => {
    const [is, should] = [`t.${quoteIdentifier(column.name)}`, wanted(column, at)].map(textSql);
    return `CASE WHEN ${is ?? ''} IS DISTINCT FROM ${should ?? ''} THEN ${quoteLiteral(column.member)} END`;
  });
  return `pg_catalog.array_remove(ARRAY[${parts.join(', ')}]::pg_catalog.text[], NULL)`;
}

/** What tells whether two values of one type are the same. */
export function textSql(value: string): string {
  return `(${value})::pg_catalog.text COLLATE "C"`;
}
