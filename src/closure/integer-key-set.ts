import { integerAt } from '../values/integer-at.js';
import { chunkSize, IntegerChunk } from './integer-chunk.js';
import { IntegerKeyRun } from './integer-key-run.js';
import type { Key } from './key.js';
import { compareKeysOf } from './key-order.js';
import type { Arrivals, KeySet } from './key-set.js';
import { mergeSorted } from './merge-sorted.js';
import { packedBigint } from './packed-bigint.js';
import { PackedBytes } from './packed-bytes.js';
import { PackedKeySet } from './packed-key-set.js';
import { separateArrivals } from './separate-arrivals.js';

/** Bytes of a key in a list that has just grown, and of a chunk beside its keys. */
const mostListed = 4;
const chunkOverhead = 300;

/** With more chunks than this and fewer keys in each than {@link sparseKeys}, packed keys take less memory. */
const manyChunks = 4096;
const sparseKeys = 8;

/** With more keys beyond the safe integers than this, and fewer others, all of them are packed. */
const manyBeyond = 256;

/** Up to so many keys are listed as an array of a few megabytes. */
const listable = 400_000;

/** The first chunks stand in an array as well: keys that come in no order find theirs at once. */
const nearChunks = 1024;

const compareIntegers = compareKeysOf(['integer']);

/**
 * Integers in chunks of 65 536, each a sorted list while small and a bitmap after: the layout of Roaring bitmaps
 * (Lemire et al. 2016) over the whole range of safe integers. Those beyond it stand beside them as bytes; all do where most
 * are beyond, or are scattered too thinly for chunks.
 */
export class IntegerKeySet implements KeySet {
  readonly #bytes: PackedBytes;
  #chunks = new Map<number, IntegerChunk>();
  #near: (IntegerChunk | undefined)[] = [];
  #inChunks = 0;
  #packed: PackedKeySet | undefined;
  /** Whether there are no chunks any more. */
  #isPacked = false;
  #lastIndex = NaN;
  #last: IntegerChunk | undefined;

  /** Several sets may keep their packed keys in the same bytes. */
  constructor(bytes = new PackedBytes()) {
    this.#bytes = bytes;
  }

  get size(): number {
    return this.#inChunks + (this.#packed?.size ?? 0);
  }

  get bytes(): number {
    const chunks = this.#chunks.size * chunkOverhead + Math.min(this.#inChunks * mostListed, (this.#chunks.size * chunkSize) / 8);
    return chunks + (this.#packed?.bytes ?? 0);
  }

  get listed(): boolean {
    return this.#isPacked;
  }

  add(key: Key): boolean {
    if (typeof key !== 'number' || this.#isPacked) return this.#pack(key);
    const index = Math.floor(key / chunkSize);
    const chunk = this.#chunk(index) ?? this.#newChunk(index);
    if (chunk === undefined) return this.#pack(key);
    if (!chunk.add(key - index * chunkSize)) return false;
    this.#inChunks += 1;
    return true;
  }

  has(key: Key): boolean {
    if (typeof key !== 'number' || this.#isPacked) return this.#packed?.has(key) ?? false;
    const index = Math.floor(key / chunkSize);
    return this.#chunk(index)?.has(key - index * chunkSize) ?? false;
  }

  hasText(bytes: Buffer, start: number, end: number): boolean {
    if (this.#isPacked) return this.#packed?.hasText(bytes, start, end) ?? false;
    return this.has(integerAt(bytes, start, end));
  }

  /** As of now: what is added while somebody reads is none of theirs. */
  sorted(): Iterable<Key> {
    const packed = this.#packed?.sorted();
    if (packed !== undefined && this.#isPacked) return packed;
    const safe = this.#inChunks <= listable ? this.#listed() : this.#run();
    return packed === undefined ? safe : mergeSorted(packed, safe, compareIntegers);
  }

  /** Bits of their own are little. */
  arrivals(): Arrivals {
    return this.#packed !== undefined && this.#isPacked ? this.#packed.arrivals() : separateArrivals(new IntegerKeySet());
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

  #run(): IntegerKeyRun {
    return new IntegerKeyRun(new Map(Array.from(this.#chunks, ([index, chunk]) => [index, chunk.copy()])));
  }

  #pack(key: Key): boolean {
    this.#packed ??= new PackedKeySet([packedBigint], compareIntegers, this.#bytes);
    if (!this.#packed.add(key)) return false;
    if (!this.#isPacked && this.#packed.size > manyBeyond && this.#packed.size > this.#inChunks) this.#packAll();
    return true;
  }

  #packAll(): PackedKeySet {
    const packed = (this.#packed ??= new PackedKeySet([packedBigint], compareIntegers, this.#bytes));
    for (const key of this.#listed()) packed.add(key);
    this.#isPacked = true;
    this.#inChunks = 0;
    this.#chunks = new Map();
    this.#near = [];
    this.#last = undefined;
    return packed;
  }

  /** Undefined where there are enough of them for so few keys: all have been packed. */
  #newChunk(index: number): IntegerChunk | undefined {
    if (this.#chunks.size >= manyChunks && this.#inChunks < this.#chunks.size * sparseKeys) {
      this.#packAll();
      return undefined;
    }
    const chunk = new IntegerChunk();
    this.#chunks.set(index, chunk);
    if (index >= 0 && index < nearChunks) {
      while (this.#near.length <= index) this.#near.push(undefined);
      this.#near[index] = chunk;
    }
    this.#last = chunk;
    this.#lastIndex = index;
    return chunk;
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
