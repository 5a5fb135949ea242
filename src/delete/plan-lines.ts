import { readableColumns } from '../dialect/postgres/readable-columns.js';
import { rowDigestSql } from '../dialect/postgres/row-digest-sql.js';
import { ownRows } from '../dialect/postgres/sql.js';
import { parseArray } from '../dialect/postgres/read-catalog.js';
import { copyRows } from '../changes/copy-rows.js';
import { outsideName } from '../changes/referring-rows.js';
import { sameKey } from '../changes/staged-keys.js';
import { nullifiedColumns } from './on-delete.js';
import type { PlanFacts } from './delete-plan.js';
import { nullifyingEdges, objectModels } from './delete-plan.js';
import { rowStates, stateNumber } from './row-states.js';
import { stageColumns } from './staged-model.js';

/** A plan's lines after the first, one decision on each object of the archive; without values. */
export async function* planLines(facts: PlanFacts): AsyncGenerator {
  const edges = nullifyingEdges();
  const sql =
    `SELECT r.name, r.state, r.columns, r.reference, coalesce(b.name, ''), r.outside, CASE WHEN r.nullified THEN ` +
    `(SELECT pg_catalog.array_agg(DISTINCT e.reference ORDER BY e.reference) FROM ${edges} WHERE e.child = r.id) END, d.sha256 ` +
    `FROM pg_temp.portolan_row r LEFT JOIN pg_temp.portolan_row b ON b.id = r.by LEFT JOIN (${await digestsSql(facts)}) d ON d.id = r.id ` +
    `WHERE r.model IN (${objectModels(facts.staged)}) ORDER BY r.id`;
  for await (const rows of copyRows(facts.session, sql, { what: 'read the plan' }))
    for (const row of rows) yield lineOf(facts, row);
}

/** Digests of the rows to which something happens, and of those that were changed, by the number of the object. */
async function digestsSql({ session, staged }: PlanFacts): Promise<string> {
  const concerned = `q.nullified OR q.state IN (${stateNumber('delete')}, ${stateNumber('changed')})`;
  const parts: string[] = [];
  for (const stage of staged.values()) {
    if (stage.target === undefined) continue;
    const columns = await readableColumns(session, stage.entity);
    parts.push(
      `SELECT q.id, ${rowDigestSql(columns, 'x')} AS sha256 FROM pg_temp.portolan_row q JOIN ${stage.table} s ON s.${stageColumns.id} = q.id ` +
        `JOIN ${ownRows(stage.entity)} x ON ${sameKey(stage, 'x', 's')} WHERE q.model = ${String(stage.number)} AND (${concerned})`,
    );
  }
  return parts.length === 0 ? 'SELECT NULL::pg_catalog.int8 AS id, NULL::pg_catalog.text AS sha256' : parts.join(' UNION ALL ');
}

function lineOf(facts: PlanFacts, row: readonly (string | null)[]): object {
  const [object, state, columns, reference, by, outside, nullified, digest] = row;
  const told = typeof digest === 'string' ? { sha256: digest } : {};
  const reason = rowStates[Number(state)] ?? 'survives';
  if (reason === 'delete') return { object, decision: 'delete', ...told };
  if (typeof nullified === 'string') {
    const references = parseArray(nullified).flatMap((number) => facts.references[Number(number)] ?? []);
    return {
      object,
      decision: 'nullify',
      columns: [...new Set(references.flatMap((one) => nullifiedMembers(facts, one)))],
      references: references.map(({ name }) => name),
      ...told,
    };
  }
  const holding = typeof reference === 'string' ? facts.references[Number(reference)] : undefined;
  const keptBy = typeof outside === 'string' && holding !== undefined ? outsideName(facts.schema, holding, outside) : by;
  return {
    object,
    decision: 'keep',
    reason,
    ...(typeof columns === 'string' ? { columns: columns.split('\n') } : {}),
    ...(keptBy === '' || keptBy === null || keptBy === undefined ? {} : { by: keptBy }),
    ...(holding === undefined ? {} : { reference: holding.name }),
    ...told,
  };
}

/** Members of the columns that become NULL. */
export function nullifiedMembers(
  { schema }: Pick<PlanFacts, 'schema'>,
  reference: PlanFacts['references'][number],
): readonly string[] {
  const { columns = [] } = schema.entities.get(reference.child) ?? {};
  return nullifiedColumns(schema, reference).map((name) => columns.find((column) => column.name === name)?.member ?? name);
}
