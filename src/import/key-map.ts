import type { Key } from '../closure/key.js';

/** Keys of one entity, each with another: what an object of the archive is called in the target. */
export interface KeyMap {
  readonly size: number;
  get(key: Key): Key | undefined;
  set(key: Key, to: Key): void;
  /** In no particular order. */
  entries(): Iterable<readonly [key: Key, to: Key]>;
}

const emptySlots = 1024;

/** Keys that lie beside each other. */
const blockSize = 64;

/**
 * Integers are kept in two arrays of doubles (open addressing with linear probing, at most three quarters full: 21 to 43 bytes a pair), which a million
 * objects need; what is no number on both sides is kept beside.
 */
export class PackedKeyMap implements KeyMap {
  #keys = new Float64Array(emptySlots).fill(NaN);
  #values = new Float64Array(emptySlots);
  /** Slots that are taken, and those among them of keys that are kept beside now. */
  #size = 0;
  #gone = 0;
  #others: Map<Key, Key> | undefined;

  get size(): number {
    return this.#size - this.#gone + (this.#others?.size ?? 0);
  }

  get(key: Key): Key | undefined {
    if (typeof key === 'number') {
      const at = this.#slot(key);
      const value = this.#values[at] as number;
      if (this.#keys[at] === key && !Number.isNaN(value)) return value;
    }
    return this.#others?.get(key);
  }

  set(key: Key, to: Key): void {
    if (typeof key !== 'number' || typeof to !== 'number') {
      const at = typeof key === 'number' ? this.#slot(key) : -1;
      // Its place is taken: who looks there is sent on.
      if (at >= 0 && this.#keys[at] === key && !Number.isNaN(this.#values[at])) {
        this.#values[at] = NaN;
        this.#gone += 1;
      }
      (this.#others ??= new Map()).set(key, to);
      return;
    }
    this.#others?.delete(key);
    const at = this.#slot(key);
    if (this.#keys[at] === key) {
      if (Number.isNaN(this.#values[at])) this.#gone -= 1;
      this.#values[at] = to;
      return;
    }
    this.#keys[at] = key;
    this.#values[at] = to;
    this.#size += 1;
    if (this.#size * 4 > this.#keys.length * 3) this.#grow();
  }

  *entries(): Generator<readonly [key: Key, to: Key]> {
    for (let at = 0; at < this.#keys.length; at += 1) {
      const [key, value] = [this.#keys[at] as number, this.#values[at] as number];
      if (!Number.isNaN(key) && !Number.isNaN(value)) yield [key, value];
    }
    if (this.#others !== undefined) yield* this.#others;
  }

  /** Where the key is, or the empty slot (NaN) where it belongs. */
  #slot(key: number): number {
    const mask = this.#keys.length - 1;
    let at = hashOf(key) & mask;
    for (let found = this.#keys[at]; found !== key && !Number.isNaN(found); found = this.#keys[at]) at = (at + 1) & mask;
    return at;
  }

  #grow(): void {
    const [keys, values] = [this.#keys, this.#values];
    this.#keys = new Float64Array(keys.length * 2).fill(NaN);
    this.#values = new Float64Array(keys.length * 2);
    // An iterator would make an array of each of its entries.
    for (let at = 0; at < keys.length; at += 1) {
      const key = keys[at] as number;
      if (Number.isNaN(key)) continue;
      const slot = this.#slot(key);
      this.#keys[slot] = key;
      this.#values[slot] = values[at] as number;
    }
  }
}

/**
 * Keys that follow each other lie beside each other, in blocks that are anywhere: what is asked in the order of the keys is near what was
 * asked before. Mixes both halves of a block's number (the finalizer of MurmurHash3, Appleby 2011).
 */
function hashOf(key: number): number {
  const block = Math.floor(key / blockSize);
  let hash = (block | 0) ^ Math.imul(Math.floor(block / 2 ** 32) | 0, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) * blockSize + (key - block * blockSize)) >>> 0;
}
