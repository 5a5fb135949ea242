import type { Catalog, CatalogTable } from '../dialect/postgres/catalog.js';
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
  const taken = new Set(tables.map(({ oid }) => oid));
  for (const { metadata: own, name, oid } of tables) {
    if (own === undefined) findings.note('unknown-table', name.model, 'no entity maps this table: it is carried');
    const out = heirsOf(catalog, oid).filter((heir) => !taken.has(heir.oid));
    if (out.length === 0) continue;
    const names = out.map((heir) => `${heir.schema}.${heir.name}`).join(', ');
    findings.warn(
      'inherited-table',
      name.model,
      `inherited by tables that take no part, whose rows stay where they are: ${names}`,
    );
  }
}

/** Tables that inherit from a table, or from one that does. Their rows are objects of their own, where they take part. */
function heirsOf({ tables }: Catalog, oid: string): readonly CatalogTable[] {
  const heirs: CatalogTable[] = [];
  const found = new Set([oid]);
  for (let next = [oid]; next.length > 0;) {
    const children = tables.filter((table) => !found.has(table.oid) && table.ancestors.some((one) => next.includes(one)));
    for (const child of children) found.add(child.oid);
    heirs.push(...children);
    next = children.map((child) => child.oid);
  }
  return heirs;
}
