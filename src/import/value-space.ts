import type { ArchiveObject } from '../archive/archive.js';
import { createKeySet } from '../closure/create-key-set.js';
import type { Key } from '../closure/key.js';
import { toKey } from '../closure/key.js';
import type { KeySet, KeyView } from '../closure/key-set.js';
import { decodeRow } from '../values/copy-text.js';
import type { KeyMap } from './key-map.js';
import { PackedKeyMap } from './key-map.js';
import { valueReader } from './reference-value.js';
import type { TargetModel } from './target.js';

/** What references to one model hold: which values the archive's objects answer, and which of them are others in the target. */
export interface ValueSpace {
  readonly known: Pick<KeyView, 'has'>;
  readonly moved: KeyMap;
}

/** Values of unique columns that are not the key: they can be others where they are references themselves, or where a row is merged into another. */
export class ColumnSpace implements ValueSpace {
  readonly columns: readonly string[];
  /** Without those of objects that stay out: the target is asked who has them. */
  readonly known: Pick<KeyView, 'has'>;
  readonly moved: KeyMap = new PackedKeyMap();
  /** Values of objects whose rows have none in the target. */
  readonly gone: Pick<KeyView, 'has'>;
  readonly #collected: KeySet;
  readonly #gone: KeySet;
  readonly #left: KeySet;
  readonly #read: (object: ArchiveObject) => Key | undefined;
  readonly #places: readonly number[];
  readonly #integer: boolean;

  constructor(target: TargetModel, columns: readonly string[]) {
    this.columns = columns;
    const values = (): KeySet => createKeySet({ columns: target.entity.columns, key: columns });
    const [collected, gone, left] = [values(), values(), values()];
    [this.#collected, this.#gone, this.#left] = [collected, gone, left];
    this.known = { has: (value) => collected.has(value) && !left.has(value) };
    this.gone = { has: (value) => gone.has(value) && !left.has(value) };
    this.#read = valueReader(target, { columns, when: undefined, asText: undefined });
    this.#places = columns.map((name) => target.columns.findIndex(({ column }) => column.name === name));
    this.#integer = columns.length === 1 && target.columns[this.#places[0] ?? -1]?.column.kind === 'integer';
  }

  /** Notes that the archive has an object. */
  collect(object: ArchiveObject): void {
    const value = this.#read(object);
    if (value !== undefined) this.#collected.add(value);
  }

  /** Says that the object stays out: what refers to it relies on a row of the target that has the same value. */
  leave(object: ArchiveObject): void {
    const value = this.#read(object);
    if (value === undefined) return;
    this.#left.add(value);
    this.moved.set(value, value);
  }

  /** Says what the object's row will hold, as COPY text; true where that is news. */
  settle(object: ArchiveObject, line: string): boolean {
    const value = this.#read(object);
    if (value === undefined) return false;
    const row = decodeRow(line);
    const texts = this.#places.flatMap((place) => row[place] ?? []);
    if (texts.length < this.#places.length) return this.#gone.add(value);
    const to = toKey(texts, this.#integer);
    if ((this.moved.get(value) ?? value) === to) return false;
    this.moved.set(value, to);
    return true;
  }
}
