import { quoteIdentifier, quoteTable } from '../dialect/postgres/sql.js';
import type { Session } from '../dialect/session.js';
import type { Findings } from '../findings/finding.js';
import type { Entity, NestedSet, Schema } from '../schema/schema.js';
import type { PlannedModel } from './planned-model.js';

/** Rows of a nested set are numbered through all of their table: those that come can be numbered as those that are there. */
export async function tellNestedSets(
  session: Session,
  schema: Schema,
  models: ReadonlyMap<string, PlannedModel>,
  findings: Findings,
): Promise<void> {
  for (const { target, decisions } of models.values()) {
    const { entity } = target;
    const { nestedSet } = entity;
    if (nestedSet === undefined || decisions.inserted + decisions.updated === 0) continue;
    const sql = misplacedSql(schema, entity, nestedSet);
    if (sql === undefined) continue;
    const [row] = await session.query(sql, [], { what: 'look whether its trees overlap', table: entity.table });
    if (row?.[0] !== 't') continue;
    findings.warn(
      'nested-set-overlaps',
      target.model,
      `the numbers of its trees (${nestedSet.left}, ${nestedSet.right}) overlap: TypeORM finds wrong ancestors and descendants until they are numbered anew from ${nestedSet.parent.join(', ')}; a table without other rows takes a tree as it is`,
    );
  }
}

/**
 * Whether a row stands elsewhere than in its parent: numbers are unique, each row stands within its parent, and is one deeper than
 * that by the count of rows that are open at its left number.
 */
function misplacedSql(schema: Schema, { model, table, columns }: Entity, { left, right, parent }: NestedSet): string | undefined {
  const reference = schema.references.find(
    (one) => one.child === model && one.parent === model && one.columns.join('\0') === parent.join('\0'),
  );
  if (reference === undefined || ![left, right].every((name) => columns.some((column) => column.name === name))) return undefined;
  const [l, r] = [quoteIdentifier(left), quoteIdentifier(right)];
  const keys = reference.parentColumns.map((name, at) => `${quoteIdentifier(name)} AS key${String(at)}`);
  const parents = reference.columns.map((name, at) => `${quoteIdentifier(name)} AS parent${String(at)}`);
  const isParent = parents.map((_, at) => `p.key${String(at)} = s.parent${String(at)}`).join(' AND ');
  const ends = (place: string, step: string): string =>
    `SELECT ${[...keys, ...parents].join(', ')}, ${l} AS l, ${r} AS r, ${place} AS place, ${step} AS step FROM ${quoteTable(table)}`;
  return `WITH placed AS (
      SELECT *, sum(step) OVER (ORDER BY place ROWS UNBOUNDED PRECEDING) AS depth, lag(place) OVER (ORDER BY place) = place AS shared
      FROM (${ends(l, '1')} UNION ALL ${ends(r, '-1')}) ends)
    SELECT EXISTS (SELECT FROM placed s LEFT JOIN placed p ON p.step = 1 AND ${isParent}
      WHERE s.shared OR s.step = 1 AND (s.depth <> coalesce(p.depth, 0) + 1 OR s.l <= p.l OR s.r >= p.r))`;
}
