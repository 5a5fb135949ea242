import { RefusedError } from '../errors/portolan-error.js';
import type { EdgeOfWorld, RowRule } from '../policy/policy.js';
import type { Entity } from '../schema/schema.js';
import { formatObjectName } from '../seeds/object-name.js';
import type { Border } from './border.js';
import type { ClosureStep } from './closure.js';
import type { Key } from './key.js';
import type { KeySet } from './key-set.js';
import type { KeySets } from './key-sets.js';
import { keySetIn } from './key-sets.js';
import type { Violation, WalkResult } from './walk-options.js';

/** The rows that a walk has met and not let in. */
export class Outside {
  readonly external = new Map<string, KeySet>();
  readonly unlinked = new Map<string, KeySet>();
  readonly dropped = new Map<string, KeySet>();
  /** Rows that fail a rule, needed or not. */
  readonly failing = new Map<string, Map<RowRule, KeySet>>();
  readonly #border: Border;
  readonly #keySets: KeySets;
  #violation: Violation | undefined;

  constructor(border: Border, keySets: KeySets) {
    this.#border = border;
    this.#keySets = keySets;
  }

  get violation(): Violation | undefined {
    return this.#violation;
  }

  get rows(): Pick<WalkResult, 'external' | 'unlinked' | 'dropped' | 'failing' | 'violation'> {
    const { external, unlinked, dropped, failing, violation } = this;
    return { external, unlinked, dropped, failing, violation };
  }

  /**
   * Whether the row may come in, which fails the rule of this number; what becomes of it otherwise is noted.
   *
   * @throws RefusedError SEED_DROPPED where it is asked for and fails a rule
   */
  passes(
    entity: Entity,
    key: Key,
    { via, direction }: Pick<ClosureStep, 'via' | 'direction'>,
    failed: number | undefined,
  ): boolean {
    const verdict = this.#border.verdict(entity.model, key, failed);
    if ('action' in verdict) return verdict.action === 'inside' || this.#stays(entity, key, via, direction, verdict.action);
    if (direction === 'seed') throw failingSeed(formatObjectName(entity, key), verdict.name);
    let byRule = this.failing.get(entity.model);
    if (byRule === undefined) this.failing.set(entity.model, (byRule = new Map<RowRule, KeySet>()));
    keySetIn(byRule, verdict, entity, this.#keySets).add(key);
    return direction === 'up' && this.#stays(entity, key, via, direction, verdict.otherwise, verdict);
  }

  /** Leaves a row at home: it is external where a row of the closure refers to it; a link that leads to it stays at home too. */
  leave(entity: Entity, key: Key, direction: ClosureStep['direction']): void {
    if (direction === 'up') keySetIn(this.external, entity.model, entity, this.#keySets).add(key);
    if (direction === 'across') keySetIn(this.unlinked, entity.model, entity, this.#keySets).add(key);
  }

  #stays(entity: Entity, key: Key, via: string, direction: ClosureStep['direction'], action: EdgeOfWorld, rule?: RowRule): false {
    switch (action) {
      case 'stub':
        this.leave(entity, key, direction);
        return false;
      case 'drop':
        keySetIn(this.dropped, entity.model, entity, this.#keySets).add(key);
        return false;
      case 'error':
        this.#violation ??= { model: entity.model, key, via, rule };
        return false;
    }
  }
}

function failingSeed(object: string, rule: string): RefusedError {
  return new RefusedError('SEED_DROPPED', `${object} is asked for, but the rule "${rule}" of the policy keeps it at home`, {
    hint: 'Ask for another object, or change the rule.',
  });
}
