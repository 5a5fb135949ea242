import type { Key } from './key.js';
import { unpackKey } from './pack-key.js';
import type { PackedBytes } from './packed-bytes.js';
import type { PackedColumn } from './packed-column.js';
import { packedEnd } from './packed-column.js';
import { isBefore } from './sort-packed.js';

/** Keys where they are packed, in order: 4 bytes each, whoever else looks at them. */
export class PackedKeyRun implements Iterable<Key> {
  readonly columns: readonly PackedColumn[];
  readonly #bytes: PackedBytes;
  readonly #places: Uint32Array;

  constructor(columns: readonly PackedColumn[], bytes: PackedBytes, places: Uint32Array) {
    this.columns = columns;
    this.#bytes = bytes;
    this.#places = places;
  }

  get length(): number {
    return this.#places.length;
  }

  *[Symbol.iterator](): Generator<Key> {
    for (const place of this.#places) yield unpackKey(this.columns, this.#bytes.chunkOf(place), this.#bytes.within(place));
  }

  slice(from: number, to: number): PackedKeyRun {
    return new PackedKeyRun(this.columns, this.#bytes, this.#places.subarray(from, to));
  }

  /** Writes the server's text of one column of a key; where it ends. The buffer has room. */
  write(index: number, column: number, into: Buffer, to: number): number {
    const place = this.#places[index] as number;
    const chunk = this.#bytes.chunkOf(place);
    let at = this.#bytes.within(place);
    for (let before = 0; before < column; before += 1) at = (this.columns[before] as PackedColumn).end(chunk, at);
    const own = this.columns[column] as PackedColumn;
    return own.write(chunk, at, own.end(chunk, at), into, to);
  }

  /** What either has, in order; what both have, once. Undefined where they are not packed in one place. */
  mergedWith(other: PackedKeyRun): PackedKeyRun | undefined {
    const bytes = this.#bytes;
    if (other.#bytes !== bytes) return undefined;
    const [left, right] = [this.#places, other.#places];
    const places = new Uint32Array(left.length + right.length);
    let [a, b, next] = [0, 0, 0];
    while (a < left.length && b < right.length) {
      const one = left[a] as number;
      const two = right[b] as number;
      const chunk = bytes.chunkOf(one);
      const from = bytes.within(one);
      const isBoth = bytes.equals(two, chunk, from, packedEnd(this.columns, chunk, from) - from);
      const isFirst = isBoth || isBefore(bytes, one, two, 0);
      places[next++] = isFirst ? one : two;
      if (isFirst) a += 1;
      if (isBoth || !isFirst) b += 1;
    }
    places.set(left.subarray(a), next);
    next += left.length - a;
    places.set(right.subarray(b), next);
    next += right.length - b;
    return new PackedKeyRun(this.columns, bytes, places.subarray(0, next));
  }
}
