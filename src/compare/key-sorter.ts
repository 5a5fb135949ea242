import type { Key } from '../closure/key.js';
import type { KeyedBatch } from './join-by-key.js';
import { joinByKey } from './join-by-key.js';
import { Spool } from './spool.js';

export interface KeySorterOptions<Item> {
  readonly compare: (a: Key, b: Key) => number;
  readonly keyOf: (item: Item) => Key;
  /** As one line, and back. */
  readonly line: (item: Item) => string;
  readonly parse: (line: string) => Item;
  /** Where temporary files go. */
  readonly folder: string;
  /** Characters of lines that are sorted in memory at once. */
  readonly size: number;
}

/** Brings items into the order of their keys: what does not fit into memory is sorted in pieces, in temporary files, which are then merged. */
export class KeySorter<Item> {
  readonly #options: KeySorterOptions<Item>;
  readonly #spools: Spool[] = [];
  #piece: { readonly key: Key; readonly line: string }[] = [];
  #length = 0;

  constructor(options: KeySorterOptions<Item>) {
    this.#options = options;
  }

  async add(items: readonly Item[]): Promise<void> {
    const { keyOf, line, size } = this.#options;
    for (const item of items) {
      const text = line(item);
      this.#piece.push({ key: keyOf(item), line: text });
      this.#length += text.length;
      if (this.#length >= size) await this.#putAside();
    }
  }

  /** All of them; to be asked once. */
  async *sorted(): AsyncGenerator<KeyedBatch<Item>> {
    const { compare, parse } = this.#options;
    if (this.#spools.length === 0) {
      for (const piece of pieces(this.#sortedPiece()))
        yield { keys: piece.map(({ key }) => key), items: piece.map(({ line }) => parse(line)) };
      return;
    }
    if (this.#piece.length > 0) await this.#putAside();
    const runs = this.#spools.map((spool) => this.#read(spool));
    for await (const joined of joinByKey(runs, compare, true)) {
      const pairs = joined.flatMap(({ key, items }) => items.flatMap((item) => (item === undefined ? [] : [{ key, item }])));
      yield { keys: pairs.map(({ key }) => key), items: pairs.map(({ item }) => item) };
    }
  }

  /** To be called whatever happened. */
  async discard(): Promise<void> {
    for (const spool of this.#spools) await spool.discard();
  }

  #sortedPiece(): readonly { readonly key: Key; readonly line: string }[] {
    const { compare } = this.#options;
    return this.#piece.sort((a, b) => compare(a.key, b.key));
  }

  async #putAside(): Promise<void> {
    const spool = await Spool.create(this.#options.folder);
    this.#spools.push(spool);
    for (const piece of pieces(this.#sortedPiece()))
      await spool.write(Buffer.from(`${piece.map(({ line }) => line).join('\n')}\n`));
    this.#piece = [];
    this.#length = 0;
  }

  async *#read(spool: Spool): AsyncGenerator<KeyedBatch<Item>> {
    const { parse, keyOf } = this.#options;
    for await (const { bytes, ends } of spool.lines()) {
      let start = 0;
      const items = ends.map((end) => {
        const item = parse(bytes.toString('utf8', start, end));
        start = end;
        return item;
      });
      yield { keys: items.map(keyOf), items };
    }
  }
}

/** Enough at once that calls do not count, few enough that none waits long. */
function* pieces<T>(all: readonly T[], size = 1000): Generator<readonly T[]> {
  for (let at = 0; at < all.length; at += size) yield all.slice(at, at + size);
}
