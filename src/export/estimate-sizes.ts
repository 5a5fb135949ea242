import type { Closure } from '../closure/closure.js';
import { countOf } from '../closure/closure.js';
import type { Key } from '../closure/key.js';
import type { RowReader } from '../dialect/row-reader.js';
import type { Entity, Schema } from '../schema/schema.js';
import { createObjectEncoder, encoderBuffers } from '../values/object-encoder.js';
import { cutsOf } from './cuts.js';
import { linkLists } from './link-lists.js';

/** Rows of a model that are looked at: enough for a first figure, few enough to come in one short answer. */
const sampleSize = 200;

/**
 * About how many bytes the objects of each model would take in the archive, before compression: some of its rows, spread evenly
 * over the keys, are encoded as they would leave. A number of queries that the schema decides, whatever the rows.
 */
export async function estimateSizes(
  reader: RowReader,
  schema: Schema,
  closure: Closure,
  models: readonly string[],
): Promise<Readonly<Record<string, number>>> {
  const sizes: Record<string, number> = {};
  for (const model of models) {
    const entity = schema.entities.get(model);
    if (entity === undefined) continue;
    const keys = await sample(reader, closure, entity);
    const { rows, bytes } = await encode(reader, schema, closure, entity, keys);
    sizes[model] = rows === 0 ? 0 : Math.round((bytes / rows) * countOf(closure, model));
  }
  return Object.freeze(sizes);
}

async function sample(reader: RowReader, closure: Closure, entity: Entity): Promise<readonly Key[]> {
  const listed = closure.taken.get(entity.model);
  if (listed !== undefined) return spread(listed.taken);
  const keys = new Set<Key>();
  const { anyOf = [], rules = [] } = closure.described.get(entity.model) ?? {};
  const where = rules.length === 0 ? undefined : rules.map((keep) => `(${keep}\n)`).join(' AND ');
  for (const { column, keys: held } of anyOf) {
    const values = spread(held);
    const selection = { entity, columns: [column], values, where, limit: Math.ceil(sampleSize / Math.max(1, values.length)) };
    for await (const batch of reader.keys(selection, [entity.key])) {
      for (const key of batch.groups[0] ?? []) if (key !== null) keys.add(key);
    }
    if (keys.size >= sampleSize) break;
  }
  return [...keys];
}

function spread(keys: { readonly size: number; sorted(): Iterable<Key> }): readonly Key[] {
  const step = Math.max(1, keys.size / sampleSize);
  const some: Key[] = [];
  let at = 0;
  for (const key of keys.sorted()) if (at++ >= some.length * step) some.push(key);
  return some;
}

async function encode(
  reader: RowReader,
  schema: Schema,
  closure: Closure,
  entity: Entity,
  keys: readonly Key[],
): Promise<{ readonly rows: number; readonly bytes: number }> {
  const owned = closure.taken.get(entity.model)?.owned;
  const { lists } = await linkLists(reader, schema, closure, entity, keys);
  const buffers = encoderBuffers();
  const encoder = createObjectEncoder({
    entity,
    isOwned: (key) => owned?.has(key) ?? closure.described.get(entity.model)?.role === 'owned',
    lists,
    cut: cutsOf(schema, closure, entity),
    references: [],
    lineStart: ',\n',
    buffers,
  });
  let bytes = 0;
  for await (const chunk of reader.rows(entity, encoder.columns, keys)) bytes += encoder.encode(chunk)?.length ?? 0;
  return { rows: encoder.count, bytes: bytes + encoder.rest().length };
}
