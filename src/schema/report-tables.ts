import type { Catalog } from '../dialect/postgres/catalog.js';
import type { Findings } from '../findings/finding.js';
import type { DraftTable } from './draft.js';
import type { MetadataTable } from './metadata.js';
import { tableKey } from './metadata.js';

/** Tells what is mapped and not exported, and what is exported and not mapped. */
export function reportTables(
  catalog: Catalog,
  metadata: readonly MetadataTable[],
  tables: readonly DraftTable[],
  findings: Findings,
): void {
  const present = new Map(catalog.tables.map((table) => [tableKey(table.schema, table.name), table]));
  for (const mapped of metadata) {
    const table = present.get(tableKey(mapped.schema, mapped.name));
    const name = `${mapped.schema}.${mapped.name}`;
    if (table === undefined) {
      if (mapped.kind === 'view') findings.note('view', name, 'a view is never exported');
      else findings.warn('missing-table', name, `${mapped.model} is mapped, but the database has no such table`);
    } else if (table.kind === 'v' || table.kind === 'm') findings.note('view', name, 'a view is never exported');
    else if (table.kind === 'f') findings.warn('foreign-table', name, 'a foreign table is not exported');
    else if (table.root !== undefined && tables.some((one) => one.oid === table.root)) {
      findings.note('partition', name, `is a partition: its rows are objects of the partitioned table`);
    }
  }
  for (const { metadata: own, name, table } of tables) {
    if (own === undefined) findings.note('unknown-table', name.model, 'no entity maps this table: it is carried');
    if (table.inherited)
      findings.warn('inherited-table', name.model, 'other tables inherit from it: their rows appear as its rows');
  }
}
