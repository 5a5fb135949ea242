import { hasIntegerKey } from '../schema/has-integer-key.js';
import type { Entity } from '../schema/schema.js';
import type { Key } from './key.js';
import { compareKeys } from './key-order.js';
import { packedRoom, packKey } from './pack-key.js';
import { PackedBytes } from './packed-bytes.js';
import type { PackedColumn } from './packed-column.js';
import { packedEnd, unpackKey } from './packed-column.js';
import { packedColumnsOf } from './packed-columns-of.js';
import { isBefore } from './sort-packed.js';

/** Keys of one entity in the order in which they came, each as often as it did. */
export interface KeyList {
  readonly length: number;
  push(key: Key): void;
  at(index: number): Key;
  /** Two of them, in the archive's order. */
  compare(one: number, other: number): number;
  /** Those at some places, in their order. Nothing is pushed after. */
  pick(indexes: Uint32Array): KeyList;
}

/** An empty list of an entity's keys: in bytes, where keys are no integers. */
export function createKeyList(entity: Pick<Entity, 'columns' | 'key'>): KeyList {
  const compare = compareKeys(entity);
  const columns = hasIntegerKey(entity) ? undefined : packedColumnsOf(entity);
  return columns === undefined ? new PlainKeyList(compare) : new PackedKeyList(columns, compare);
}

type Compare = (a: Key, b: Key) => number;

class PlainKeyList implements KeyList {
  readonly #keys: Key[];
  readonly #compare: Compare;

  constructor(compare: Compare, keys: Key[] = []) {
    this.#compare = compare;
    this.#keys = keys;
  }

  get length(): number {
    return this.#keys.length;
  }

  push(key: Key): void {
    this.#keys.push(key);
  }

  at(index: number): Key {
    return this.#keys[index] as Key;
  }

  compare(one: number, other: number): number {
    return this.#compare(this.at(one), this.at(other));
  }

  pick(indexes: Uint32Array): KeyList {
    return new PlainKeyList(
      this.#compare,
      Array.from(indexes, (index) => this.at(index)),
    );
  }
}

const scratch = Buffer.alloc(packedRoom);

class PackedKeyList implements KeyList {
  readonly #columns: readonly PackedColumn[];
  readonly #compare: Compare;
  #bytes = new PackedBytes();
  /** Of keys that cannot be packed, where they are in `#odd`, as negative numbers from -1. */
  #places = new Float64Array(64);
  #odd: Key[] = [];
  #length = 0;

  constructor(columns: readonly PackedColumn[], compare: Compare) {
    this.#columns = columns;
    this.#compare = compare;
  }

  get length(): number {
    return this.#length;
  }

  push(key: Key): void {
    if (this.#length === this.#places.length) {
      const grown = new Float64Array(this.#length * 2);
      grown.set(this.#places);
      this.#places = grown;
    }
    const length = packKey(this.#columns, key, scratch);
    this.#places[this.#length] = length < 0 ? -this.#odd.push(key) : this.#bytes.append(scratch, length);
    this.#length += 1;
  }

  at(index: number): Key {
    const place = this.#places[index] as number;
    if (place < 0) return this.#odd[-place - 1] as Key;
    return unpackKey(this.#columns, this.#bytes.chunkOf(place), this.#bytes.within(place));
  }

  compare(one: number, other: number): number {
    const [left, right] = [this.#places[one] as number, this.#places[other] as number];
    if (left < 0 || right < 0) return this.#compare(this.at(one), this.at(other));
    const chunk = this.#bytes.chunkOf(left);
    const from = this.#bytes.within(left);
    if (this.#bytes.equals(right, chunk, from, packedEnd(this.#columns, chunk, from) - from)) return 0;
    return isBefore(this.#bytes, left, right, 0) ? -1 : 1;
  }

  pick(indexes: Uint32Array): KeyList {
    const picked = new PackedKeyList(this.#columns, this.#compare);
    picked.#bytes = this.#bytes;
    picked.#odd = this.#odd;
    picked.#places = Float64Array.from(indexes, (index) => this.#places[index] as number);
    picked.#length = indexes.length;
    return picked;
  }
}
