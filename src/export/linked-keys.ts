import type { Key } from '../closure/key.js';

type Compare = (a: Key, b: Key) => number;

/**
 * The many-to-many keys of some owners, in two arrays side by side: a map of small lists would take several times the memory. To be
 * filled, then put in order, then asked owner by owner.
 */
export class LinkedKeys {
  #owners: Key[] = [];
  #others: Key[] = [];
  #compareOwners: Compare;
  /** Where the owner that was asked for last ends. */
  #cursor = 0;

  constructor(compareOwners: Compare) {
    this.#compareOwners = compareOwners;
  }

  get count(): number {
    return this.#owners.length;
  }

  add(owner: Key, other: Key): void {
    this.#owners.push(owner);
    this.#others.push(other);
  }

  /** Sorts by owner, then by what it is linked to, and keeps each pair once. */
  settle(compareOthers: Compare): void {
    const owners = this.#owners;
    const others = this.#others;
    const compare = (a: number, b: number): number =>
      this.#compareOwners(owners[a] as Key, owners[b] as Key) || compareOthers(others[a] as Key, others[b] as Key);
    let isSettled = true;
    for (let at = 1; at < owners.length && isSettled; at += 1) isSettled = compare(at - 1, at) < 0;
    if (isSettled) return;
    const places = Uint32Array.from(owners.keys()).sort(compare);
    const distinct = places.filter((place, at) => at === 0 || compare(places[at - 1] as number, place) !== 0);
    this.#owners = Array.from(distinct, (place) => owners[place] as Key);
    this.#others = Array.from(distinct, (place) => others[place] as Key);
  }

  /** Quickest where owners are asked for in their order. */
  of(owner: Key): readonly Key[] {
    const owners = this.#owners;
    const before = owners[this.#cursor - 1];
    let at = before !== undefined && this.#compareOwners(before, owner) < 0 ? this.#cursor : 0;
    while (at < owners.length && this.#compareOwners(owners[at] as Key, owner) < 0) at += 1;
    let end = at;
    while (end < owners.length && owners[end] === owner) end += 1;
    this.#cursor = end;
    return at === end ? none : this.#others.slice(at, end);
  }
}

const none: readonly Key[] = Object.freeze([]);
