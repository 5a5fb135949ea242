import { hasIntegerKey } from '../schema/has-integer-key.js';
import type { Entity } from '../schema/schema.js';
import { IntegerKeySet } from './integer-key-set.js';
import { compareKeys } from './key-order.js';
import type { KeySet } from './key-set.js';
import type { PackedBytes } from './packed-bytes.js';
import { packedColumnsOf } from './packed-columns-of.js';
import { PackedKeySet } from './packed-key-set.js';
import { TextKeySet } from './text-key-set.js';

/**
 * An empty set of an entity's keys: a bitmap for a single integer column, else a hash table, of bytes where bytes can have the key's order: in
 * `bytes`, where several sets of the entity share them.
 */
export function createKeySet(entity: Pick<Entity, 'columns' | 'key'>, bytes?: PackedBytes): KeySet {
  if (hasIntegerKey(entity)) return new IntegerKeySet();
  const columns = packedColumnsOf(entity);
  const compare = compareKeys(entity);
  return columns === undefined ? new TextKeySet(compare) : new PackedKeySet(columns, compare, bytes);
}
