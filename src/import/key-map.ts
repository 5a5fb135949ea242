import type { Key } from '../closure/key.js';
import { HashedIntegerMap } from './hashed-integer-map.js';
import type { IntegerMap } from './integer-map.js';
import { OrderedIntegerMap } from './ordered-integer-map.js';

/** Keys of one entity, each with another: what an object of the archive is called in the target. */
export interface KeyMap {
  readonly size: number;
  get(key: Key): Key | undefined;
  set(key: Key, to: Key): void;
  /** In no particular order. */
  entries(): Iterable<readonly [key: Key, to: Key]>;
}

/** Integers are kept as such, of which there may be millions; what is no number on both sides is kept beside. */
export class PackedKeyMap implements KeyMap {
  #integers: IntegerMap = new OrderedIntegerMap();
  #others: Map<Key, Key> | undefined;
  /** Integers that are kept beside now. */
  #hidden = 0;

  get size(): number {
    return this.#integers.size - this.#hidden + (this.#others?.size ?? 0);
  }

  get(key: Key): Key | undefined {
    const other = this.#others?.get(key);
    if (other !== undefined || typeof key !== 'number') return other;
    const to = this.#integers.get(key);
    return Number.isNaN(to) ? undefined : to;
  }

  set(key: Key, to: Key): void {
    const isHidden = typeof key === 'number' && this.#others?.has(key) === true && this.#hides(key);
    if (typeof key !== 'number' || typeof to !== 'number') {
      if (typeof key === 'number' && !isHidden && this.#hides(key)) this.#hidden += 1;
      (this.#others ??= new Map()).set(key, to);
      return;
    }
    if (isHidden) this.#hidden -= 1;
    this.#others?.delete(key);
    if (this.#integers.set(key, to)) return;
    const hashed = new HashedIntegerMap();
    for (const [one, other] of this.#integers.entries()) hashed.set(one, other);
    hashed.set(key, to);
    this.#integers = hashed;
  }

  *entries(): Generator<readonly [key: Key, to: Key]> {
    for (const pair of this.#integers.entries()) if (this.#others?.has(pair[0]) !== true) yield pair;
    if (this.#others !== undefined) yield* this.#others;
  }

  /** Whether a number is known of it, which what is kept beside hides. */
  #hides(key: number): boolean {
    return !Number.isNaN(this.#integers.get(key));
  }
}
