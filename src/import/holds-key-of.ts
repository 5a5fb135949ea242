import { columnNamed } from '../dialect/postgres/sql.js';
import type { Entity, Reference, Schema } from '../schema/schema.js';

/** Whether a table holds the parent's key as it stands, and a constraint sees to it that the parent is there. */
export function holdsKeyOf(
  schema: Schema,
  holder: Entity,
  { constraint, direct, columns, parent, parentColumns }: Reference,
): boolean {
  const other = schema.entities.get(parent);
  if (constraint === undefined || !direct || other?.key.length !== columns.length) return false;
  return columns.every((name, at) => {
    const own = columnNamed(holder, name);
    const theirs = columnNamed(other, parentColumns[at] ?? '');
    return other.key[at] === theirs.name && (own.type === theirs.type || (own.kind === 'integer' && theirs.kind === 'integer'));
  });
}
