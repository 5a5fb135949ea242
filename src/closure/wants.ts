import type { Entity, Reference } from '../schema/schema.js';
import type { Role } from './follow-rule.js';
import type { Key } from './key.js';
import type { KeySet } from './key-set.js';
import type { KeySets } from './key-sets.js';
import { oneOf } from './key-sets.js';
import type { ToParentValue } from './parent-value.js';

/** How a value leads to a row: one for all values of a column. */
export interface Way {
  readonly via: string;
  readonly direction: 'up' | 'across';
  readonly reference: Reference;
  readonly parent: Entity;
  readonly toParent: ToParentValue | undefined;
  readonly role: Role;
}

/** Values of one reference whose rows are to be taken in one role. */
export interface Want {
  readonly via: string;
  readonly direction: 'up' | 'across';
  readonly reference: Reference;
  readonly role: Role;
  readonly values: KeySet;
}

/** What the rows met so far need, gathered until it is read as a set. A value is wanted once for each role. */
export class Wants {
  readonly #keySets: KeySets;
  #pending = new Map<Reference, Map<Role, Want>>();
  #waiting: Want[] = [];
  /** What references that the database must resolve have asked before: their values are no keys, so membership cannot tell. */
  readonly #asked = new Map<string, KeySet>();

  constructor(keySets: KeySets) {
    this.#keySets = keySets;
  }

  /** Called for each value of each row: no text is made for it. */
  add({ via, direction, reference, parent, role }: Way, value: Key): void {
    if (!reference.direct && !this.#askedSet(`${role}\0${reference.name}`, reference, parent).add(value)) return;
    let roles = this.#pending.get(reference);
    if (roles === undefined) this.#pending.set(reference, (roles = new Map<Role, Want>()));
    let want = roles.get(role);
    if (want === undefined) {
      want = { via, direction, reference, role, values: this.#valueSet(reference, parent) };
      roles.set(role, want);
      this.#waiting.push(want);
    }
    want.values.add(value);
  }

  /** Everything wanted since the last call. */
  take(): readonly Want[] {
    const taken = this.#waiting;
    this.#pending = new Map();
    this.#waiting = [];
    return taken;
  }

  get empty(): boolean {
    return this.#waiting.length === 0;
  }

  #askedSet(id: string, reference: Reference, parent: Entity): KeySet {
    let asked = this.#asked.get(id);
    if (asked === undefined) {
      asked = this.#valueSet(reference, parent);
      this.#asked.set(id, asked);
    }
    return asked;
  }

  #valueSet(reference: Reference, parent: Entity): KeySet {
    return oneOf(this.#keySets, { ...parent, key: reference.parentColumns });
  }
}
