import type { Entity, Schema } from '../schema/schema.js';
import type { EntityClosure } from './closure.js';
import type { Role } from './follow-rule.js';
import type { Key } from './key.js';
import { compareKeys } from './key-order.js';
import type { Arrivals, KeyView } from './key-set.js';
import type { KeySets } from './key-sets.js';
import { WideningSets } from './widening-sets.js';

interface Rows {
  /** The owned rows, with those that are expanded, with those that are shared. */
  readonly sets: WideningSets;
  readonly closure: EntityClosure;
}

/** Which rows are in the closure so far, and in which role. Grows only, and a role only widens. */
export class Membership {
  readonly #schema: Schema;
  readonly #separateExpanded: boolean;
  readonly #keySets: KeySets;
  readonly #byModel = new Map<string, EntityClosure>();
  readonly #rows = new Map<string, Rows>();
  #total = 0;

  constructor(schema: Schema, options: { readonly separateExpanded: boolean; readonly keySets: KeySets }) {
    this.#schema = schema;
    this.#separateExpanded = options.separateExpanded;
    this.#keySets = options.keySets;
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
    const { sets } = this.#rowsOf(entity);
    const widest = sets.views.length - 1;
    const place = this.#placeOf(role);
    const fresh = sets.add(key, place);
    if (fresh === 0) return 'known';
    if (place + fresh <= widest) return 'wider';
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

  /** Gathers rows that are taken in this role from now on. */
  arrivals(entity: Entity, role: Role): Arrivals {
    return this.#rowsOf(entity).sets.arrivals(this.#placeOf(role));
  }

  #placeOf(role: Role): number {
    switch (role) {
      case 'owned':
        return 0;
      case 'expanded':
        return this.#separateExpanded ? 1 : 0;
      case 'shared':
        return this.#separateExpanded ? 2 : 1;
    }
  }

  #rowsOf(entity: Entity): Rows {
    const existing = this.#rows.get(entity.model);
    if (existing !== undefined) return existing;
    const sets = new WideningSets(this.#keySets.together(entity, this.#separateExpanded ? 3 : 2), compareKeys(entity));
    const [owned, second, third] = sets.views as readonly [KeyView, KeyView, KeyView | undefined];
    const closure = Object.freeze({ owned, expanded: third === undefined ? owned : second, taken: third ?? second });
    const created: Rows = { sets, closure };
    this.#rows.set(entity.model, created);
    this.#byModel.set(entity.model, closure);
    return created;
  }

  /** The entity of a model that is in the schema. */
  entity(model: string): Entity {
    const entity = this.#schema.entities.get(model);
    if (entity === undefined) throw new TypeError(`no entity ${model} in the schema`);
    return entity;
  }
}
