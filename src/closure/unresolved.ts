import type { Reference } from '../schema/schema.js';
import { keySetIn } from './create-key-set.js';
import type { Edges } from './edges.js';
import type { Key } from './key.js';
import type { KeySet } from './key-set.js';
import { toHeldValue } from './parent-value.js';

/** What references hold and no row came back for, as they hold it. */
export class Unresolved {
  readonly byReference = new Map<Reference, KeySet>();
  readonly #edges: Edges;

  constructor(edges: Edges) {
    this.#edges = edges;
  }

  add(reference: Reference, held: Key): void {
    const child = this.#edges.entity(reference.child);
    keySetIn(this.byReference, reference, { ...child, key: reference.columns }).add(held);
  }

  /** Those of some values, as the parent holds them, that led nowhere. */
  note(reference: Reference, values: KeySet, isThere: (value: Key) => boolean): void {
    for (const value of values.sorted()) if (!isThere(value)) this.add(reference, toHeldValue(reference, value));
  }
}
