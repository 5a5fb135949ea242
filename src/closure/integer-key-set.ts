import { DoubleHashSet } from './double-hash-set.js';
import { chunkSize, IntegerChunk } from './integer-chunk.js';
import { IntegerKeyRun } from './integer-key-run.js';
import type { Key } from './key.js';
import { compareKeysOf } from './key-order.js';
import type { Arrivals, KeySet } from './key-set.js';
import { integerAt } from '../values/integer-at.js';
import { separateArrivals } from './separate-arrivals.js';
import { packedInteger } from './packed-column.js';
import { PackedBytes } from './packed-bytes.js';
import { PackedKeySet } from './packed-key-set.js';

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
  #chunks = new Map<number, IntegerChunk>();
  #near: (IntegerChunk | undefined)[] = [];
  #hash: DoubleHashSet | undefined;
  #beyond: KeySet | undefined;
  readonly #beyondBytes = new PackedBytes();
  #size = 0;
  #lastIndex = NaN;
  #last: IntegerChunk | undefined;

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
    if (this.#hash !== undefined || this.#beyond !== undefined) return this.#generated();
    return this.#size <= listable ? this.#listed() : this.#inChunks();
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
    const chunk = new IntegerChunk();
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

  /** As of now: what is added while somebody reads is none of theirs. */
  #inChunks(): IntegerKeyRun {
    return new IntegerKeyRun(new Map(Array.from(this.#chunks, ([index, chunk]) => [index, chunk.copy()])));
  }

  #chunk(index: number): IntegerChunk | undefined {
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
