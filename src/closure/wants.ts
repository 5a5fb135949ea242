import type { Entity, Reference } from '../schema/schema.js';
import { createKeySet } from './create-key-set.js';
import type { Role } from './follow-rule.js';
import type { Key } from './key.js';
import type { KeySet } from './key-set.js';

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
  #pending = new Map<string, Want>();
  /** What references that the database must resolve have asked before: their values are no keys, so membership cannot tell. */
  readonly #asked = new Map<string, KeySet>();

  add(via: string, direction: 'up' | 'across', reference: Reference, parent: Entity, value: Key, role: Role): void {
    const id = `${via}\0${role}\0${reference.columns.join('\0')}`;
    if (!reference.direct && !this.#askedSet(id, reference, parent).add(value)) return;
    let want = this.#pending.get(id);
    if (want === undefined) {
      want = { via, direction, reference, role, values: valueSet(reference, parent) };
      this.#pending.set(id, want);
    }
    want.values.add(value);
  }

  /** Everything wanted since the last call. */
  take(): readonly Want[] {
    const taken = [...this.#pending.values()];
    this.#pending = new Map();
    return taken;
  }

  get empty(): boolean {
    return this.#pending.size === 0;
  }

  #askedSet(id: string, reference: Reference, parent: Entity): KeySet {
    let asked = this.#asked.get(id);
    if (asked === undefined) {
      asked = valueSet(reference, parent);
      this.#asked.set(id, asked);
    }
    return asked;
  }
}

function valueSet(reference: Reference, parent: Entity): KeySet {
  return createKeySet({ ...parent, key: reference.parentColumns });
}
