import type { Key } from '../key.js';
import type { Arrivals, KeySet, KeyView } from '../key-set.js';
import { separateArrivals } from '../separate-arrivals.js';

/** Keys that come to a set in some time, and stay with it or move to one of their own. */
export class SpillingArrivals implements Arrivals, KeyView {
  #gathered: Arrivals;
  #ended: KeyView | undefined;

  constructor(gathered: Arrivals) {
    this.#gathered = gathered;
  }

  get bytes(): number {
    return this.#gathered.bytes;
  }

  note(key: Key): void {
    this.#gathered.note(key);
  }

  end(): KeyView {
    this.#ended = this.#gathered.end();
    return this;
  }

  /** To a set that has all of them. */
  moveTo(own: KeySet): void {
    this.#gathered = separateArrivals(own);
    if (this.#ended !== undefined) this.#ended = own;
  }

  get size(): number {
    return this.#view.size;
  }

  get listed(): boolean {
    return this.#view.listed;
  }

  has(key: Key): boolean {
    return this.#view.has(key);
  }

  hasText(bytes: Buffer, start: number, end: number): boolean {
    return this.#view.hasText(bytes, start, end);
  }

  sorted(): Iterable<Key> {
    return this.#view.sorted();
  }

  get #view(): KeyView {
    return this.#ended ?? this.#gathered.end();
  }
}
