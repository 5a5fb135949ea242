import type { ArchiveEntity, ArchiveLink } from '../archive/archive.js';
import type { Column, Entity, Link, Schema } from './schema.js';

/** The schema of some models as an archive's header tells it: names, types, references; by model, sorted. */
export function archiveEntities(schema: Schema, models: readonly string[]): Readonly<Record<string, ArchiveEntity>> {
  const entities: [string, ArchiveEntity][] = [];
  for (const model of [...models].sort()) {
    const entity = schema.entities.get(model);
    if (entity !== undefined) entities.push([model, archiveEntity(schema, entity)]);
  }
  return Object.fromEntries(entities);
}

function archiveEntity(schema: Schema, entity: Entity): ArchiveEntity {
  const columns = entity.columns.filter((column) => column.withheld === undefined);
  const travelling = new Set(columns.map((column) => column.name));
  const links = schema.links.filter((link) => link.owner.parent === entity.model);
  const inner = schema.inner
    .filter((one) => one.child === entity.model && one.columns.every((name) => travelling.has(name)))
    .map(({ name, columns: held, parent, parentColumns, when, inside }) => ({
      ...{ name, columns: held, parent, parentColumns },
      ...(when === undefined ? {} : { when }),
      ...inside,
    }));
  const mentions = schema.mentions
    .filter((one) => one.child === entity.model && one.columns.every((name) => travelling.has(name)))
    .map(({ name, columns: held, parent, parentColumns, when, inside, absent }) => ({
      ...{ name, columns: held, parent, parentColumns, absent },
      ...(when === undefined ? {} : { when }),
      ...inside,
    }));
  return {
    schema: entity.table.schema,
    table: entity.table.name,
    key: entity.key,
    columns: Object.fromEntries(
      columns.map((column) => [
        column.member,
        {
          name: column.name,
          type: column.type,
          kind: column.kind,
          ...(column.property === undefined ? {} : { property: column.property }),
          ...(entity.key.includes(column.name) && isDrawn(column) ? { drawn: true as const } : {}),
        },
      ]),
    ),
    links: Object.fromEntries(
      links.map((link) => [link.member, archiveLink(schema, link)] as const).sort(([a], [b]) => (a < b ? -1 : 1)),
    ),
    references: schema.references
      .filter((reference) => reference.child === entity.model && reference.columns.every((name) => travelling.has(name)))
      .map(({ name, columns: held, parent, parentColumns, when, exact }) => ({
        name,
        columns: held,
        parent,
        parentColumns,
        ...(when === undefined ? {} : { when }),
        ...(exact ? {} : { inexact: true as const }),
      })),
    ...(inner.length === 0 ? {} : { inner }),
    ...(mentions.length === 0 ? {} : { mentions }),
    naturalKey: entity.naturalKey.every((name) => travelling.has(name)) ? entity.naturalKey : [],
    ...uniquesOf(entity, travelling),
    ...treeOf(entity, travelling),
  };
}

/** Plain ones, key and natural key apart: of parts of the rows, or of expressions, only the database can tell. */
function uniquesOf({ uniques, key, naturalKey }: Entity, travelling: ReadonlySet<string>): Pick<ArchiveEntity, 'uniques'> {
  const isOf = (columns: readonly string[], others: readonly string[]): boolean =>
    columns.length === others.length && columns.every((name) => others.includes(name));
  const plain = uniques
    .filter(({ columns, predicate, operators }) => columns.length > 0 && predicate === undefined && operators === undefined)
    .map(({ columns }) => columns)
    .filter((columns) => columns.every((name) => travelling.has(name)) && !isOf(columns, key) && !isOf(columns, naturalKey));
  const sorted = [...new Map(plain.map((columns) => [columns.join('\0'), columns])).entries()].sort(([a], [b]) =>
    a < b ? -1 : 1,
  );
  return sorted.length === 0 ? {} : { uniques: sorted.map(([, columns]) => columns) };
}

/** What a tree's columns hold are no plain values: numbers of a nested set, keys of a path. */
function treeOf({ nestedSet, materializedPath }: Entity, travelling: ReadonlySet<string>): Partial<ArchiveEntity> {
  const isNumbered = nestedSet !== undefined && travelling.has(nestedSet.left) && travelling.has(nestedSet.right);
  return {
    ...(isNumbered ? { nestedSet: { left: nestedSet.left, right: nestedSet.right } } : {}),
    ...(materializedPath !== undefined && travelling.has(materializedPath) ? { materializedPath } : {}),
  };
}

function isDrawn({ sequence, identity, default: made }: Column): boolean {
  return sequence !== undefined || identity !== undefined || made?.includes('(') === true;
}

function archiveLink(schema: Schema, link: Link): ArchiveLink {
  const table = schema.entities.get(link.through)?.table ?? { schema: '', name: '' };
  return {
    model: link.inverse.parent,
    schema: table.schema,
    table: table.name,
    ownerColumns: link.owner.columns,
    inverseColumns: link.inverse.columns,
  };
}
