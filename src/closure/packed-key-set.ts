import { hashBytes } from './hash-bytes.js';
import type { Key } from './key.js';
import type { Arrivals, KeySet } from './key-set.js';
import { mergeSorted } from './merge-sorted.js';
import { longestText, packedRoom, packKey } from './pack-key.js';
import type { PackedColumn } from './packed-column.js';
import { packedEnd } from './packed-column.js';
import { PackedBytes } from './packed-bytes.js';
import { PackedKeyRun } from './packed-key-run.js';
import { sortPacked } from './sort-packed.js';
import { TextKeySet } from './text-key-set.js';

/** Where a key is packed before it is looked for: nothing waits between the two. */
const scratch = Buffer.alloc(packedRoom);

/** What is in the scratch: a key is mostly looked for in several sets, then added to one. */
let packedKey: Key | undefined;
let packedColumns: readonly PackedColumn[] = [];
let packedLength = 0;

/**
 * Keys as bytes in one place, and a hash table of where each begins: a UUID takes about 25 bytes, where a JavaScript string in a Set
 * takes more than a hundred. What does not come back from bytes as it was, is kept beside.
 */
export class PackedKeySet implements KeySet {
  readonly listed = true;
  readonly #columns: readonly PackedColumn[];
  readonly #compare: (a: Key, b: Key) => number;
  readonly #bytes: PackedBytes;
  #odd: TextKeySet | undefined;
  /** In the order in which they came. */
  readonly #oddKeys: Key[] = [];
  /** Where a key begins, plus 1; 0 is empty. At most three quarters are full. */
  #slots = new Uint32Array(64);
  #size = 0;

  /** Several sets may keep their keys in the same bytes. */
  constructor(columns: readonly PackedColumn[], compare: (a: Key, b: Key) => number, bytes = new PackedBytes()) {
    this.#columns = columns;
    this.#compare = compare;
    this.#bytes = bytes;
  }

  get size(): number {
    return this.#size + (this.#odd?.size ?? 0);
  }

  get bytes(): number {
    return this.#slots.byteLength + (this.#odd?.bytes ?? 0);
  }

  add(key: Key): boolean {
    const length = this.#pack(key);
    if (length < 0) return this.#addOdd(key);
    const slot = this.#slot(scratch, 0, length);
    if (this.#slots[slot] !== 0) return false;
    this.#slots[slot] = this.#bytes.append(scratch, length) + 1;
    this.#size += 1;
    if (this.#size * 4 > this.#slots.length * 3) this.#grow();
    return true;
  }

  has(key: Key): boolean {
    const length = this.#pack(key);
    if (length < 0) return this.#odd?.has(key) ?? false;
    return this.#slots[this.#slot(scratch, 0, length)] !== 0;
  }

  hasText(bytes: Buffer, start: number, end: number): boolean {
    const [only] = this.#columns;
    packedKey = undefined;
    const length =
      this.#columns.length !== 1 || only === undefined || end - start > longestText
        ? -1
        : only.packBytes(bytes, start, end, scratch, 0);
    if (length < 0) return this.has(bytes.toString('utf8', start, end));
    return this.#slots[this.#slot(scratch, 0, length)] !== 0;
  }

  sorted(): Iterable<Key> {
    const places = new Uint32Array(this.#size);
    let next = 0;
    for (const place of this.#slots) if (place !== 0) places[next++] = place - 1;
    return this.#inOrder(places, this.#odd);
  }

  /** The keys that come from now on, until their end is told. They are kept here, and nowhere else. */
  arrivals(): Arrivals {
    const [from, fromOdd] = [this.#bytes.end, this.#oddKeys.length];
    let size = 0;
    return {
      bytes: 0,
      note: () => {
        size += 1;
      },
      end: () => {
        const [to, toOdd] = [this.#bytes.end, this.#oddKeys.length];
        const odd = fromOdd === toOdd ? undefined : new TextKeySet(this.#compare);
        for (const key of this.#oddKeys.slice(fromOdd, toOdd)) odd?.add(key);
        return {
          size,
          listed: true,
          has: (key) => {
            const place = this.#placeOf(key);
            return place === undefined ? odd?.has(key) === true : place >= from && place < to;
          },
          hasText(bytes, start, stop) {
            return this.has(bytes.toString('utf8', start, stop));
          },
          sorted: () => this.#inOrder(this.#between(from, to, size - (odd?.size ?? 0)), odd),
        };
      },
    };
  }

  #inOrder(places: Uint32Array, odd: TextKeySet | undefined): Iterable<Key> {
    sortPacked(places, this.#bytes);
    const packed = new PackedKeyRun(this.#columns, this.#bytes, places);
    return odd === undefined ? packed : mergeSorted(packed, odd.sorted(), this.#compare);
  }

  #addOdd(key: Key): boolean {
    const isNew = (this.#odd ??= new TextKeySet(this.#compare)).add(key);
    if (isNew) this.#oddKeys.push(key);
    return isNew;
  }

  /** Undefined where the key is not here as bytes. */
  #placeOf(key: Key): number | undefined {
    const length = this.#pack(key);
    if (length < 0) return undefined;
    const place = this.#slots[this.#slot(scratch, 0, length)] as number;
    return place === 0 ? undefined : place - 1;
  }

  #between(from: number, to: number, count: number): Uint32Array {
    const places = new Uint32Array(count);
    let next = 0;
    for (const place of this.#own(from, to)) places[next++] = place;
    return places;
  }

  /** The places of keys of this set: others may keep theirs between them. */
  *#own(from: number, to: number): Generator<number> {
    for (let place = this.#bytes.next(from); place < to;) {
      const chunk = this.#bytes.chunkOf(place);
      const at = this.#bytes.within(place);
      const length = packedEnd(this.#columns, chunk, at) - at;
      if (this.#slots[this.#slot(chunk, at, length)] === place + 1) yield place;
      place = this.#bytes.next(this.#bytes.after(place, length));
    }
  }

  /** Into the scratch; the length, or -1. */
  #pack(key: Key): number {
    if (packedKey !== key || !isSame(packedColumns, this.#columns)) {
      packedLength = packKey(this.#columns, key, scratch);
      packedKey = key;
      packedColumns = this.#columns;
    }
    return packedLength;
  }

  /** Where the key is, or the empty slot where it belongs. None begins as another, so that as many equal bytes are the same key. */
  #slot(buffer: Buffer, from: number, length: number): number {
    const mask = this.#slots.length - 1;
    let at = hashBytes(buffer, from, length) & mask;
    for (let place = this.#slots[at] ?? 0; place !== 0; place = this.#slots[at] ?? 0) {
      if (this.#bytes.equals(place - 1, buffer, from, length)) return at;
      at = (at + 1) & mask;
    }
    return at;
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Uint32Array(old.length * 2);
    const mask = this.#slots.length - 1;
    for (const place of old) {
      if (place === 0) continue;
      const chunk = this.#bytes.chunkOf(place - 1);
      const from = this.#bytes.within(place - 1);
      let at = hashBytes(chunk, from, packedEnd(this.#columns, chunk, from) - from) & mask;
      while (this.#slots[at] !== 0) at = (at + 1) & mask;
      this.#slots[at] = place;
    }
  }
}

function isSame(some: readonly PackedColumn[], others: readonly PackedColumn[]): boolean {
  if (some.length !== others.length) return false;
  for (let at = 0; at < some.length; at += 1) if (some[at] !== others[at]) return false;
  return true;
}
