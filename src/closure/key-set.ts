import type { Key } from './key.js';

/** A set of keys of one entity as those see it who do not add to it. Iteration follows the archive's order of keys. */
export interface KeyView {
  readonly size: number;
  has(key: Key): boolean;
  /** The keys in the archive's order: integers and numbers as numbers, text by bytes, column by column. */
  sorted(): Iterable<Key>;
}

export interface KeySet extends KeyView {
  /** Adds a key; false when it was there. */
  add(key: Key): boolean;
}
