import type { Column, Entity, Reference } from '../schema/schema.js';

/** What decides of a table that a plan concerns: without what only an estimate says. */
export function tableShape({ table, key, columns, uniques, exclusions, naturalKey, triggers }: Entity): unknown {
  return { table, key, columns: columns.map(columnShape), uniques, exclusions, naturalKey, triggers };
}

function columnShape({
  name,
  member,
  type,
  collation,
  nullable,
  default: preset,
  generated,
  identity,
  sequence,
}: Column): unknown {
  return { name, member, type, collation, nullable, preset, generated, identity, sequence };
}

/** The same of a reference. */
export function referenceShape({ name, columns, parent, parentColumns, constraint, when, asText, follow }: Reference): unknown {
  return {
    ...{ name, columns, parent, parentColumns, constraint: constraint ?? null, when: when ?? null },
    ...{ asText: asText ?? null, onDelete: follow.onDelete ?? null },
  };
}
