import { createKeySet } from '../closure/create-key-set.js';
import type { Key } from '../closure/key.js';
import type { KeySet } from '../closure/key-set.js';
import type { Entity } from '../schema/schema.js';
import { PackedKeyMap } from './key-map.js';
import type { KeyMap } from './key-map.js';
import type { NewKeys, Placeholders } from './new-keys.js';

/** Which keys the objects of one model have in the target, where these can be others than in the archive. */
export class ModelMapping {
  /** Keys of the archive that are others in the target; what is not in it stays as it is. */
  readonly moved: KeyMap = new PackedKeyMap();
  /** What earlier id maps say. */
  readonly given: KeyMap | undefined;
  /** Objects that get a key which nobody had before; what stands for it in {@link moved} is drawn when the plan is carried out. */
  readonly fresh: KeySet;
  /** Where such keys come from; undefined where none can be made. */
  readonly newKeys: NewKeys | undefined;
  readonly placeholders: Placeholders | undefined;
  /** Objects that no row of the target has the natural key of. */
  readonly unmatched: KeySet;
  /** Objects of which a row has the new key: it may be theirs from an earlier import, once all that they refer to has its new key. */
  readonly tried: KeySet;
  readonly #entity: Entity;
  /** Of {@link given}: rows that only stood in for an object. */
  readonly #stoodIn: KeyMap | undefined;
  /** Of this pass: objects whose natural key holds a reference that is not decided yet. */
  #waiting: KeySet;
  /** Of this pass: objects that are decided. */
  #decided: KeySet;
  /** Of this pass: rows of the target that are taken for an object, and for which. */
  #claims: KeyMap = new PackedKeyMap();

  constructor(
    entity: Entity,
    {
      newKeys,
      placeholders,
      given,
      stoodIn,
    }: Pick<ModelMapping, 'newKeys' | 'placeholders' | 'given'> & { readonly stoodIn: KeyMap | undefined },
  ) {
    this.#entity = entity;
    this.newKeys = newKeys;
    this.placeholders = placeholders;
    this.given = given;
    this.#stoodIn = stoodIn;
    this.fresh = createKeySet(entity);
    this.unmatched = createKeySet(entity);
    this.tried = createKeySet(entity);
    this.#waiting = createKeySet(entity);
    this.#decided = createKeySet(entity);
    for (const [key, to] of given?.entries() ?? []) this.moved.set(key, to);
  }

  get waiting(): KeySet {
    return this.#waiting;
  }

  get decided(): KeySet {
    return this.#decided;
  }

  get claims(): KeyMap {
    return this.#claims;
  }

  /** A row that an earlier map gives to one of the archive's `keys` is nobody else's, whichever comes first. */
  startPass(keys: KeySet): void {
    this.#waiting = createKeySet(this.#entity);
    this.#decided = createKeySet(this.#entity);
    this.#claims = new PackedKeyMap();
    for (const [key] of this.given?.entries() ?? []) {
      const row = keys.has(key) ? this.givenRow(key) : undefined;
      if (row !== undefined) this.#claims.set(row, key);
    }
  }

  /** The row that the object is by an earlier id map. */
  givenRow(key: Key): Key | undefined {
    return this.#stoodIn?.get(key) === undefined ? this.given?.get(key) : undefined;
  }

  /** Says what an object is called in the target; true where that is news. */
  settle(key: Key, to: Key): boolean {
    if ((this.moved.get(key) ?? key) === to) return false;
    this.moved.set(key, to);
    return true;
  }
}
