import type { EntitySchema, EntitySchemaColumnOptions, EntitySchemaRelationOptions } from 'typeorm';
import type { Catalog, CatalogColumn } from '../../dialect/postgres/catalog.js';
import { zulipLinks } from './links.js';
import { tablesIn, zulipSchema, zulipTables } from './tables.js';

/**
 * TypeORM entities for the tables of Zulip that a database has, with their columns as they are there and Zulip's names: a foreign key
 * `realm_id` is the relation `realm`.
 *
 * @throws UsageError PROFILE_TABLES
 */
export async function zulipEntities(catalog: Catalog): Promise<readonly EntitySchema[]> {
  // The copy that the application has beside us.
  const { EntitySchema: Schema } = await import('typeorm');
  const schema = zulipSchema(catalog);
  const present = tablesIn(catalog, schema);
  const mapped = zulipTables.filter(({ table }) => present.has(table));
  const modelOf = new Map(mapped.map(({ table, model }) => [present.get(table)?.table.oid, nameOf(model)]));
  return mapped.map(({ table, model }) => {
    const { table: found, columns = [] } = present.get(table) ?? {};
    const keys = catalog.indexes.find((index) => index.table === found?.oid && index.primary)?.columns ?? [];
    const relations = catalog.constraints.flatMap((one) => {
      const target = one.table === found?.oid && one.columns.length === 1 ? modelOf.get(one.parent) : undefined;
      const column = columns.find(({ name }) => name === one.columns[0]);
      return target === undefined || column === undefined ? [] : [{ column, target }];
    });
    const related = new Set(relations.map(({ column }) => column.name));
    const plain = columns.filter((column) => !related.has(column.name) || keys.includes(column.number));
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- the options are a class by declaration only
    return new Schema<Record<string, unknown>>({
      name: nameOf(model),
      tableName: table,
      schema,
      columns: Object.fromEntries(plain.map((column) => [propertyOf(column.name), columnOptions(column, keys)])),
      relations: {
        ...Object.fromEntries(
          relations.map(({ column, target }) => [column.name.replace(/_id$/u, ''), manyToOne(column, target)]),
        ),
        ...linksOf(model, schema, (other) => mapped.some((one) => one.model === other), present),
      },
    }) as EntitySchema;
  });
}

/** `Realm` of `zerver.Realm`. */
function nameOf(model: string): string {
  return model.slice(model.indexOf('.') + 1);
}

/** The field is called otherwise than the column in one place. */
function propertyOf(column: string): string {
  return column === 'max_invites' ? '_max_invites' : column;
}

function columnOptions(column: CatalogColumn, keys: readonly number[]): EntitySchemaColumnOptions {
  return {
    name: column.name,
    type: column.type.replace(/\([\d,]+\)/u, '') as NonNullable<EntitySchemaColumnOptions['type']>,
    nullable: column.nullable,
    primary: keys.includes(column.number),
  };
}

function manyToOne(column: CatalogColumn, target: string): EntitySchemaRelationOptions {
  return { type: 'many-to-one', target, nullable: column.nullable, joinColumn: { name: column.name } };
}

function linksOf(
  model: string,
  schema: string,
  isMapped: (model: string) => boolean,
  present: ReadonlyMap<string, unknown>,
): Readonly<Record<string, EntitySchemaRelationOptions>> {
  const own = zulipLinks.filter((link) => link.owner === model && present.has(link.table) && isMapped(link.other));
  return Object.fromEntries(
    own.map(({ table, member, ownerColumn, otherColumn, other }) => [
      member,
      {
        type: 'many-to-many',
        target: nameOf(other),
        joinTable: { name: table, schema, joinColumn: { name: ownerColumn }, inverseJoinColumn: { name: otherColumn } },
      },
    ]),
  );
}
