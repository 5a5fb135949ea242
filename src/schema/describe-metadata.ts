import type { DataSource, EntityMetadata } from 'typeorm';
import type { Catalog } from '../dialect/postgres/catalog.js';
import { describeRelations } from './describe-relations.js';
import type { MetadataTable, TableKey } from './metadata.js';
import { tableKey } from './metadata.js';

/** Every table the data source maps, one entry a table: single-table inheritance and repeated mappings are folded. */
export function describeMetadata(dataSource: Pick<DataSource, 'entityMetadatas'>, catalog: Catalog): readonly MetadataTable[] {
  const schemaOf = schemaFinder(catalog);
  const keyOf = (metadata: EntityMetadata): TableKey => tableKey(schemaOf(metadata), metadata.tableName);
  const byTable = new Map<TableKey, EntityMetadata[]>();
  for (const metadata of dataSource.entityMetadatas) {
    const key = keyOf(metadata);
    byTable.set(key, [...(byTable.get(key) ?? []), metadata]);
  }
  return [...byTable.values()].map((group) => {
    const [metadata, ...others] = [...group].sort(
      (a, b) => rank(a) - rank(b) || b.columns.length - a.columns.length || (a.name < b.name ? -1 : 1),
    );
    if (metadata === undefined) throw new TypeError('a group without metadata');
    return {
      schema: schemaOf(metadata),
      name: metadata.tableName,
      model: metadata.name,
      aliases: [...new Set(others.filter(isNamed).map((one) => one.name))].filter((name) => name !== metadata.name).sort(),
      kind: kindOf(metadata),
      columns: group.flatMap((one) => one.columns.filter((column) => !column.isVirtualProperty).map(describeColumn)),
      ...describeRelations(group, keyOf),
      discriminator: discriminatorOf(group),
      nestedSet: nestedSetOf(group),
      materializedPath: group.find(({ treeType }) => treeType === 'materialized-path')?.materializedPathColumn?.databaseName,
    };
  });
}

/** A table without a schema of its own is looked up as the application's connections do. */
function schemaFinder(catalog: Catalog): (metadata: EntityMetadata) => string {
  const present = new Set(catalog.tables.map((table) => tableKey(table.schema, table.name)));
  const schemas = new Set(catalog.tables.map((table) => table.schema));
  const fallback = catalog.searchPath.find((schema) => schemas.has(schema)) ?? 'public';
  return (metadata) =>
    metadata.schema ?? catalog.searchPath.find((schema) => present.has(tableKey(schema, metadata.tableName))) ?? fallback;
}

/** The entity that stands for a table which several map: a regular one before a child, a child before a junction. */
function rank(metadata: EntityMetadata): number {
  return ['regular', 'view', 'entity-child', 'closure', 'junction', 'closure-junction'].indexOf(metadata.tableType);
}

function isNamed(metadata: EntityMetadata): boolean {
  return metadata.tableType === 'regular' || metadata.tableType === 'entity-child';
}

function kindOf(metadata: EntityMetadata): MetadataTable['kind'] {
  const { tableType } = metadata;
  if (tableType === 'closure-junction') return 'closure';
  return tableType === 'view' || tableType === 'junction' ? tableType : 'regular';
}

function describeColumn(column: EntityMetadata['columns'][number]): MetadataTable['columns'][number] {
  return {
    name: column.databaseName,
    property: column.isVirtual ? undefined : column.propertyPath,
    primary: column.isPrimary,
    transformed: column.transformer !== undefined,
  };
}

function nestedSetOf(group: readonly EntityMetadata[]): MetadataTable['nestedSet'] {
  const tree = group.find(({ treeType }) => treeType === 'nested-set');
  const left = tree?.nestedSetLeftColumn?.databaseName;
  const right = tree?.nestedSetRightColumn?.databaseName;
  const parent = tree?.treeParentRelation?.joinColumns.map(({ databaseName }) => databaseName);
  return left === undefined || right === undefined || parent === undefined ? undefined : { left, right, parent };
}

/** `discriminatorValue` is set on every entity: only the pattern tells that the table is shared. */
function discriminatorOf(group: readonly EntityMetadata[]): MetadataTable['discriminator'] {
  const column = group.find((one) => one.inheritancePattern === 'STI')?.discriminatorColumn?.databaseName;
  if (column === undefined) return undefined;
  const kinds = new Map<string, readonly string[]>();
  for (const metadata of group.filter(({ tableType }) => tableType === 'entity-child')) {
    kinds.set(
      metadata.name,
      [metadata, ...metadata.childEntityMetadatas].flatMap(({ discriminatorValue }) => discriminatorValue ?? []),
    );
  }
  return { column, kinds };
}
