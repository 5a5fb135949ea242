import type { Key } from './key.js';
import type { KeySet } from './key-set.js';

/** Keys per chunk. */
const chunkSize = 65_536;
/** A chunk's keys are a sorted list up to here, then a bitmap of 8 KiB. */
const listLimit = 1024;

/**
 * Integers in chunks of 65 536, each a sorted list while small and a bitmap after: the layout of Roaring bitmaps
 * (Lemire et al. 2016) over the whole range of safe integers. Integers beyond it are kept as text beside.
 */
export class IntegerKeySet implements KeySet {
  readonly #chunks = new Map<number, Chunk>();
  readonly #beyond = new Set<string>();
  #size = 0;
  #lastIndex = NaN;
  #last: Chunk | undefined;

  get size(): number {
    return this.#size;
  }

  add(key: Key): boolean {
    if (typeof key !== 'number') {
      if (this.#beyond.has(key)) return false;
      this.#beyond.add(key);
      this.#size += 1;
      return true;
    }
    const index = Math.floor(key / chunkSize);
    let chunk = this.#chunk(index);
    if (chunk === undefined) {
      chunk = new Chunk();
      this.#chunks.set(index, chunk);
      this.#last = chunk;
      this.#lastIndex = index;
    }
    if (!chunk.add(key - index * chunkSize)) return false;
    this.#size += 1;
    return true;
  }

  has(key: Key): boolean {
    if (typeof key !== 'number') return this.#beyond.has(key);
    const index = Math.floor(key / chunkSize);
    return this.#chunk(index)?.has(key - index * chunkSize) ?? false;
  }

  *sorted(): Generator<Key> {
    const beyond = [...this.#beyond].map((text) => BigInt(text)).sort((a, b) => (a < b ? -1 : 1));
    for (const value of beyond) if (value < 0n) yield String(value);
    for (const index of Float64Array.from(this.#chunks.keys()).sort()) {
      const chunk = this.#chunks.get(index);
      if (chunk === undefined) continue;
      for (const low of chunk.values()) yield index * chunkSize + low;
    }
    for (const value of beyond) if (value > 0n) yield String(value);
  }

  #chunk(index: number): Chunk | undefined {
    if (index !== this.#lastIndex) {
      const chunk = this.#chunks.get(index);
      if (chunk === undefined) return undefined;
      this.#last = chunk;
      this.#lastIndex = index;
    }
    return this.#last;
  }
}

class Chunk {
  #list = new Uint16Array(4);
  #length = 0;
  #bits: Uint32Array | undefined;

  has(low: number): boolean {
    if (this.#bits !== undefined) return ((this.#bits[low >>> 5] as number) & (1 << (low & 31))) !== 0;
    return this.#list[this.#position(low)] === low && this.#position(low) < this.#length;
  }

  add(low: number): boolean {
    if (this.#bits !== undefined) return setBit(this.#bits, low);
    const at = this.#position(low);
    if (at < this.#length && this.#list[at] === low) return false;
    if (this.#length === listLimit) {
      const bits = new Uint32Array(chunkSize / 32);
      for (const value of this.#list.subarray(0, this.#length)) setBit(bits, value);
      this.#bits = bits;
      this.#list = new Uint16Array(0);
      return setBit(bits, low);
    }
    if (this.#length === this.#list.length) {
      const grown = new Uint16Array(this.#list.length * 2);
      grown.set(this.#list);
      this.#list = grown;
    }
    this.#list.copyWithin(at + 1, at, this.#length);
    this.#list[at] = low;
    this.#length += 1;
    return true;
  }

  *values(): Generator<number> {
    if (this.#bits === undefined) {
      yield* this.#list.subarray(0, this.#length);
      return;
    }
    for (let word = 0; word < this.#bits.length; word += 1) {
      for (let bits = this.#bits[word] as number; bits !== 0; bits &= bits - 1) yield word * 32 + (31 - Math.clz32(bits & -bits));
    }
  }

  /** Where the value is or would be in the list; appending in order needs no search. */
  #position(low: number): number {
    let from = 0;
    let to = this.#length;
    if (to > 0 && (this.#list[to - 1] as number) < low) return to;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if ((this.#list[middle] as number) < low) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}

function setBit(bits: Uint32Array, low: number): boolean {
  const word = low >>> 5;
  const mask = 1 << (low & 31);
  const before = bits[word] as number;
  if ((before & mask) !== 0) return false;
  bits[word] = before | mask;
  return true;
}
