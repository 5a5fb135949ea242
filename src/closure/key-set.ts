import type { Key } from './key.js';

/** A set of keys of one entity. Iteration follows the archive's order of keys. */
export interface KeySet {
  readonly size: number;
  /** Adds a key; false when it was there. */
  add(key: Key): boolean;
  has(key: Key): boolean;
  /** The keys in the archive's order: integers and numbers as numbers, text by bytes, column by column. */
  sorted(): Iterable<Key>;
}
