import type { EntityMetadata } from 'typeorm';
import type { MetadataChildren, MetadataManyToMany, MetadataReference, MetadataTable, TableKey } from './metadata.js';

type Relation = EntityMetadata['relations'][number];
type KeyOf = (metadata: EntityMetadata) => TableKey;

/** The edges that the entities of one table declare, from its own side and from its parents'. */
export function describeRelations(
  group: readonly EntityMetadata[],
  keyOf: KeyOf,
): Pick<MetadataTable, 'references' | 'manyToMany' | 'children'> {
  const relations = [...new Set(group.flatMap((one) => one.relations))];
  return {
    references: [
      ...relations.filter(holdsColumns).map((relation) => relationReference(relation, keyOf)),
      ...group.flatMap((one) =>
        one.tableType === 'closure-junction' ? closureReferences(one, keyOf) : constraintReferences(one, keyOf),
      ),
    ],
    manyToMany: relations.filter((relation) => relation.isManyToManyOwner).flatMap((relation) => manyToMany(relation, keyOf)),
    children: relations.flatMap((relation) => childrenOf(relation, keyOf)),
  };
}

function holdsColumns(relation: Relation): boolean {
  return (relation.isManyToOne || relation.isOneToOneOwner) && relation.joinColumns.length > 0;
}

/** Join columns that two relations share are clones in TypeORM: only their database names are compared. */
function relationReference(relation: Relation, keyOf: KeyOf): MetadataReference {
  return {
    property: relation.propertyPath,
    columns: relation.joinColumns.map((column) => column.databaseName),
    parent: keyOf(relation.inverseEntityMetadata),
    parentColumns: relation.joinColumns.map((column) => column.referencedColumn?.databaseName ?? ''),
    describesParent: false,
  };
}

function constraintReferences(metadata: EntityMetadata, keyOf: KeyOf): readonly MetadataReference[] {
  return metadata.foreignKeys
    .filter((key) => key.columns.length === key.referencedColumns.length)
    .map((key) => ({
      property: undefined,
      columns: key.columns.map((column) => column.databaseName),
      parent: keyOf(key.referencedEntityMetadata),
      parentColumns: key.referencedColumns.map((column) => column.databaseName),
      describesParent: false,
    }));
}

/** From the columns themselves: TypeORM's foreign keys of a closure table have the wrong arity where the key is composite. */
function closureReferences(metadata: EntityMetadata, keyOf: KeyOf): readonly MetadataReference[] {
  const tree = metadata.parentClosureEntityMetadata;
  return (['ancestor', 'descendant'] as const).map((side) => {
    const columns = metadata.columns.filter((column) => column.closureType === side);
    return {
      property: undefined,
      columns: columns.map((column) => column.databaseName),
      parent: keyOf(tree),
      parentColumns: columns.map((column) => column.referencedColumn?.databaseName ?? ''),
      describesParent: side === 'descendant',
    };
  });
}

function manyToMany(relation: Relation, keyOf: KeyOf): readonly MetadataManyToMany[] {
  const junction = relation.junctionEntityMetadata;
  if (junction === undefined) return [];
  const targets = (columns: EntityMetadata['columns']): string[] =>
    columns.map((column) => column.referencedColumn?.databaseName ?? '');
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

function childrenOf(relation: Relation, keyOf: KeyOf): readonly MetadataChildren[] {
  if (!relation.isOneToMany && !relation.isOneToOneNotOwner) return [];
  const columns = relation.inverseRelation?.joinColumns.map((column) => column.databaseName) ?? [];
  if (columns.length === 0) return [];
  return [{ property: relation.propertyPath, eager: relation.isEager, child: keyOf(relation.inverseEntityMetadata), columns }];
}
