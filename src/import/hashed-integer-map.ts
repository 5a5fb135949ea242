import type { IntegerMap } from './integer-map.js';

const emptySlots = 1024;

/** Keys that lie beside each other. */
const blockSize = 64;

/** Integers in any order, in two arrays of doubles: open addressing with linear probing, at most three quarters full. 21 to 43 bytes a pair. */
export class HashedIntegerMap implements IntegerMap {
  #keys = new Float64Array(emptySlots).fill(NaN);
  #values = new Float64Array(emptySlots);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(key: number): number {
    const at = this.#slot(key);
    return this.#keys[at] === key ? (this.#values[at] as number) : NaN;
  }

  set(key: number, to: number): true {
    const at = this.#slot(key);
    this.#values[at] = to;
    if (this.#keys[at] === key) return true;
    this.#keys[at] = key;
    this.#size += 1;
    if (this.#size * 4 > this.#keys.length * 3) this.#grow();
    return true;
  }

  *entries(): Generator<readonly [key: number, to: number]> {
    for (let at = 0; at < this.#keys.length; at += 1) {
      const key = this.#keys[at] as number;
      if (!Number.isNaN(key)) yield [key, this.#values[at] as number];
    }
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
