import { hasIntegerKey } from '../schema/has-integer-key.js';
import type { Entity } from '../schema/schema.js';
import { IntegerKeySet } from './integer-key-set.js';
import { compareKeys } from './key-order.js';
import type { KeySet } from './key-set.js';
import type { PackedBytes } from './packed-bytes.js';
import type { PackedColumn } from './packed-column.js';
import { packedInteger, packedText, packedUuid } from './packed-column.js';
import { PackedKeySet } from './packed-key-set.js';
import { TextKeySet } from './text-key-set.js';

/**
 * An empty set of an entity's keys: a bitmap for a single integer column, else a hash table, of bytes where bytes can have the key's order: in
 * `bytes`, where several sets of the entity share them.
 */
export function createKeySet(entity: Pick<Entity, 'columns' | 'key'>, bytes?: PackedBytes): KeySet {
  if (hasIntegerKey(entity)) return new IntegerKeySet();
  const columns = entity.key.map((name) => packedColumn(entity, name));
  const packed = columns.filter((column) => column !== undefined);
  const compare = compareKeys(entity);
  return packed.length === 0 || packed.length < columns.length
    ? new TextKeySet(compare)
    : new PackedKeySet(packed, compare, bytes);
}

/** Numbers of any precision have an order that bytes have not. */
function packedColumn({ columns }: Pick<Entity, 'columns'>, name: string): PackedColumn | undefined {
  const column = columns.find((one) => one.name === name);
  switch (column?.kind) {
    case 'integer':
      return packedInteger;
    case 'number':
      return undefined;
    case 'boolean':
    case 'text':
    case undefined:
      return column?.type === 'uuid' ? packedUuid : packedText;
  }
}

/** The set that `map` holds for `id`; an empty one is put there first. */
export function keySetIn<Id>(map: Map<Id, KeySet>, id: Id, entity: Pick<Entity, 'columns' | 'key'>): KeySet {
  let set = map.get(id);
  if (set === undefined) map.set(id, (set = createKeySet(entity)));
  return set;
}
