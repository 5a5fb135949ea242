import type { ArchiveHeader } from '../../archive/archive.js';
import { createKeySet } from '../../closure/create-key-set.js';
import type { Key } from '../../closure/key.js';
import type { KeySet } from '../../closure/key-set.js';
import type { KeyMap } from '../../import/key-map.js';
import { PackedKeyMap } from '../../import/key-map.js';
import type { Space } from './references-of.js';

/** What becomes of the objects of one model that come from one database. */
export class ModelKeys {
  /** Objects that are there. */
  readonly keys: KeySet;
  /** Objects that stayed at home. */
  readonly external: KeySet;
  /** Keys that were made for objects whose own are taken: what is made once stays. */
  readonly fresh: KeyMap = new PackedKeyMap();
  /** Objects of which nobody knows yet whether they are others' by their natural key. */
  #open: KeySet;
  #areAllOpen = false;
  /** Objects whose natural key depends on itself: nobody is found by such a one. */
  readonly unnamed: KeySet;
  /** Keys that are others in the merged archive. */
  #moved: KeyMap = new PackedKeyMap();
  /** Objects that an earlier one is by its natural key, and those that are equal to one of the same key. */
  #matched: KeySet;
  #same: KeySet;
  /** The keys that these have there. */
  #given: KeySet;
  readonly #make: () => KeySet;

  constructor(header: ArchiveHeader, model: string) {
    this.#make = () => keySet(header, model, header.entities[model]?.key ?? []);
    this.keys = this.#make();
    this.external = this.#make();
    this.#open = this.#make();
    this.unnamed = this.#make();
    this.#matched = this.#make();
    this.#same = this.#make();
    this.#given = this.#make();
  }

  get moved(): KeyMap {
    return this.#moved;
  }

  get matched(): KeySet {
    return this.#matched;
  }

  get same(): KeySet {
    return this.#same;
  }

  /** Those who wait. */
  get open(): KeySet {
    return this.#open;
  }

  isOpen(key: Key): boolean {
    return this.#areAllOpen ? this.has(key) : this.#open.has(key);
  }

  /** Nothing is known of any of them. */
  begin(): void {
    this.#areAllOpen = true;
  }

  /** Only these still wait; true where that is news. */
  wait(open: KeySet): boolean {
    const isNews = this.#areAllOpen || open.size !== this.#open.size;
    this.#areAllOpen = false;
    this.#open = open;
    return isNews;
  }

  emptySet(): KeySet {
    return this.#make();
  }

  has(key: Key): boolean {
    return this.keys.has(key) || this.external.has(key);
  }

  /** Whether it has an object of that key, or one gets it. */
  uses(key: Key): boolean {
    return this.has(key) || this.#given.has(key);
  }

  /** The key in the merged archive of one that it has. */
  counterpart(key: Key): Key {
    return this.#moved.get(key) ?? key;
  }

  /** Takes what was decided on all objects; true where that is news. */
  settle(moved: KeyMap, matched: KeySet, same: KeySet): boolean {
    const before = this.#moved;
    this.#moved = moved;
    this.#matched = matched;
    this.#same = same;
    this.#given = this.#make();
    for (const [, to] of moved.entries()) this.#given.add(to);
    if (before.size !== moved.size) return true;
    for (const [key, to] of moved.entries()) if (before.get(key) !== to) return true;
    return false;
  }
}

/** Values of unique columns that references hold, besides keys. */
export class ColumnValues {
  readonly known: KeySet;
  readonly moved: KeyMap = new PackedKeyMap();
  /** Those whose object has none of them any more. */
  readonly gone: KeySet;
  /** Those that objects have instead. */
  readonly given: KeySet;

  constructor(header: ArchiveHeader, { model, columns }: Space) {
    this.known = keySet(header, model, columns);
    this.gone = keySet(header, model, columns);
    this.given = keySet(header, model, columns);
  }

  isLike(other: ColumnValues | undefined): boolean {
    if (other?.known.size !== this.known.size || other.gone.size !== this.gone.size) return false;
    if (other.moved.size !== this.moved.size) return false;
    for (const [value, to] of this.moved.entries()) if (other.moved.get(value) !== to) return false;
    return true;
  }
}

/** What becomes of all objects that come from one database. */
export class OriginKeys {
  readonly place: number;
  readonly #header: ArchiveHeader;
  readonly #models = new Map<string, ModelKeys>();
  readonly #values = new Map<string, ColumnValues>();
  /** By model: what is added to the numbers of its nested set. */
  readonly shifts = new Map<string, bigint>();

  constructor(place: number, header: ArchiveHeader) {
    this.place = place;
    this.#header = header;
  }

  of(model: string): ModelKeys {
    let keys = this.#models.get(model);
    if (keys === undefined) this.#models.set(model, (keys = new ModelKeys(this.#header, model)));
    return keys;
  }

  /** Undefined as long as nobody has looked. */
  valuesOf({ id }: Space): ColumnValues | undefined {
    return this.#values.get(id);
  }

  /** True where that is news. */
  settleValues({ id }: Space, values: ColumnValues): boolean {
    const isNews = !values.isLike(this.#values.get(id));
    this.#values.set(id, values);
    return isNews;
  }
}

/** An empty set of values of some columns, as the header tells of them. */
export function keySet(header: ArchiveHeader, model: string, key: readonly string[]): KeySet {
  const columns = Object.values(header.entities[model]?.columns ?? {});
  return createKeySet({ key, columns } as unknown as Parameters<typeof createKeySet>[0]);
}
