import type { Catalog, CatalogColumn, CatalogIndex, CatalogTable } from '../dialect/postgres/catalog.js';
import type { MetadataTable, TableKey } from './metadata.js';
import { tableKey } from './metadata.js';
import type { ModelName } from './table-names.js';

/** A table while the schema is being built: what catalog and metadata say of it, side by side. */
export interface DraftTable {
  readonly oid: string;
  readonly key: TableKey;
  readonly table: CatalogTable;
  readonly metadata: MetadataTable | undefined;
  readonly columns: readonly CatalogColumn[];
  readonly indexes: readonly CatalogIndex[];
  readonly triggers: readonly string[];
  readonly name: ModelName;
  /** Key columns; empty where no row identity is known. */
  readonly identity: readonly string[];
}

/** An edge while the schema is being built, by tables. */
export interface DraftReference {
  readonly child: DraftTable;
  readonly columns: readonly string[];
  readonly parent: DraftTable;
  readonly parentColumns: readonly string[];
  readonly property: string | undefined;
  readonly source: 'constraint' | 'metadata' | 'declared';
  readonly constraint: { readonly name: string; readonly deferrable: boolean; readonly validated: boolean } | undefined;
  readonly when: { readonly column: string; readonly value: string } | undefined;
}

/** Tables that take part: those the metadata maps, and those that foreign keys connect to them, however far. */
export function participatingTables(catalog: Catalog, metadata: readonly MetadataTable[]): readonly CatalogTable[] {
  const mapped = new Set(metadata.map((table) => tableKey(table.schema, table.name)));
  const rows = catalog.tables.filter((table) => (table.kind === 'r' || table.kind === 'p') && !table.isPartition);
  const present = new Set(rows.map((table) => table.oid));
  const taken = new Set(rows.filter((table) => mapped.has(tableKey(table.schema, table.name))).map((table) => table.oid));
  for (let before = -1; before !== taken.size; ) {
    before = taken.size;
    for (const { table, parent } of catalog.constraints) {
      if (!present.has(table) || !present.has(parent)) continue;
      if (taken.has(table)) taken.add(parent);
      else if (taken.has(parent)) taken.add(table);
    }
  }
  return rows.filter((table) => taken.has(table.oid));
}

/** Names of columns by their numbers in the catalog. */
export function columnNames(columns: readonly CatalogColumn[], numbers: readonly number[]): readonly string[] {
  return numbers.map((number) => columns.find((column) => column.number === number)?.name ?? '');
}

/** The primary key; else what the metadata calls primary; else a plain unique index over columns that cannot be NULL. */
export function rowIdentity(
  columns: readonly CatalogColumn[],
  indexes: readonly CatalogIndex[],
  metadata: MetadataTable | undefined,
): readonly string[] {
  const primary = indexes.find((index) => index.primary);
  if (primary !== undefined) return columnNames(columns, primary.columns);
  const declared = unique(metadata?.columns.filter((column) => column.primary).map((column) => column.name) ?? []);
  if (declared.length > 0 && declared.every((name) => columns.some((column) => column.name === name))) return declared;
  const plain = indexes
    .filter((index) => index.predicate === undefined && index.immediate && index.columns.every((number) => number > 0))
    .map((index) => columnNames(columns, index.columns))
    .filter((names) => names.every((name) => columns.find((column) => column.name === name)?.nullable === false));
  return plain.sort((a, b) => a.length - b.length)[0] ?? [];
}

function unique(names: readonly string[]): readonly string[] {
  return [...new Set(names)];
}
