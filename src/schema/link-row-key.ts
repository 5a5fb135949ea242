import type { Entity, Link } from './schema.js';

/** What tells rows of a join table apart: its key, else both of its ends. */
export function linkRowKey(through: Entity, { owner, inverse }: Link): readonly string[] {
  return through.key.length > 0 ? through.key : [...new Set([...owner.columns, ...inverse.columns])];
}
