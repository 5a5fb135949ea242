import type { ArchiveHeader } from '../archive/archive.js';
import type { Entity, Schema } from './schema.js';

/** The entity of the target that a model of the archive means: by name, else by table. */
export function targetEntity(schema: Schema, { entities }: Pick<ArchiveHeader, 'entities'>, model: string): Entity | undefined {
  const described = entities[model];
  const byName = schema.entities.get(model);
  if (byName?.known === true) return byName;
  // Names of tables that no entity maps depend on what else is there.
  return [...schema.entities.values()].find((one) => isDescribed(one, described)) ?? byName;
}

export function isDescribed(
  { table }: Entity,
  described: { readonly schema: string; readonly table: string } | undefined,
): boolean {
  return table.name === described?.table && table.schema === described.schema;
}
