import { parseArray } from '../dialect/postgres/read-catalog.js';
import { copyRows } from '../changes/copy-rows.js';
import { nullifiedColumns } from './on-delete.js';
import type { PlanFacts } from './delete-plan.js';
import { nullifyingEdges, objectModels, outsideName } from './delete-plan.js';
import { rowStates } from './row-states.js';

/** The plan as JSON lines, one decision on each object of the archive; without values. */
export async function* planLines(facts: PlanFacts, archive: string, options: Readonly<Record<string, unknown>>): AsyncGenerator {
  yield { archive, options };
  const edges = nullifyingEdges();
  const sql =
    `SELECT r.name, r.state, r.columns, r.reference, coalesce(b.name, ''), r.outside, CASE WHEN r.nullified THEN ` +
    `(SELECT pg_catalog.array_agg(DISTINCT e.reference ORDER BY e.reference) FROM ${edges} WHERE e.child = r.id) END ` +
    `FROM pg_temp.portolan_row r LEFT JOIN pg_temp.portolan_row b ON b.id = r.by WHERE r.model IN (${objectModels(facts.staged)}) ORDER BY r.id`;
  for await (const rows of copyRows(facts.session, sql, { what: 'read the plan' }))
    for (const row of rows) yield lineOf(facts, row);
}

function lineOf(facts: PlanFacts, row: readonly (string | null)[]): object {
  const [object, state, columns, reference, by, outside, nullified] = row;
  const reason = rowStates[Number(state)] ?? 'survives';
  if (reason === 'delete') return { object, decision: 'delete' };
  if (typeof nullified === 'string') {
    const references = parseArray(nullified).flatMap((number) => facts.references[Number(number)] ?? []);
    return {
      object,
      decision: 'nullify',
      columns: [...new Set(references.flatMap((one) => nullifiedMembers(facts, one)))],
      references: references.map(({ name }) => name),
    };
  }
  const keptBy = typeof outside === 'string' ? outsideName(facts, reference, outside) : by;
  return {
    object,
    decision: 'keep',
    reason,
    ...(typeof columns === 'string' ? { columns: columns.split('\n') } : {}),
    ...(keptBy === '' || keptBy === null || keptBy === undefined ? {} : { by: keptBy }),
    ...(typeof reference === 'string' ? { reference: facts.references[Number(reference)]?.name ?? '' } : {}),
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
