import { chunkSize, IntegerChunk } from './integer-chunk.js';
import type { Key } from './key.js';

/** Neighbours in ascending order: each is `base` and one of the others. */
export interface IntegerBlock {
  readonly base: number;
  readonly lows: Uint16Array;
}

/** Integers in ascending order, kept as a set keeps them: an array of millions would take 8 bytes for each. */
export class IntegerKeyRun implements Iterable<Key> {
  /** In ascending order, with the place of its first key. */
  readonly #chunks: readonly { readonly index: number; readonly chunk: IntegerChunk; readonly start: number }[];
  readonly length: number;
  /** The chunk that a part was made of last, as parts are asked for one after the other. */
  #read: { readonly place: number; readonly lows: Uint16Array } | undefined;

  /** @param chunks of 65 536 integers each, by their index; they belong to the run from now on */
  constructor(chunks: ReadonlyMap<number, IntegerChunk>) {
    let length = 0;
    this.#chunks = Array.from(Float64Array.from(chunks.keys()).sort(), (index) => {
      const chunk = chunks.get(index) ?? new IntegerChunk();
      const start = length;
      length += chunk.size;
      return { index, chunk, start };
    });
    this.length = length;
  }

  /** The first of them; NaN where there is none. */
  get first(): number {
    for (const { base, lows } of this.blocks()) return base + (lows[0] as number);
    return NaN;
  }

  /** The last of them; NaN where there is none. */
  get last(): number {
    const { index = NaN, chunk } = this.#chunks.at(-1) ?? {};
    return index * chunkSize + (chunk?.values().at(-1) ?? NaN);
  }

  *blocks(): Generator<IntegerBlock> {
    for (const { index, chunk } of this.#chunks) yield { base: index * chunkSize, lows: chunk.values() };
  }

  *[Symbol.iterator](): Generator<number> {
    for (const { base, lows } of this.blocks()) {
      for (let at = 0; at < lows.length; at += 1) yield base + (lows[at] as number);
    }
  }

  /** An array: a part is small. */
  slice(from: number, to: number): readonly number[] {
    const end = Math.min(to, this.length);
    const keys = new Array<number>(Math.max(0, end - from));
    let next = 0;
    for (let place = this.#chunkOf(from); next < keys.length; place += 1) {
      const { index = NaN, start = NaN } = this.#chunks[place] ?? {};
      const lows = this.#lowsOf(place).subarray(Math.max(0, from - start), end - start);
      for (let at = 0; at < lows.length; at += 1) keys[next++] = index * chunkSize + (lows[at] as number);
    }
    return keys;
  }

  /** What either has. */
  mergedWith(other: IntegerKeyRun): IntegerKeyRun {
    const chunks = new Map(this.#chunks.map(({ index, chunk }) => [index, chunk]));
    for (const { index, chunk } of other.#chunks) {
      const own = chunks.get(index)?.copy();
      if (own !== undefined) for (const low of chunk.values()) own.add(low);
      chunks.set(index, own ?? chunk);
    }
    return new IntegerKeyRun(chunks);
  }

  #lowsOf(place: number): Uint16Array {
    if (this.#read?.place !== place) this.#read = { place, lows: this.#chunks[place]?.chunk.values() ?? new Uint16Array(0) };
    return this.#read.lows;
  }

  /** The chunk in which the key at a place stands. */
  #chunkOf(place: number): number {
    let from = 0;
    let to = this.#chunks.length;
    while (to - from > 1) {
      const middle = (from + to) >>> 1;
      if ((this.#chunks[middle]?.start ?? 0) <= place) from = middle;
      else to = middle;
    }
    return from;
  }
}
