import type { EntitySchemaColumnOptions, EntitySchemaRelationOptions } from 'typeorm';
import { EntitySchema } from 'typeorm';
import type { MadeDatabase, MadeLink, MadeReference, MadeTable } from './made-database.js';

/** The entities by which TypeORM knows a made database, as far as it does. */
export function madeEntities(database: MadeDatabase): readonly EntitySchema[] {
  return database.tables.filter(({ mapped }) => mapped).map((table) => madeEntity(database, table));
}

function madeEntity({ references, links }: MadeDatabase, table: MadeTable): EntitySchema {
  const columns: Record<string, EntitySchemaColumnOptions> = {};
  for (const [name, type] of table.key.columns) columns[name] = { name, type: typeOf(type), primary: true };
  for (const { name, type, required } of table.columns) columns[name] = { name, type: typeOf(type), nullable: !required };
  const related = references.filter(({ property }) => property !== undefined);
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- the options are typed as a class there
  return new EntitySchema<object>({
    name: table.name,
    tableName: table.name,
    columns,
    relations: Object.fromEntries([
      ...related.filter(({ child }) => child === table.name).map(toParent),
      ...related.filter(({ parent, eager }) => parent === table.name && eager).map(toChildren),
      ...links.filter(({ owner, property }) => owner.parent === table.name && property !== undefined).map(toMany),
    ]),
    foreignKeys: references
      .filter(({ child, shown }) => child === table.name && shown === 'foreign key')
      .map(({ parent, columns: columnNames, parentColumns }) => ({
        target: parent,
        columnNames: [...columnNames],
        referencedColumnNames: [...parentColumns],
      })),
  });
}

/** TypeORM takes the length apart. */
function typeOf(type: string): 'text' {
  return type.replace(/\(.*/u, '') as 'text';
}

type Relation = readonly [property: string, options: EntitySchemaRelationOptions];

function toParent(reference: MadeReference): Relation {
  const { property = '', parent, unique, constraint, eager } = reference;
  return [
    property,
    {
      type: unique ? 'one-to-one' : 'many-to-one',
      target: parent,
      // TypeORM takes no circle of required relations. What can be NULL, the catalog says.
      nullable: true,
      createForeignKeyConstraints: constraint !== 'none',
      joinColumn: joinColumns(reference),
      ...(eager ? { inverseSide: `back_${property}` } : {}),
    },
  ];
}

function toChildren({ property = '', child, unique }: MadeReference): Relation {
  return [`back_${property}`, { type: unique ? 'one-to-one' : 'one-to-many', target: child, inverseSide: property, eager: true }];
}

function toMany({ property = '', through, owner, inverse }: MadeLink): Relation {
  return [
    property,
    {
      type: 'many-to-many',
      target: inverse.parent,
      joinTable: { name: through, joinColumns: joinColumns(owner), inverseJoinColumns: joinColumns(inverse) },
    },
  ];
}

function joinColumns({ columns, parentColumns }: MadeReference): { name: string; referencedColumnName: string }[] {
  return columns.map((name, at) => ({ name, referencedColumnName: parentColumns[at] ?? '' }));
}
