import type { Entity } from '../schema/schema.js';
import type { Border } from './border.js';
import type { ClosureStep } from './closure.js';
import { keySetIn } from './create-key-set.js';
import type { Key } from './key.js';
import type { KeySet } from './key-set.js';
import type { Violation, WalkResult } from './walk-options.js';

/** The rows that a walk has met and not let in. */
export class Outside {
  readonly external = new Map<string, KeySet>();
  readonly unlinked = new Map<string, KeySet>();
  readonly dropped = new Map<string, KeySet>();
  readonly #border: Border;
  #violation: Violation | undefined;

  constructor(border: Border) {
    this.#border = border;
  }

  get violation(): Violation | undefined {
    return this.#violation;
  }

  get rows(): Pick<WalkResult, 'external' | 'unlinked' | 'dropped' | 'violation'> {
    const { external, unlinked, dropped, violation } = this;
    return { external, unlinked, dropped, violation };
  }

  /** Whether the row may come in; what becomes of it otherwise is noted. */
  passes(entity: Entity, key: Key, via: string, direction: ClosureStep['direction']): boolean {
    switch (this.#border.verdict(entity.model, key)) {
      case 'inside':
        return true;
      case 'stub':
        this.leave(entity, key, direction);
        return false;
      case 'drop':
        keySetIn(this.dropped, entity.model, entity).add(key);
        return false;
      case 'error':
        this.#violation ??= { model: entity.model, key, via };
        return false;
    }
  }

  /** Leaves a row at home: it is external where a row of the closure refers to it; a link that leads to it stays at home too. */
  leave(entity: Entity, key: Key, direction: ClosureStep['direction']): void {
    if (direction === 'up') keySetIn(this.external, entity.model, entity).add(key);
    if (direction === 'across') keySetIn(this.unlinked, entity.model, entity).add(key);
  }
}
