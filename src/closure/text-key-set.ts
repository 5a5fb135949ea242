import type { Key } from './key.js';
import type { Arrivals, KeySet } from './key-set.js';
import { separateArrivals } from './separate-arrivals.js';

/** A JavaScript Set ends at 2^24 entries, so that several share the keys. */
const shards = 64;

/** About so much a key takes. */
const bytesOfKey = 128;

/** Keys of any kind, kept as they are. */
export class TextKeySet implements KeySet {
  readonly listed = true;
  readonly #compare: (a: Key, b: Key) => number;
  readonly #shards: (Set<Key> | undefined)[] = new Array<Set<Key> | undefined>(shards).fill(undefined);
  #size = 0;

  constructor(compare: (a: Key, b: Key) => number) {
    this.#compare = compare;
  }

  get size(): number {
    return this.#size;
  }

  add(key: Key): boolean {
    const shard = shardOf(key);
    const set = (this.#shards[shard] ??= new Set());
    const before = set.size;
    set.add(key);
    if (set.size === before) return false;
    this.#size += 1;
    return true;
  }

  get bytes(): number {
    return this.#size * bytesOfKey;
  }

  has(key: Key): boolean {
    return this.#shards[shardOf(key)]?.has(key) ?? false;
  }

  arrivals(): Arrivals {
    return separateArrivals(new TextKeySet(this.#compare));
  }

  hasText(bytes: Buffer, start: number, end: number): boolean {
    return this.has(bytes.toString('utf8', start, end));
  }

  sorted(): Iterable<Key> {
    const keys: Key[] = [];
    for (const set of this.#shards) if (set !== undefined) for (const key of set) keys.push(key);
    return keys.sort(this.#compare);
  }
}

function shardOf(key: Key): number {
  if (typeof key === 'number') return Math.abs(key) % shards;
  let hash = key.length;
  for (let at = Math.max(0, key.length - 8); at < key.length; at += 1) hash = (Math.imul(hash, 31) + key.charCodeAt(at)) | 0;
  return Math.abs(hash) % shards;
}
