import { columnList, quoteTable } from '../dialect/postgres/sql.js';
import type { Findings } from '../findings/finding.js';
import { entityNamed } from '../schema/entity-named.js';
import type { DeletePlan, PlanFacts } from './delete-plan.js';

/** From here on, rows that go and rows that are searched for each of them take longer than anything else. */
const manyComparisons = 10_000_000;

/** The database looks for children of each row that goes: without an index it reads their whole table each time. */
export function tellMissingIndexes({ schema, staged, references }: PlanFacts, plan: DeletePlan, findings: Findings): void {
  for (const { name, child, parent, columns, constraint, indexed } of references) {
    const { target } = staged.get(parent) ?? {};
    const deleted = plan.delete[target?.model ?? ''] ?? 0;
    const { table, estimatedRows } = entityNamed(schema, child);
    if (indexed || constraint === undefined || deleted * Math.max(0, estimatedRows) < manyComparisons) continue;
    const index = `CREATE INDEX CONCURRENTLY ON ${quoteTable(table)} (${columnList(columns)})`;
    findings.note(
      'missing-index',
      name,
      `no index finds what refers to a row, and the database looks for each that goes: ${index}`,
    );
  }
}
