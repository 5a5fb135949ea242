import type { Key } from '../key.js';
import type { Arrivals, KeySet } from '../key-set.js';
import { mergeSorted } from '../merge-sorted.js';
import type { KeyCodec } from './key-codec.js';
import type { SpilledKeys } from './spilled-keys.js';
import { SpillingArrivals } from './spilling-arrivals.js';

/** What a set is given by those who count the memory. */
export interface SpillPlace {
  readonly codec: KeyCodec;
  readonly compare: (a: Key, b: Key) => number;
  /** Told before a key is added: now sets may go to the file, this one too. */
  beforeAdd(): void;
  /** Keys in memory, and keys in the file. */
  inMemory(): KeySet;
  inFile(): SpilledKeys;
  /** Another set of the same keys. */
  another(): SpillingKeySet;
}

/** A set whose keys go to a file where they take too much memory; those that come then are in memory again. */
export class SpillingKeySet implements KeySet {
  readonly #place: SpillPlace;
  #hot: KeySet;
  #spilled: SpilledKeys | undefined;
  #arrivals: readonly WeakRef<SpillingArrivals>[] = [];

  constructor(place: SpillPlace) {
    this.#place = place;
    this.#hot = place.inMemory();
  }

  get size(): number {
    return this.#hot.size + (this.#spilled?.size ?? 0);
  }

  get listed(): boolean {
    return this.#hot.listed || this.#spilled !== undefined;
  }

  get bytes(): number {
    return this.hotBytes + (this.#spilled?.bytes ?? 0);
  }

  /** What {@link spill} would put into the file: of memory, and keys. */
  get hotBytes(): number {
    return this.#hot.bytes + this.#gathering().reduce((sum, { bytes }) => sum + bytes, 0);
  }

  get hotSize(): number {
    return this.#hot.size;
  }

  add(key: Key): boolean {
    // What was added before has been told to who gathers it.
    this.#place.beforeAdd();
    return this.#spilled?.has(key) !== true && this.#hot.add(key);
  }

  has(key: Key): boolean {
    return this.#hot.has(key) || (this.#spilled?.has(key) ?? false);
  }

  hasText(bytes: Buffer, start: number, end: number): boolean {
    if (this.#hot.hasText(bytes, start, end)) return true;
    return this.#spilled?.has(this.#place.codec.keyOf(bytes, start, end)) ?? false;
  }

  sorted(): Iterable<Key> {
    const hot = this.#hot.sorted();
    return this.#spilled === undefined ? hot : mergeSorted(this.#spilled.sorted(), hot, this.#place.compare);
  }

  arrivals(): Arrivals {
    const arrivals = new SpillingArrivals(this.#hot.arrivals());
    this.#arrivals = [...this.#arrivals.filter((one) => one.deref() !== undefined), new WeakRef(arrivals)];
    return arrivals;
  }

  /** Puts the keys that are in memory into the file, and those that have arrived among them into that of a set of their own, where somebody still looks at them. */
  spill(): void {
    const hot = this.#hot;
    this.#hot = this.#place.inMemory();
    this.#file(hot.sorted(), hot.size);
    for (const arrivals of this.#gathering()) {
      const own = this.#place.another();
      own.#file(arrivals.sorted(), arrivals.size);
      arrivals.moveTo(own);
    }
    this.#arrivals = [];
  }

  #gathering(): readonly SpillingArrivals[] {
    return this.#arrivals.flatMap((one) => one.deref() ?? []);
  }

  #file(keys: Iterable<Key>, count: number): void {
    this.#spilled ??= this.#place.inFile();
    this.#spilled.add(keys, count, (key) => this.#hot.add(key));
  }
}
