import type { Hash } from 'node:crypto';
import { createHash } from 'node:crypto';
import { createKeySet } from '../closure/create-key-set.js';
import type { Key } from '../closure/key.js';
import type { KeySet, KeyView } from '../closure/key-set.js';
import { hasIntegerKey } from '../schema/has-integer-key.js';
import type { Entity } from '../schema/schema.js';

/** What was written into a table, in the order in which it is read back. */
export interface WrittenDigest {
  /** Of the rows as COPY text. */
  readonly sha256: string;
  /** Of the rows; undefined where the table holds no others. */
  readonly keys: KeyView | undefined;
}

/** Makes the digest of rows while they are written beside others: integers in ascending order can be read back in the same. */
export class DigestedRows {
  readonly #hash: Hash = createHash('sha256');
  readonly #keys: KeySet | undefined;
  #last = -Infinity;
  #isOrdered: boolean;

  /** @param isAlone whether the table will hold no other rows: these are in the order of its key. */
  constructor(entity: Entity, isAlone: boolean) {
    this.#keys = isAlone ? undefined : createKeySet(entity);
    this.#isOrdered = isAlone || hasIntegerKey(entity);
  }

  /** Whether keys are to be noted still. */
  get notesKeys(): boolean {
    return this.#keys !== undefined && this.#isOrdered;
  }

  noteKey(key: Key): void {
    this.#isOrdered = typeof key === 'number' && key > this.#last;
    this.#last = Number(key);
    if (this.#isOrdered) this.#keys?.add(key);
  }

  /** Some rows, in the order in which they are written. */
  take(rows: Buffer): void {
    this.#hash.update(rows);
  }

  /** Undefined where the order in which they were written cannot be had again. */
  digest(): WrittenDigest | undefined {
    return this.#isOrdered ? { sha256: this.#hash.digest('hex'), keys: this.#keys } : undefined;
  }
}
