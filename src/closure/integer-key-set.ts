import { DoubleHashSet } from './double-hash-set.js';
import type { Key } from './key.js';
import { compareKeysOf } from './key-order.js';
import type { Arrivals, KeySet } from './key-set.js';
import { integerAt } from '../values/integer-at.js';
import { separateArrivals } from './separate-arrivals.js';
import { packedInteger } from './packed-column.js';
import { PackedBytes } from './packed-bytes.js';
import { PackedKeySet } from './packed-key-set.js';

/** Keys per chunk. */
const chunkSize = 65_536;
/** A chunk's keys are a sorted list up to here, then a bitmap of 8 KiB. */
const listLimit = 1024;

/** Bytes of a key in a list that has just grown, and of a chunk beside its keys. */
const mostListed = 4;
const chunkOverhead = 300;

/** With more chunks than this and fewer keys in each than {@link sparseKeys}, a hash table takes less memory. */
const manyChunks = 4096;
const sparseKeys = 8;

/** Up to so many keys are listed as an array of a few megabytes. */
const listable = 400_000;

/** The first chunks stand in an array as well: keys that come in no order find theirs at once. */
const nearChunks = 1024;

/**
 * Integers in chunks of 65 536, each a sorted list while small and a bitmap after: the layout of Roaring bitmaps
 * (Lemire et al. 2016) over the whole range of safe integers. Keys that are scattered too thinly for chunks go to a hash
 * table of doubles. Integers beyond the safe ones are kept beside, as bytes.
 */
export class IntegerKeySet implements KeySet {
  #chunks = new Map<number, Chunk>();
  #near: (Chunk | undefined)[] = [];
  #hash: DoubleHashSet | undefined;
  #beyond: KeySet | undefined;
  readonly #beyondBytes = new PackedBytes();
  #size = 0;
  #lastIndex = NaN;
  #last: Chunk | undefined;

  get size(): number {
    return this.#size;
  }

  get bytes(): number {
    const lists = this.#size * mostListed;
    const chunks = this.#chunks.size * chunkOverhead + Math.min(lists, (this.#chunks.size * chunkSize) / 8);
    return chunks + (this.#hash?.bytes ?? 0) + (this.#beyond?.bytes ?? 0) + this.#beyondBytes.bytes;
  }

  add(key: Key): boolean {
    if (!this.#add(key)) return false;
    this.#size += 1;
    return true;
  }

  has(key: Key): boolean {
    if (typeof key !== 'number') return this.#beyond?.has(key) ?? false;
    if (this.#hash !== undefined) return this.#hash.has(key);
    const index = Math.floor(key / chunkSize);
    return this.#chunk(index)?.has(key - index * chunkSize) ?? false;
  }

  hasText(bytes: Buffer, start: number, end: number): boolean {
    return this.has(integerAt(bytes, start, end));
  }

  sorted(): Iterable<Key> {
    return this.#size <= listable && this.#hash === undefined && this.#beyond === undefined ? this.#listed() : this.#generated();
  }

  /** An array is read several times as fast as a generator. */
  #listed(): readonly number[] {
    const keys: number[] = [];
    for (const index of Float64Array.from(this.#chunks.keys()).sort()) {
      const values = this.#chunks.get(index)?.values() ?? [];
      for (let at = 0; at < values.length; at += 1) keys.push(index * chunkSize + (values[at] as number));
    }
    return keys;
  }

  *#generated(): Generator<Key> {
    let isBelow = true;
    for (const key of this.#beyond?.sorted() ?? []) {
      if (isBelow && !String(key).startsWith('-')) {
        yield* this.#safe();
        isBelow = false;
      }
      yield key;
    }
    if (isBelow) yield* this.#safe();
  }

  #safe(): Iterable<number> {
    return this.#hash === undefined ? this.#inChunks() : this.#hash.sorted();
  }

  /** Bits of their own are little. */
  arrivals(): Arrivals {
    return separateArrivals(new IntegerKeySet());
  }

  #add(key: Key): boolean {
    if (typeof key !== 'number')
      return (this.#beyond ??= new PackedKeySet([packedInteger], compareKeysOf(['integer']), this.#beyondBytes)).add(key);
    if (this.#hash !== undefined) return this.#hash.add(key);
    const index = Math.floor(key / chunkSize);
    const known = this.#chunk(index);
    if (known !== undefined) return known.add(key - index * chunkSize);
    if (this.#chunks.size >= manyChunks && this.#size < this.#chunks.size * sparseKeys) return this.#scatter().add(key);
    const chunk = new Chunk();
    this.#chunks.set(index, chunk);
    if (index >= 0 && index < nearChunks) {
      while (this.#near.length <= index) this.#near.push(undefined);
      this.#near[index] = chunk;
    }
    this.#last = chunk;
    this.#lastIndex = index;
    return chunk.add(key - index * chunkSize);
  }

  #scatter(): DoubleHashSet {
    const hash = new DoubleHashSet();
    for (const key of this.#inChunks()) hash.add(key);
    this.#hash = hash;
    this.#chunks = new Map();
    this.#near = [];
    this.#last = undefined;
    return hash;
  }

  *#inChunks(): Generator<number> {
    for (const index of Float64Array.from(this.#chunks.keys()).sort()) {
      const values = this.#chunks.get(index)?.values() ?? [];
      for (let at = 0; at < values.length; at += 1) yield index * chunkSize + (values[at] as number);
    }
  }

  #chunk(index: number): Chunk | undefined {
    if (index >= 0 && index < this.#near.length) return this.#near[index];
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
    const at = this.#position(low);
    return at < this.#length && this.#list[at] === low;
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

  /** In ascending order, as of now. */
  values(): Uint16Array {
    if (this.#bits === undefined) return this.#list.slice(0, this.#length);
    const values = new Uint16Array(chunkSize);
    let next = 0;
    for (let word = 0; word < this.#bits.length; word += 1) {
      for (let bits = this.#bits[word] as number; bits !== 0; bits &= bits - 1)
        values[next++] = word * 32 + (31 - Math.clz32(bits & -bits));
    }
    return values.subarray(0, next);
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
