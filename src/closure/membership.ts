import type { Entity, Schema } from '../schema/schema.js';
import type { EntityClosure } from './closure.js';
import { createKeySet } from './create-key-set.js';
import type { Role } from './follow-rule.js';
import type { Key } from './key.js';
import type { KeySet } from './key-set.js';

/** Which rows are in the closure so far, and in which role. Grows only, and a role only widens. */
export class Membership {
  readonly #schema: Schema;
  readonly #separateExpanded: boolean;
  readonly #byModel = new Map<string, EntityClosure>();
  #total = 0;

  constructor(schema: Schema, options: { readonly separateExpanded: boolean }) {
    this.#schema = schema;
    this.#separateExpanded = options.separateExpanded;
  }

  get total(): number {
    return this.#total;
  }

  get byModel(): ReadonlyMap<string, EntityClosure> {
    return this.#byModel;
  }

  of(model: string): EntityClosure | undefined {
    return this.#byModel.get(model);
  }

  /** Takes a row: `new`, `wider` where it was there in a narrower role, `known` where nothing changes. */
  add(entity: Entity, key: Key, role: Role): 'new' | 'wider' | 'known' {
    const sets = this.#sets(entity);
    if (!this.#widen(sets, key, role)) return 'known';
    if (role !== 'shared' && !sets.taken.add(key)) return 'wider';
    this.#total += 1;
    return 'new';
  }

  /** Whether the row is there in this role or a wider one. */
  has(model: string, key: Key, role: Role): boolean {
    const sets = this.#byModel.get(model);
    if (sets === undefined) return false;
    switch (role) {
      case 'shared':
        return sets.taken.has(key);
      case 'expanded':
        return sets.expanded.has(key);
      case 'owned':
        return sets.owned.has(key);
    }
  }

  #widen(sets: EntityClosure, key: Key, role: Role): boolean {
    switch (role) {
      case 'shared':
        return sets.taken.add(key);
      case 'expanded':
        return sets.expanded.add(key);
      case 'owned':
        if (!sets.owned.add(key)) return false;
        if (sets.expanded !== sets.owned) sets.expanded.add(key);
        return true;
    }
  }

  #sets(entity: Entity): EntityClosure {
    const existing = this.#byModel.get(entity.model);
    if (existing !== undefined) return existing;
    const owned: KeySet = createKeySet(entity);
    const created: EntityClosure = Object.freeze({
      taken: createKeySet(entity),
      owned,
      expanded: this.#separateExpanded ? createKeySet(entity) : owned,
    });
    this.#byModel.set(entity.model, created);
    return created;
  }

  /** The entity of a model that is in the schema. */
  entity(model: string): Entity {
    const entity = this.#schema.entities.get(model);
    if (entity === undefined) throw new TypeError(`no entity ${model} in the schema`);
    return entity;
  }
}
