import { hasIntegerKey } from '../schema/has-integer-key.js';
import type { Entity } from '../schema/schema.js';
import type { Key } from './key.js';
import { compareKeys } from './key-order.js';
import { packedRoom, packKey, unpackKey } from './pack-key.js';
import { packedBigint } from './packed-bigint.js';
import { PackedBytes } from './packed-bytes.js';
import type { PackedColumn } from './packed-column.js';
import { packedEnd } from './packed-column.js';
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
  /** All of them, where each is an integer that a double holds; a look at what is held. */
  integers(): Float64Array | undefined;
}

/** An empty list of an entity's keys: in numbers, where keys are integers, else in bytes. */
export function createKeyList(entity: Pick<Entity, 'columns' | 'key'>): KeyList {
  const compare = compareKeys(entity);
  if (hasIntegerKey(entity)) return new IntegerKeyList(compare);
  const columns = packedColumnsOf(entity);
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

  integers(): undefined {
    return undefined;
  }
}

/** Integers, which take eight bytes each; from the first one on that no double holds all of them are packed. */
class IntegerKeyList implements KeyList {
  readonly #compare: Compare;
  #numbers = new Float64Array(64);
  #length = 0;
  #packed: PackedKeyList | undefined;

  constructor(compare: Compare) {
    this.#compare = compare;
  }

  get length(): number {
    return this.#packed?.length ?? this.#length;
  }

  push(key: Key): void {
    if (this.#packed === undefined && typeof key === 'number') {
      if (this.#length === this.#numbers.length) this.#numbers = grown(this.#numbers);
      this.#numbers[this.#length] = key;
      this.#length += 1;
    } else (this.#packed ??= this.#allPacked()).push(key);
  }

  at(index: number): Key {
    return this.#packed?.at(index) ?? (this.#numbers[index] as number);
  }

  compare(one: number, other: number): number {
    return this.#packed?.compare(one, other) ?? (this.#numbers[one] as number) - (this.#numbers[other] as number);
  }

  pick(indexes: Uint32Array): KeyList {
    if (this.#packed !== undefined) return this.#packed.pick(indexes);
    const picked = new IntegerKeyList(this.#compare);
    picked.#numbers = Float64Array.from(indexes, (index) => this.#numbers[index] as number);
    picked.#length = indexes.length;
    return picked;
  }

  integers(): Float64Array | undefined {
    return this.#packed === undefined ? this.#numbers.subarray(0, this.#length) : undefined;
  }

  #allPacked(): PackedKeyList {
    const packed = new PackedKeyList([packedBigint], this.#compare);
    for (let at = 0; at < this.#length; at += 1) packed.push(this.#numbers[at] as number);
    this.#numbers = new Float64Array(0);
    return packed;
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
    if (this.#length === this.#places.length) this.#places = grown(this.#places);
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

  integers(): undefined {
    return undefined;
  }
}

function grown(numbers: Float64Array): Float64Array<ArrayBuffer> {
  const longer = new Float64Array(Math.max(64, numbers.length * 2));
  longer.set(numbers);
  return longer;
}
