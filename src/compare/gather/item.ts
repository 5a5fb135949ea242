import type { Key } from '../../closure/key.js';
import { KeySorter } from '../key-sorter.js';

/** An object of one database, and what it is to be found by. */
export interface Item {
  readonly by: Key;
  readonly origin: number;
  readonly key: Key;
  /** Stayed at home. */
  readonly external: boolean;
  /** Of its values, links apart; empty where it is not known yet. */
  readonly digest: string;
}

/** Sorts by what items are to be found by. */
export function itemSorter(
  { folder, sortSize }: { readonly folder: string; readonly sortSize: number },
  compare: (a: Key, b: Key) => number,
): KeySorter<Item> {
  return new KeySorter<Item>({
    ...{ compare, folder, size: sortSize },
    keyOf: ({ by }) => by,
    line: (item) => JSON.stringify(item),
    parse: (line) => JSON.parse(line) as Item,
  });
}

/** What is not known yet is taken for equal. */
export function areEqual(one: Item, other: Item): boolean {
  return one.digest === other.digest || one.digest === '' || other.digest === '';
}
