import type { Key } from '../../closure/key.js';
import type { KeySorter } from '../key-sorter.js';

/** Items of one key after the other, those of each in the order in which they came. */
export async function* sortedGroups<Item>(
  sorter: KeySorter<Item>,
  compare: (a: Key, b: Key) => number,
): AsyncGenerator<readonly Item[]> {
  let group: Item[] = [];
  let last: Key | undefined;
  for await (const { keys, items } of sorter.sorted()) {
    for (const [at, item] of items.entries()) {
      const key = keys[at] as Key;
      if (last !== undefined && compare(last, key) !== 0) {
        yield group;
        group = [];
      }
      last = key;
      group.push(item);
    }
  }
  if (group.length > 0) yield group;
}
