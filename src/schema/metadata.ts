import type { DataSource, EntityMetadata } from 'typeorm';

/** What TypeORM metadata says of one table, in the database's own names. Nothing behind this file touches TypeORM. */
export interface MetadataTable {
  readonly schema: string;
  readonly name: string;
  readonly model: string;
  readonly kind: 'regular' | 'junction' | 'view';
  readonly columns: readonly MetadataColumn[];
  readonly references: readonly MetadataReference[];
  readonly manyToMany: readonly MetadataManyToMany[];
  /** Eager relations to children: the child's table and the columns by which it refers back. */
  readonly eagerChildren: readonly MetadataChildren[];
  /** All relations to children, by property: for a policy that names parts. */
  readonly children: readonly (MetadataChildren & { readonly property: string })[];
  readonly discriminator: { readonly column: string; readonly models: ReadonlyMap<string, string> } | undefined;
}

export interface MetadataColumn {
  readonly name: string;
  readonly property: string | undefined;
  readonly primary: boolean;
  readonly transformed: boolean;
}

export interface MetadataReference {
  readonly property: string | undefined;
  readonly columns: readonly string[];
  readonly parent: TableKey;
  readonly parentColumns: readonly string[];
}

export interface MetadataManyToMany {
  readonly property: string;
  readonly through: TableKey;
  readonly ownerColumns: readonly string[];
  readonly ownerTargets: readonly string[];
  readonly inverse: TableKey;
  readonly inverseColumns: readonly string[];
  readonly inverseTargets: readonly string[];
}

export interface MetadataChildren {
  readonly child: TableKey;
  readonly columns: readonly string[];
}

/** Schema and table joined by NUL, which no identifier holds. */
export type TableKey = string;

export function tableKey(schema: string, name: string): TableKey {
  return `${schema}\0${name}`;
}

type Relation = EntityMetadata['relations'][number];

/** Every table the data source maps, one entry a table: single-table inheritance and repeated mappings are folded. */
export function describeMetadata(dataSource: DataSource): readonly MetadataTable[] {
  const driver = dataSource.driver as { readonly schema?: string; readonly searchSchema?: string };
  const defaultSchema = driver.schema ?? driver.searchSchema ?? 'public';
  const keyOf = (metadata: EntityMetadata): TableKey => tableKey(metadata.schema ?? defaultSchema, metadata.tableName);
  const byTable = new Map<TableKey, EntityMetadata[]>();
  for (const metadata of dataSource.entityMetadatas) {
    const key = keyOf(metadata);
    byTable.set(key, [...(byTable.get(key) ?? []), metadata]);
  }
  return [...byTable.values()].map((group) => {
    const [metadata] = [...group].sort((a, b) => rank(a) - rank(b));
    if (metadata === undefined) throw new TypeError('a group without metadata');
    return describe(metadata, group, metadata.schema ?? defaultSchema, keyOf);
  });
}

/** The entity that stands for a table which several map: a regular one before a child, a child before a junction. */
function rank(metadata: EntityMetadata): number {
  const order = ['regular', 'view', 'entity-child', 'closure', 'junction', 'closure-junction'];
  return order.indexOf(metadata.tableType);
}

function describe(
  metadata: EntityMetadata,
  group: readonly EntityMetadata[],
  schema: string,
  keyOf: (metadata: EntityMetadata) => TableKey,
): MetadataTable {
  const relations = unique(group.flatMap((one) => one.relations));
  return {
    schema,
    name: metadata.tableName,
    model: metadata.name,
    kind: kindOf(metadata),
    columns: group.flatMap((one) => one.columns).filter((column) => !column.isVirtualProperty).map((column) => ({
      name: column.databaseName,
      property: column.isVirtual ? undefined : column.propertyPath,
      primary: column.isPrimary,
      transformed: column.transformer !== undefined,
    })),
    references: [...relations.filter(holdsColumns).map((relation) => relationReference(relation, keyOf)), ...group.flatMap((one) => constraintReferences(one, keyOf))],
    manyToMany: relations.filter((relation) => relation.isManyToManyOwner).flatMap((relation) => manyToMany(relation, keyOf)),
    eagerChildren: relations.filter((relation) => relation.isEager).flatMap((relation) => childrenOf(relation, keyOf)),
    children: relations.flatMap((relation) => childrenOf(relation, keyOf).map((one) => ({ ...one, property: relation.propertyPath }))),
    discriminator: discriminatorOf(group),
  };
}

function kindOf(metadata: EntityMetadata): MetadataTable['kind'] {
  if (metadata.tableType === 'view') return 'view';
  return metadata.tableType === 'junction' || metadata.tableType === 'closure-junction' ? 'junction' : 'regular';
}

function holdsColumns(relation: Relation): boolean {
  return (relation.isManyToOne || relation.isOneToOneOwner) && relation.joinColumns.length > 0;
}

function relationReference(relation: Relation, keyOf: (metadata: EntityMetadata) => TableKey): MetadataReference {
  return {
    property: relation.propertyPath,
    columns: relation.joinColumns.map((column) => column.databaseName),
    parent: keyOf(relation.inverseEntityMetadata),
    parentColumns: relation.joinColumns.map((column) => column.referencedColumn?.databaseName ?? ''),
  };
}

function constraintReferences(metadata: EntityMetadata, keyOf: (metadata: EntityMetadata) => TableKey): readonly MetadataReference[] {
  return metadata.foreignKeys
    .filter((key) => key.columns.length === key.referencedColumns.length)
    .map((key) => ({
      property: undefined,
      columns: key.columns.map((column) => column.databaseName),
      parent: keyOf(key.referencedEntityMetadata),
      parentColumns: key.referencedColumns.map((column) => column.databaseName),
    }));
}

function manyToMany(relation: Relation, keyOf: (metadata: EntityMetadata) => TableKey): readonly MetadataManyToMany[] {
  const junction = relation.junctionEntityMetadata;
  if (junction === undefined) return [];
  const targets = (columns: EntityMetadata['columns']): string[] => columns.map((column) => column.referencedColumn?.databaseName ?? '');
  return [
    {
      property: relation.propertyPath,
      through: keyOf(junction),
      ownerColumns: junction.ownerColumns.map((column) => column.databaseName),
      ownerTargets: targets(junction.ownerColumns),
      inverse: keyOf(relation.inverseEntityMetadata),
      inverseColumns: junction.inverseColumns.map((column) => column.databaseName),
      inverseTargets: targets(junction.inverseColumns),
    },
  ];
}

function childrenOf(relation: Relation, keyOf: (metadata: EntityMetadata) => TableKey): readonly MetadataChildren[] {
  if (!relation.isOneToMany && !relation.isOneToOneNotOwner) return [];
  const columns = relation.inverseRelation?.joinColumns.map((column) => column.databaseName) ?? [];
  return columns.length === 0 ? [] : [{ child: keyOf(relation.inverseEntityMetadata), columns }];
}

/** `discriminatorValue` is set on every entity: only the pattern tells that the table is shared. */
function discriminatorOf(group: readonly EntityMetadata[]): MetadataTable['discriminator'] {
  const column = group.find((one) => one.inheritancePattern === 'STI')?.discriminatorColumn?.databaseName;
  if (column === undefined) return undefined;
  const models = new Map<string, string>();
  for (const metadata of group) if (metadata.discriminatorValue !== undefined) models.set(metadata.discriminatorValue, metadata.name);
  return { column, models };
}

function unique<T>(values: readonly T[]): readonly T[] {
  return [...new Set(values)];
}
