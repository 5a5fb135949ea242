import type { Arrivals, KeySet } from './key-set.js';

/** Keys that come to a set, gathered in another, which is empty. */
export function separateArrivals(set: KeySet): Arrivals {
  return {
    get bytes() {
      return set.bytes;
    },
    note: (key) => {
      set.add(key);
    },
    end: () => set,
  };
}
