import type { Discriminator, NestedSet } from './schema.js';

/** What TypeORM metadata says of one table, in the database's own names. Nothing behind `describe-metadata.ts` touches TypeORM. */
export interface MetadataTable {
  readonly schema: string;
  readonly name: string;
  readonly model: string;
  /** Names of the other entities that share the table. */
  readonly aliases: readonly string[];
  readonly kind: 'regular' | 'junction' | 'closure' | 'view';
  readonly columns: readonly MetadataColumn[];
  readonly references: readonly MetadataReference[];
  readonly manyToMany: readonly MetadataManyToMany[];
  /** All relations to children, by property. */
  readonly children: readonly MetadataChildren[];
  readonly discriminator: Discriminator | undefined;
  readonly nestedSet: NestedSet | undefined;
  /** The column that holds the keys of a row's ancestors and its own, each with a dot behind it. */
  readonly materializedPath: string | undefined;
}

export interface MetadataColumn {
  readonly name: string;
  /** Undefined for a column that no property declares: join, discriminator and tree columns. */
  readonly property: string | undefined;
  readonly primary: boolean;
  readonly transformed: boolean;
}

export interface MetadataReference {
  /** The relation's property path; undefined for `@ForeignKey` and for the references of closure tables. */
  readonly property: string | undefined;
  readonly columns: readonly string[];
  readonly parent: TableKey;
  readonly parentColumns: readonly string[];
  /** The child is a row of a closure table and this leads to the descendant, whose place in the tree the row describes. */
  readonly describesParent: boolean;
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

/** A one-to-many or inverse one-to-one relation: the child's table and the columns by which it refers back. */
export interface MetadataChildren {
  readonly property: string;
  readonly eager: boolean;
  readonly child: TableKey;
  readonly columns: readonly string[];
}

/** Schema and table joined by NUL, which no identifier holds. */
export type TableKey = string;

export function tableKey(schema: string, name: string): TableKey {
  return `${schema}\0${name}`;
}
