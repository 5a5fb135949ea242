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
  readonly known: KeySet;
  readonly moved: KeyMap = new PackedKeyMap();
  /** Values of objects whose rows have none in the target. */
  readonly gone: KeySet;
  readonly #read: (object: ArchiveObject) => Key | undefined;
  readonly #places: readonly number[];
  readonly #integer: boolean;

  constructor(target: TargetModel, columns: readonly string[]) {
    this.columns = columns;
    this.known = createKeySet({ columns: target.entity.columns, key: columns });
    this.gone = createKeySet({ columns: target.entity.columns, key: columns });
    this.#read = valueReader(target, { columns, when: undefined, asText: undefined });
    this.#places = columns.map((name) => target.columns.findIndex(({ column }) => column.name === name));
    this.#integer = columns.length === 1 && target.columns[this.#places[0] ?? -1]?.column.kind === 'integer';
  }

  /** Notes that the archive has an object. */
  collect(object: ArchiveObject): void {
    const value = this.#read(object);
    if (value !== undefined) this.known.add(value);
  }

  /** Says what the object's row will hold, as COPY text; true where that is news. */
  settle(object: ArchiveObject, line: string): boolean {
    const value = this.#read(object);
    if (value === undefined) return false;
    const row = decodeRow(line);
    const texts = this.#places.flatMap((place) => row[place] ?? []);
    if (texts.length < this.#places.length) return this.gone.add(value);
    const to = toKey(texts, this.#integer);
    if ((this.moved.get(value) ?? value) === to) return false;
    this.moved.set(value, to);
    return true;
  }
}
