import type { Entity } from '../schema/schema.js';
import { createKeySet } from './create-key-set.js';
import type { KeySet } from './key-set.js';
import { PackedBytes } from './packed-bytes.js';

/** Makes empty sets of keys. */
export interface KeySets {
  /** Several of one entity, of which no two have the same key. */
  together(entity: KeyedEntity, count: number): readonly KeySet[];
}

export type KeyedEntity = Pick<Entity, 'columns' | 'key'>;

/** Sets that stay in memory, however large. */
export const inMemory: KeySets = Object.freeze({
  together(entity: KeyedEntity, count: number): readonly KeySet[] {
    const bytes = new PackedBytes();
    return Array.from({ length: count }, () => createKeySet(entity, bytes));
  },
});

export function oneOf(sets: KeySets, entity: KeyedEntity): KeySet {
  return sets.together(entity, 1)[0] as KeySet;
}

/** The set that `map` holds for `id`; an empty one is put there first. */
export function keySetIn<Id>(map: Map<Id, KeySet>, id: Id, entity: KeyedEntity, sets: KeySets = inMemory): KeySet {
  let set = map.get(id);
  if (set === undefined) map.set(id, (set = oneOf(sets, entity)));
  return set;
}
