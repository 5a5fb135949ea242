import type { Key } from '../closure/key.js';
import type { RowReader } from '../dialect/row-reader.js';
import { RefusedError } from '../errors/portolan-error.js';
import type { Entity, Reference, Schema } from '../schema/schema.js';
import { formatObjectName } from '../seeds/object-name.js';

/**
 * Foreign keys do not always hold: rows are written with triggers disabled, restored in part, or lost by corruption. A closure that
 * trusts a validated constraint misses a row then. These look for the reason, once something is missing; undefined where the
 * constraints are not to blame.
 */
export async function brokenConstraintAbove(
  reader: RowReader,
  schema: Schema,
  missing: { readonly reference: Reference; readonly child: Key; readonly value: Key },
): Promise<RefusedError | undefined> {
  const { reference, child, value } = missing;
  const parent = entityOf(schema, reference.parent);
  const found = await firstKey(reader, parent, reference.parentColumns, [value]);
  return found === undefined ? broken(entityOf(schema, reference.child), reference, child) : undefined;
}

/** The same for rows of `parent` that were to be read by these keys and did not all come. */
export async function brokenConstraintBelow(
  reader: RowReader,
  schema: Schema,
  parent: Entity,
  keys: Iterable<Key>,
): Promise<RefusedError | undefined> {
  const missing = new Set(keys);
  for await (const batch of reader.keys({ entity: parent, columns: parent.key, values: keys }, [parent.key])) {
    for (const key of batch.groups[0] ?? []) if (key !== null) missing.delete(key);
  }
  for (const reference of schema.references) {
    if (reference.parent !== parent.model || !reference.direct) continue;
    const entity = entityOf(schema, reference.child);
    const child = await firstKey(reader, entity, reference.columns, [...missing]);
    if (child !== undefined) return broken(entity, reference, child);
  }
  return undefined;
}

function broken(entity: Entity, reference: Reference, child: Key): RefusedError | undefined {
  const { constraint, parent, name } = reference;
  if (constraint?.validated !== true) return undefined;
  const who = entity.key.length === 0 ? `a row of ${entity.model}` : formatObjectName(entity, child);
  return new RefusedError('CONSTRAINT_BROKEN', `${who}: the row of ${parent} that ${name} refers to does not exist`, {
    hint: `The constraint ${constraint.name} does not hold in this database (rows written while triggers were disabled?): repair those rows, then validate it anew.`,
  });
}

async function firstKey(
  reader: RowReader,
  entity: Entity,
  columns: readonly string[],
  values: readonly Key[],
): Promise<Key | undefined> {
  const select = entity.key.length === 0 ? columns : entity.key;
  for await (const batch of reader.keys({ entity, columns, values }, [select])) {
    for (const key of batch.groups[0] ?? []) if (key !== null) return key;
  }
  return undefined;
}

function entityOf(schema: Schema, model: string): Entity {
  const entity = schema.entities.get(model);
  if (entity === undefined) throw new TypeError(`no entity ${model} in the schema`);
  return entity;
}
