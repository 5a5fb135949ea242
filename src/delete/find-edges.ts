import { outsideRows, referringRows } from '../changes/referring-rows.js';
import { stageInner } from '../changes/stage-inner.js';
import { sameKey } from '../changes/staged-keys.js';
import { isInner } from '../closure/edges.js';
import type { Session } from '../dialect/session.js';
import { entityNamed } from '../schema/entity-named.js';
import type { Reference, Schema } from '../schema/schema.js';
import { nullifiedColumns, onDeleteNumbers, onDeleteOf, refuseImpossible } from './on-delete.js';
import { stateNumber } from './row-states.js';
import type { StagedModels } from './staged-model.js';
import { stageColumns } from './staged-model.js';

/** References down which a deletion goes, by the number that edges have. */
export function referencesDown(schema: Schema, staged: StagedModels): readonly Reference[] {
  return [...schema.references, ...schema.inner].filter(({ parent }) => staged.has(parent));
}

/**
 * Finds what refers to rows that could be deleted: rows of the archive become edges in `portolan_edge`, and of rows that it does not hold one is
 * noted at the row that it refers to. One or two queries for each reference, however many rows there are.
 *
 * @throws RefusedError CUT_NOT_NULL
 */
export async function findEdges(
  session: Session,
  schema: Schema,
  staged: StagedModels,
  references: readonly Reference[],
  excluded: ReadonlySet<string>,
): Promise<void> {
  refuseImpossible(references);
  const purpose = { what: 'stage references' };
  await session.query(
    'CREATE TEMP TABLE portolan_edge (parent int8 NOT NULL, child int8 NOT NULL, reference int4 NOT NULL, action int2 NOT NULL) ON COMMIT DROP',
    [],
    purpose,
  );
  const inner = await stageInner(session, schema, references.filter(isInner));
  for (const [number, reference] of references.entries()) {
    const parents = staged.get(reference.parent);
    if (parents === undefined) continue;
    const from = referringRows(schema, reference, parents, inner);
    const where = `s.${stageColumns.state} = ${stateNumber('survives')}`;
    const children = staged.get(reference.child);
    if (children !== undefined) {
      const action = onDeleteNumbers[onDeleteOf(schema, reference, excluded)];
      await session.query(
        `INSERT INTO pg_temp.portolan_edge SELECT s.${stageColumns.id}, c.${stageColumns.id}, ${String(number)}, ${String(action)} ` +
          `FROM ${from} JOIN ${children.table} c ON ${sameKey(children, 'x', 'c')} WHERE ${where}`,
        [],
        { what: 'find rows that refer to rows', table: children.entity.table },
      );
    }
    const known = children === undefined ? [] : [children];
    const first = outsideRows({ schema, reference, parents, id: stageColumns.id, where, known, inner });
    await session.query(
      `UPDATE pg_temp.portolan_row r SET reference = ${String(number)}, outside = o.key FROM (${first}) o WHERE r.id = o.id AND r.outside IS NULL`,
      [],
      { what: 'find rows that the archive does not hold', table: entityNamed(schema, reference.child).table },
    );
  }
  await keepWhatIsReferredTo(session, schema, staged, references);
  for (const column of ['parent', 'child']) await session.query(`CREATE INDEX ON pg_temp.portolan_edge (${column})`, [], purpose);
  await session.query('ANALYZE pg_temp.portolan_edge', [], purpose);
}

/**
 * A reference cannot become NULL where a row refers to the value that it holds: the database would refuse, or write NULL in that row, too. It is kept
 * then, and so is what it leads to.
 */
async function keepWhatIsReferredTo(
  session: Session,
  schema: Schema,
  staged: StagedModels,
  references: readonly Reference[],
): Promise<void> {
  for (const [number, reference] of references.entries()) {
    const children = staged.get(reference.child);
    if (children === undefined || isInner(reference)) continue;
    const columns = new Set(nullifiedColumns(schema, reference));
    const below = schema.references.filter(
      ({ parent, parentColumns, constraint }) =>
        parent === reference.child && constraint !== undefined && parentColumns.some((name) => columns.has(name)),
    );
    for (const one of below)
      await session.query(
        `UPDATE pg_temp.portolan_edge SET action = ${String(onDeleteNumbers.keep)} WHERE reference = ${String(number)} ` +
          `AND action = ${String(onDeleteNumbers.nullify)} AND child IN (SELECT s.${stageColumns.id} FROM ${referringRows(schema, one, children, new Map())})`,
        [],
        { what: 'find rows that refer to rows', table: entityNamed(schema, one.child).table },
      );
  }
}
