import type { Entity, Schema } from './schema.js';

/** An entity that the schema itself names. */
export function entityNamed(schema: Schema, model: string): Entity {
  const entity = schema.entities.get(model);
  if (entity === undefined) throw new TypeError(`no entity ${model} in the schema`);
  return entity;
}
