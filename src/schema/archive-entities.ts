import type { ArchiveEntity, ArchiveLink } from '../archive/archive.js';
import type { Entity, Link, Schema } from './schema.js';

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
  };
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
