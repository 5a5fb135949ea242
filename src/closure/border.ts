import type { EdgeOfWorld } from '../policy/policy.js';
import type { Key } from './key.js';
import type { KeyView } from './key-set.js';
import type { LeftOut, LeftOutRule } from './left-out.js';

/**
 * Where the closure must end: boundary entities, of which only some rows are allowed, and excluded entities, of which
 * none is. The rows that `drop` keeps out are gathered here, so that what needs them can go too.
 */
export class Border {
  readonly #actions: ReadonlyMap<string, BorderRule>;
  readonly #leftOut: LeftOut;

  constructor(actions: ReadonlyMap<string, BorderRule>, leftOut: LeftOut) {
    this.#actions = actions;
    this.#leftOut = leftOut;
  }

  /** Whether rows of this model may be refused at all: spares the check for each row elsewhere. */
  guards(model: string): boolean {
    return this.#actions.has(model) || this.#leftOut.concerns(model);
  }

  /** Excluded models are not entered from above or across: nothing needs their rows. */
  excludes(model: string): boolean {
    return this.#actions.get(model)?.kind === 'exclude';
  }

  /** Whether rows can be kept out, and others with them. */
  get drops(): boolean {
    return [...this.#actions.values()].some(({ action }) => action === 'drop');
  }

  rule(model: string): BorderRule | undefined {
    return this.#actions.get(model);
  }

  /** What becomes of a row that is reached. */
  verdict(model: string, key: Key): 'inside' | EdgeOfWorld {
    if (this.#leftOut.ruleOf(model, key) !== undefined) return 'drop';
    const rule = this.#actions.get(model);
    if (rule === undefined || rule.allowed?.has(key) === true) return 'inside';
    return rule.action;
  }
}

export interface BorderRule {
  readonly kind: LeftOutRule;
  readonly action: EdgeOfWorld;
  /** Boundary rows that are seeds or lie above seeds. */
  readonly allowed: KeyView | undefined;
}
