import type { Key } from '../closure/key.js';
import type { KeyList } from '../closure/key-list.js';
import { createKeyList } from '../closure/key-list.js';
import { compareKeys } from '../closure/key-order.js';
import type { Entity } from '../schema/schema.js';
import type { LinkedIntegers } from '../values/line-writer.js';

/**
 * The many-to-many keys of some owners, in two lists side by side: a map of small lists would take several times the memory. To be
 * filled, then put in order, then asked owner by owner.
 */
export class LinkedKeys {
  readonly #compareOwners: (a: Key, b: Key) => number;
  #owners: KeyList;
  #others: KeyList;
  /** The owner that was asked for last, and where it ends. */
  #asked: Key | undefined;
  #cursor = 0;

  constructor(owner: Entity, other: Entity) {
    this.#compareOwners = compareKeys(owner);
    this.#owners = createKeyList(owner);
    this.#others = createKeyList(other);
  }

  get count(): number {
    return this.#owners.length;
  }

  add(owner: Key, other: Key): void {
    this.#owners.push(owner);
    this.#others.push(other);
  }

  /** Sorts by owner, then by what it is linked to, and keeps each pair once. */
  settle(): void {
    const [owners, others] = [this.#owners, this.#others];
    const compare = (a: number, b: number): number => owners.compare(a, b) || others.compare(a, b);
    let isSettled = true;
    for (let at = 1; at < owners.length && isSettled; at += 1) isSettled = compare(at - 1, at) < 0;
    if (isSettled) return;
    const places = Uint32Array.from({ length: owners.length }, (_, at) => at).sort(compare);
    const distinct = places.filter((place, at) => at === 0 || compare(places[at - 1] as number, place) !== 0);
    this.#owners = owners.pick(distinct);
    this.#others = others.pick(distinct);
  }

  /** All of them, where every key is an integer that a double holds. */
  integers(): LinkedIntegers | undefined {
    const owners = this.#owners.integers();
    const others = this.#others.integers();
    return owners === undefined || others === undefined ? undefined : { owners, others };
  }

  /** Quickest where owners are asked for in their order. */
  of(owner: Key): readonly Key[] {
    const owners = this.#owners;
    let at = this.#asked !== undefined && this.#compareOwners(this.#asked, owner) < 0 ? this.#cursor : 0;
    this.#asked = owner;
    let order = 1;
    for (; at < owners.length; at += 1) {
      order = this.#compareOwners(owners.at(at), owner);
      if (order >= 0) break;
    }
    this.#cursor = at;
    if (at === owners.length || order > 0) return none;
    let end = at + 1;
    while (end < owners.length && owners.compare(at, end) === 0) end += 1;
    this.#cursor = end;
    return Array.from({ length: end - at }, (_, index) => this.#others.at(at + index));
  }
}

const none: readonly Key[] = Object.freeze([]);
