import type { Reference } from '../schema/schema.js';
import type { Edges } from './edges.js';
import type { Key } from './key.js';
import type { KeySet } from './key-set.js';
import type { KeySets } from './key-sets.js';
import { keySetIn } from './key-sets.js';
import { toHeldValue } from './parent-value.js';

/** What references hold and no row came back for, as they hold it; of values with keys inside, those keys, and none where something is no key. */
export class Unresolved {
  readonly byReference = new Map<Reference, KeySet>();
  readonly #edges: Edges;
  readonly #keySets: KeySets;

  constructor(edges: Edges, keySets: KeySets) {
    this.#edges = edges;
    this.#keySets = keySets;
  }

  add(reference: Reference, held: Key): void {
    this.#setOf(reference).add(held);
  }

  /** Something inside a value that no row can have for a key. */
  addUnreadable(reference: Reference): void {
    this.#setOf(reference);
  }

  /** Those of some values, as the parent holds them, that led nowhere. */
  note(reference: Reference, values: KeySet, isThere: (value: Key) => boolean): void {
    for (const value of values.sorted()) if (!isThere(value)) this.add(reference, toHeldValue(reference, value));
  }

  #setOf(reference: Reference): KeySet {
    const { inside, child, columns, parent, parentColumns } = reference;
    const [model, key] = inside === undefined ? [child, columns] : [parent, parentColumns];
    return keySetIn(this.byReference, reference, { ...this.#edges.entity(model), key }, this.#keySets);
  }
}
