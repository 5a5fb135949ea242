import type { IntegerMap } from './integer-map.js';
import { OrderedChunk } from './ordered-chunk.js';

/** Keys per chunk. */
const chunkSize = 65_536;

/** With more chunks than this and fewer keys in each than {@link sparseKeys}, a hash table takes less memory. */
const manyChunks = 4096;
const sparseKeys = 8;

/** Integers that come in ascending order, as an archive has them, in chunks of 65 536: 8 to 10 bytes a pair where they lie close together. */
export class OrderedIntegerMap implements IntegerMap {
  readonly #chunks = new Map<number, OrderedChunk>();
  #size = 0;
  #lastIndex = NaN;
  #last: OrderedChunk | undefined;

  get size(): number {
    return this.#size;
  }

  get(key: number): number {
    const index = Math.floor(key / chunkSize);
    return this.#chunk(index)?.get(key - index * chunkSize) ?? NaN;
  }

  /** False for a key that comes too late, or lies too far from the others. */
  set(key: number, to: number): boolean {
    const index = Math.floor(key / chunkSize);
    let chunk = this.#chunk(index);
    if (chunk === undefined) {
      if (this.#chunks.size >= manyChunks && this.#size < this.#chunks.size * sparseKeys) return false;
      this.#chunks.set(index, (chunk = new OrderedChunk()));
      [this.#lastIndex, this.#last] = [index, chunk];
    }
    const before = chunk.size;
    if (!chunk.set(key - index * chunkSize, to)) return false;
    this.#size += chunk.size - before;
    return true;
  }

  *entries(): Generator<readonly [key: number, to: number]> {
    for (const [index, chunk] of this.#chunks) for (const [low, to] of chunk.entries()) yield [index * chunkSize + low, to];
  }

  #chunk(index: number): OrderedChunk | undefined {
    if (index === this.#lastIndex) return this.#last;
    const chunk = this.#chunks.get(index);
    if (chunk !== undefined) [this.#lastIndex, this.#last] = [index, chunk];
    return chunk;
  }
}
