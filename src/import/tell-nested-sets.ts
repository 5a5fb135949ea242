import type { ArchiveReader } from '../archive/open-archive.js';
import { once } from '../changes/once.js';
import type { StagedKeys } from '../changes/staged-keys.js';
import { sameKey, stageKeys } from '../changes/staged-keys.js';
import { keyTexts } from '../closure/key.js';
import { ownRows, quoteIdentifier, quoteTable } from '../dialect/postgres/sql.js';
import type { Session } from '../dialect/session.js';
import { RefusedError } from '../errors/portolan-error.js';
import type { Findings } from '../findings/finding.js';
import type { Entity, NestedSet, Schema } from '../schema/schema.js';
import { escapeCopy } from '../values/copy-text.js';
import type { Plan } from './plan.js';
import type { PlannedModel } from './planned-model.js';
import { plannedRuns } from './planned-runs.js';

export interface NestedSetOptions {
  readonly session: Session;
  readonly schema: Schema;
  readonly archive: ArchiveReader;
  readonly plan: Plan;
  readonly findings: Findings;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Rows of a nested set are numbered through all of their table: those that come can be numbered as those that are there. Under `remap` whole
 * trees that come get other numbers, as they get other keys; elsewhere it is told.
 *
 * @throws RefusedError NESTED_SET_OVERLAPS
 */
export async function tellNestedSets({ session, schema, archive, plan, findings, signal }: NestedSetOptions): Promise<void> {
  const { models } = plan;
  let staged = 0;
  for (const [model, planned] of models) {
    const { target, decisions } = planned;
    const { entity } = target;
    const { nestedSet } = entity;
    if (nestedSet === undefined || decisions.inserted + decisions.updated === 0) continue;
    const sql = misplacedSql(schema, entity, nestedSet, quoteTable(entity.table));
    if (sql === undefined) continue;
    const isMisplaced = async (asked: string): Promise<boolean> => {
      const [row] = await session.query(asked, [], { what: 'look whether its trees overlap', table: entity.table });
      return row?.[0] === 't';
    };
    if (!(await isMisplaced(sql))) continue;
    if (target.strategy === 'remap' && decisions.inserted > 0) {
      const come = await stageInserted(
        { session, archive, plan, signal },
        model,
        planned,
        `portolan_nested_${String((staged += 1))}`,
      );
      const others = `(SELECT * FROM ${quoteTable(entity.table)} t WHERE NOT EXISTS (SELECT 1 FROM ${come.table} s WHERE ${sameKey(come, 't', 's')}))`;
      // What was in disorder before stays so, and is told.
      if (!(await isMisplaced(misplacedSql(schema, entity, nestedSet, others) ?? sql))) {
        await shift(session, entity, nestedSet, come);
        if (await isMisplaced(sql)) throw overlaps(target.model, nestedSet);
        findings.note(
          'nested-set-renumbered',
          target.model,
          `its trees that came have numbers (${nestedSet.left}, ${nestedSet.right}) behind those that were there`,
        );
        continue;
      }
    }
    findings.warn(
      'nested-set-overlaps',
      target.model,
      `the numbers of its trees (${nestedSet.left}, ${nestedSet.right}) overlap: TypeORM finds wrong ancestors and descendants until they are numbered anew from ${nestedSet.parent.join(', ')}; a table without other rows takes a tree as it is`,
    );
  }
}

/** The keys that rows have which were not there before. */
async function stageInserted(
  { session, archive, plan: { rows }, signal }: Omit<NestedSetOptions, 'schema' | 'findings'>,
  model: string,
  planned: PlannedModel,
  name: string,
): Promise<StagedKeys> {
  const { entity } = planned.target;
  const keys = await stageKeys(session, entity, entity.key, name, []);
  for await (const { from, objects } of plannedRuns(archive, new Map([[model, planned]]), signal)) {
    let lines = '';
    for (const [at, object] of objects.entries()) {
      const decision = planned.decisions.at(from + at);
      if (decision !== 'insert' && decision !== 'remap') continue;
      lines += `${keyTexts(rows.key(planned, object)).map(escapeCopy).join('\t')}\n`;
    }
    if (lines !== '')
      await session.copyIn(`COPY ${keys.table} FROM STDIN`, once(lines), { what: 'stage keys', table: entity.table });
  }
  return keys;
}

/** Behind all numbers of the table: none of them is met on the way. */
async function shift(session: Session, entity: Entity, { left, right }: NestedSet, come: StagedKeys): Promise<void> {
  const [l, r] = [quoteIdentifier(left), quoteIdentifier(right)];
  const table = ownRows(entity);
  const ours = `${come.table} s WHERE ${sameKey(come, 't', 's')}`;
  await session.query(
    `UPDATE ${table} t SET ${l} = t.${l} + n.by, ${r} = t.${r} + n.by FROM ${come.table} s,
       (SELECT (SELECT max(greatest(${l}, ${r})) FROM ${table}) + 1 - (SELECT min(t.${l}) FROM ${table} t, ${ours}) AS by) n
     WHERE ${sameKey(come, 't', 's')}`,
    [],
    { what: 'number its trees anew', table: entity.table },
  );
}

function overlaps(model: string, { left, right, parent }: NestedSet): RefusedError {
  return new RefusedError(
    'NESTED_SET_OVERLAPS',
    `${model}: rows that come stand within trees that are there, or are no whole trees: no numbers (${left}, ${right}) behind the others would put them there`,
    {
      hint: `Nothing was written. Import whole trees, or import under --on-conflict skip and number the table anew from ${parent.join(', ')}.`,
    },
  );
}

/**
 * Whether a row stands elsewhere than in its parent: numbers are unique, each row stands within its parent, and is one deeper than
 * that by the count of rows that are open at its left number.
 */
function misplacedSql(
  schema: Schema,
  { model, columns }: Entity,
  { left, right, parent }: NestedSet,
  rows: string,
): string | undefined {
  const reference = schema.references.find(
    (one) => one.child === model && one.parent === model && one.columns.join('\0') === parent.join('\0'),
  );
  if (reference === undefined || ![left, right].every((name) => columns.some((column) => column.name === name))) return undefined;
  const [l, r] = [quoteIdentifier(left), quoteIdentifier(right)];
  const keys = reference.parentColumns.map((name, at) => `${quoteIdentifier(name)} AS key${String(at)}`);
  const parents = reference.columns.map((name, at) => `${quoteIdentifier(name)} AS parent${String(at)}`);
  const isParent = parents.map((_, at) => `p.key${String(at)} = s.parent${String(at)}`).join(' AND ');
  const ends = (place: string, step: string): string =>
    `SELECT ${[...keys, ...parents].join(', ')}, ${l} AS l, ${r} AS r, ${place} AS place, ${step} AS step FROM ${rows} rows`;
  return `WITH placed AS (
      SELECT *, sum(step) OVER (ORDER BY place ROWS UNBOUNDED PRECEDING) AS depth, lag(place) OVER (ORDER BY place) = place AS shared
      FROM (${ends(l, '1')} UNION ALL ${ends(r, '-1')}) ends)
    SELECT EXISTS (SELECT FROM placed s LEFT JOIN placed p ON p.step = 1 AND ${isParent}
      WHERE s.shared OR s.step = 1 AND (s.depth <> coalesce(p.depth, 0) + 1 OR s.l <= p.l OR s.r >= p.r))`;
}
