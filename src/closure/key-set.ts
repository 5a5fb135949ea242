import type { Key } from './key.js';

/** A set of keys of one entity as those see it who do not add to it. Iteration follows the archive's order of keys. */
export interface KeyView {
  readonly size: number;
  /** Whether a statement names its keys one by one; false of integers that lie close enough together to be a range or bits. */
  readonly listed: boolean;
  has(key: Key): boolean;
  /** Whether it has the key that is this text of a single column, in UTF-8: where the key itself is not needed, it need not be made. */
  hasText(bytes: Buffer, start: number, end: number): boolean;
  /** The keys in the archive's order: integers and numbers as numbers, text by bytes, column by column. */
  sorted(): Iterable<Key>;
}

export interface KeySet extends KeyView {
  /** Adds a key; false when it was there. */
  add(key: Key): boolean;
  /** About how much memory it takes, without bytes that it shares with others. */
  readonly bytes: number;
  /** Gathers keys that come from now on: some sets need no memory for it. */
  arrivals(): Arrivals;
}

/** Keys that come to a set in some time. */
export interface Arrivals {
  /** Of memory that they take beside the set's. */
  readonly bytes: number;
  /** Told of each, when it was added. */
  note(key: Key): void;
  /** Those that have come until now. */
  end(): KeyView;
}
