import type { Entity } from '../schema/schema.js';
import { IntegerKeySet } from './integer-key-set.js';
import { compareKeys } from './key-order.js';
import type { KeySet } from './key-set.js';
import { TextKeySet } from './text-key-set.js';

/** An empty set of an entity's keys: a bitmap for a single integer column, else a hash table. */
export function createKeySet(entity: Pick<Entity, 'columns' | 'key'>): KeySet {
  const compare = compareKeys(entity);
  const [name] = entity.key;
  const column = entity.columns.find((candidate) => candidate.name === name);
  return entity.key.length === 1 && column?.kind === 'integer' ? new IntegerKeySet() : new TextKeySet(compare);
}
