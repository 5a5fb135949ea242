import type { Catalog, CatalogTable } from '../dialect/postgres/catalog.js';
import type { MetadataTable } from './metadata.js';
import { tableKey } from './metadata.js';

/**
 * Tables that take part: those the metadata maps, those the policy names, and those that foreign keys connect to them, however
 * far. A partition stands behind its root; only one that is mapped while its root takes no part stands for itself.
 */
export function participatingTables(
  catalog: Catalog,
  metadata: readonly MetadataTable[],
  isNamed: (table: CatalogTable) => boolean,
): readonly CatalogTable[] {
  const mapped = new Set(metadata.map((table) => tableKey(table.schema, table.name)));
  const isMapped = (table: CatalogTable): boolean => mapped.has(tableKey(table.schema, table.name));
  const real = catalog.tables.filter((table) => table.kind === 'r' || table.kind === 'p');
  const whole = real.filter((table) => table.root === undefined);
  const present = new Set(whole.map((table) => table.oid));
  const taken = new Set(whole.filter((table) => isMapped(table) || isNamed(table)).map((table) => table.oid));
  const neighbours = new Map<string, string[]>();
  for (const { table, parent } of catalog.constraints) {
    if (!present.has(table) || !present.has(parent)) continue;
    neighbours.set(table, [...(neighbours.get(table) ?? []), parent]);
    neighbours.set(parent, [...(neighbours.get(parent) ?? []), table]);
  }
  const queue = [...taken];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    for (const other of neighbours.get(next) ?? []) {
      if (taken.has(other)) continue;
      taken.add(other);
      queue.push(other);
    }
  }
  const alone = (table: CatalogTable): boolean => table.root !== undefined && !taken.has(table.root) && isMapped(table);
  return real.filter((table) => taken.has(table.oid) || alone(table));
}
