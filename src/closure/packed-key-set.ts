import type { Key } from './key.js';
import { keyTexts } from './key.js';
import type { KeySet } from './key-set.js';
import { mergeSorted } from './merge-sorted.js';
import type { PackedColumn } from './packed-column.js';
import { PackedBytes } from './packed-bytes.js';
import { sortPacked } from './sort-packed.js';
import { TextKeySet } from './text-key-set.js';

/** Longer keys are kept as they are: there are never many. */
const longestText = 4096;

/** Where a key is packed before it is looked for: nothing waits between the two. */
const scratch = Buffer.alloc(longestText * 8);

/**
 * Keys as bytes in one place, and a hash table of where each begins: a UUID takes about 25 bytes, where a JavaScript string in a Set
 * takes more than a hundred. What does not come back from bytes as it was, is kept beside.
 */
export class PackedKeySet implements KeySet {
  readonly #columns: readonly PackedColumn[];
  readonly #compare: (a: Key, b: Key) => number;
  readonly #bytes = new PackedBytes();
  #odd: TextKeySet | undefined;
  /** Where a key begins, plus 1; 0 is empty. At most three quarters are full. */
  #slots = new Uint32Array(64);
  #size = 0;

  constructor(columns: readonly PackedColumn[], compare: (a: Key, b: Key) => number) {
    this.#columns = columns;
    this.#compare = compare;
  }

  get size(): number {
    return this.#size + (this.#odd?.size ?? 0);
  }

  add(key: Key): boolean {
    const length = this.#pack(key);
    if (length < 0) return (this.#odd ??= new TextKeySet(this.#compare)).add(key);
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

  sorted(): Iterable<Key> {
    const packed = this.#sortedPacked();
    return this.#odd === undefined ? packed : mergeSorted(packed, this.#odd.sorted(), this.#compare);
  }

  *#sortedPacked(): Generator<Key> {
    const places = new Uint32Array(this.#size);
    let next = 0;
    for (const place of this.#slots) if (place !== 0) places[next++] = place - 1;
    sortPacked(places, this.#bytes);
    for (const place of places) yield this.#unpack(place);
  }

  /** Into the scratch; the length, or -1. */
  #pack(key: Key): number {
    if (typeof key === 'number' || key.length > longestText) return -1;
    const [only] = this.#columns;
    if (this.#columns.length === 1 && only !== undefined) return only.pack(key, scratch, 0);
    const texts = keyTexts(key);
    if (texts.length !== this.#columns.length) return -1;
    let end = 0;
    for (const [at, column] of this.#columns.entries()) {
      end = column.pack(texts[at] ?? '', scratch, end);
      if (end < 0) return -1;
    }
    return end;
  }

  #unpack(place: number): Key {
    const chunk = this.#bytes.chunkOf(place);
    let at = this.#bytes.within(place);
    let key = '';
    for (const [index, column] of this.#columns.entries()) {
      const end = column.end(chunk, at);
      const text = column.unpack(chunk, at, end);
      key = index === 0 ? text : `${key}\0${text}`;
      at = end;
    }
    return key;
  }

  /** Where the key is, or the empty slot where it belongs. None begins as another, so that as many equal bytes are the same key. */
  #slot(buffer: Buffer, from: number, length: number): number {
    const mask = this.#slots.length - 1;
    let at = hashOf(buffer, from, length) & mask;
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
      let at = hashOf(chunk, from, this.#lengthOf(chunk, from)) & mask;
      while (this.#slots[at] !== 0) at = (at + 1) & mask;
      this.#slots[at] = place;
    }
  }

  #lengthOf(chunk: Buffer, from: number): number {
    let at = from;
    for (const column of this.#columns) at = column.end(chunk, at);
    return at - from;
  }
}

/** FNV-1a, mixed by the end of MurmurHash3 (Appleby 2011). */
function hashOf(buffer: Buffer, from: number, length: number): number {
  let hash = 0x811c9dc5;
  for (let at = from; at < from + length; at += 1) hash = Math.imul(hash ^ (buffer[at] as number), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
