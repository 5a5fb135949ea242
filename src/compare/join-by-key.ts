import type { Key } from '../closure/key.js';

/** Some items and their keys, in ascending order. */
export interface KeyedBatch<Item> {
  readonly keys: readonly Key[];
  readonly items: readonly Item[];
}

/** What several sources have under one key: by source, undefined where it has nothing. */
export interface Joined<Item> {
  readonly key: Key;
  readonly items: readonly (Item | undefined)[];
}

/**
 * A merge join of sorted sources: each is read once, and no more of it is held than a batch. Where one source has a key twice, what the
 * others have under it is met by each, unless `once`.
 */
export async function* joinByKey<Item>(
  sources: readonly AsyncGenerator<KeyedBatch<Item>>[],
  compare: (a: Key, b: Key) => number,
  once = false,
): AsyncGenerator<readonly Joined<Item>[]> {
  const cursors = sources.map((source) => new Cursor(source));
  try {
    for (;;) {
      for (const cursor of cursors) await cursor.fill();
      const live = cursors.filter((cursor) => cursor.key !== undefined);
      if (live.length === 0) return;
      const joined: Joined<Item>[] = [];
      for (let lowest = lowestOf(live, compare); lowest !== undefined; lowest = lowestOf(live, compare)) {
        const key = lowest;
        joined.push({ key, items: cursors.map((cursor) => cursor.take(key, compare, once)) });
      }
      yield joined;
    }
  } finally {
    for (const source of sources) await source.return(undefined);
  }
}

/** Undefined where one of the cursors has to be filled first. */
function lowestOf<Item>(cursors: readonly Cursor<Item>[], compare: (a: Key, b: Key) => number): Key | undefined {
  let lowest: Key | undefined;
  for (const { key } of cursors) {
    if (key === undefined) return undefined;
    if (lowest === undefined || compare(key, lowest) < 0) lowest = key;
  }
  return lowest;
}

class Cursor<Item> {
  readonly #source: AsyncGenerator<KeyedBatch<Item>>;
  #batch: KeyedBatch<Item> = { keys: [], items: [] };
  #at = 0;
  #last: { readonly key: Key; readonly item: Item } | undefined;

  constructor(source: AsyncGenerator<KeyedBatch<Item>>) {
    this.#source = source;
  }

  get key(): Key | undefined {
    return this.#batch.keys[this.#at];
  }

  async fill(): Promise<void> {
    while (this.key === undefined) {
      const next = await this.#source.next();
      if (next.done === true) return;
      this.#batch = next.value;
      this.#at = 0;
    }
  }

  take(key: Key, compare: (a: Key, b: Key) => number, once: boolean): Item | undefined {
    const own = this.key;
    if (own !== undefined && compare(own, key) === 0) {
      const item = this.#batch.items[this.#at] as Item;
      this.#at += 1;
      this.#last = { key: own, item };
      return item;
    }
    return !once && this.#last !== undefined && compare(this.#last.key, key) === 0 ? this.#last.item : undefined;
  }
}
