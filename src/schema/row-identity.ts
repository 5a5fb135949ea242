import type { CatalogColumn, CatalogIndex } from '../dialect/postgres/catalog.js';
import type { MetadataTable } from './metadata.js';

/** Names of columns by their numbers in the catalog. */
export function columnNames(columns: readonly CatalogColumn[], numbers: readonly number[]): readonly string[] {
  return numbers.map((number) => columns.find((column) => column.number === number)?.name ?? '');
}

/** The columns by which a row is known, and whether the database keeps them unique and not NULL. */
export interface RowIdentity {
  readonly columns: readonly string[];
  readonly enforced: boolean;
}

/**
 * The primary key; else what the policy says; else what the metadata calls primary; else the shortest plain unique index over columns
 * that cannot be NULL; else nothing.
 */
export function rowIdentity(
  columns: readonly CatalogColumn[],
  indexes: readonly CatalogIndex[],
  metadata: MetadataTable | undefined,
  policyKey: readonly string[] | undefined,
): RowIdentity {
  const primary = indexes.find((index) => index.primary);
  if (primary !== undefined) return { columns: columnNames(columns, primary.columns), enforced: true };
  const plain = indexes
    .filter((index) => index.predicate === undefined && index.immediate && index.columns.every((number) => number > 0))
    .map((index) => columnNames(columns, index.columns))
    .filter((names) => names.every((name) => columns.find((column) => column.name === name)?.nullable === false))
    .sort((a, b) => a.length - b.length);
  const isEnforced = (names: readonly string[]): boolean => plain.some((unique) => unique.every((name) => names.includes(name)));
  const mapped = [...new Set((metadata?.columns ?? []).filter((column) => column.primary).map((column) => column.name))];
  for (const names of [policyKey ?? [], mapped]) {
    const real = names.length > 0 && names.every((name) => columns.some((column) => column.name === name));
    if (real) return { columns: names, enforced: isEnforced(names) };
  }
  return { columns: plain[0] ?? [], enforced: true };
}
