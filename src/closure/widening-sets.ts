import { IntegerKeyRun } from './integer-key-run.js';
import type { Key } from './key.js';
import type { Arrivals, KeySet, KeyView } from './key-set.js';
import { mergeSorted } from './merge-sorted.js';
import { PackedKeyRun } from './packed-key-run.js';

/** Sets of which each is within the next. A key stands in one of them only, the narrowest, and in those that it was in before. */
export class WideningSets {
  /** From the narrowest to the widest. */
  readonly views: readonly KeyView[];
  readonly #tiers: readonly Tier[];

  constructor(own: readonly KeySet[], compare: (a: Key, b: Key) => number) {
    const tiers: Tier[] = [];
    for (const set of own) tiers.push(new Tier(tiers.at(-1), set, compare));
    this.#tiers = tiers;
    this.views = tiers;
  }

  /** Adds a key to one of the sets and all wider ones: how many of them did not have it. */
  add(key: Key, to: number): number {
    let fresh = 0;
    for (let at = to; at < this.#tiers.length; at += 1) {
      if (this.#tiers[at]?.has(key) === true) break;
      fresh += 1;
    }
    if (fresh > 0) this.#tiers[to]?.own.add(key);
    for (let at = to; at < to + fresh; at += 1) this.#tiers[at]?.grow();
    return fresh;
  }

  /** Gathers keys that are added to this very set from now on. */
  arrivals(to: number): Arrivals {
    const tier = this.#tiers[to];
    if (tier === undefined) throw new RangeError(`there is no set ${String(to)}`);
    return tier.own.arrivals();
  }
}

class Tier implements KeyView {
  readonly own: KeySet;
  readonly #narrower: Tier | undefined;
  readonly #compare: (a: Key, b: Key) => number;
  #size = 0;

  constructor(narrower: Tier | undefined, own: KeySet, compare: (a: Key, b: Key) => number) {
    this.#narrower = narrower;
    this.own = own;
    this.#compare = compare;
  }

  get size(): number {
    return this.#size;
  }

  get listed(): boolean {
    return this.own.listed || (this.#narrower?.listed ?? false);
  }

  grow(): void {
    this.#size += 1;
  }

  has(key: Key): boolean {
    return (this.own.size > 0 && this.own.has(key)) || (this.#narrower?.has(key) ?? false);
  }

  hasText(bytes: Buffer, start: number, end: number): boolean {
    if (this.own.size > 0 && this.own.hasText(bytes, start, end)) return true;
    return this.#narrower?.hasText(bytes, start, end) ?? false;
  }

  sorted(): Iterable<Key> {
    if (this.#narrower === undefined || this.#narrower.size === 0) return this.own.sorted();
    if (this.own.size === 0) return this.#narrower.sorted();
    const [own, narrower] = [this.own.sorted(), this.#narrower.sorted()];
    if (own instanceof IntegerKeyRun && narrower instanceof IntegerKeyRun) return own.mergedWith(narrower);
    const packed = own instanceof PackedKeyRun && narrower instanceof PackedKeyRun ? own.mergedWith(narrower) : undefined;
    return packed ?? mergeSorted(own, narrower, this.#compare);
  }
}
