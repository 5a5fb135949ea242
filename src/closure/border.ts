import type { EdgeOfWorld, RowRule } from '../policy/policy.js';
import type { Reference } from '../schema/schema.js';
import type { Key } from './key.js';
import type { KeyView } from './key-set.js';
import type { LeftOut } from './left-out.js';

/**
 * Where the closure must end: boundary entities, of which only some rows are allowed; excluded entities, of which none is; and entities
 * with rules, of which those rows are that keep them. The rows that `drop` keeps out are gathered here, so that what needs them can go too.
 */
export class Border {
  readonly #actions: ReadonlyMap<string, BorderRule>;
  readonly #rules: ReadonlyMap<string, readonly RowRule[]>;
  readonly #conditions: ReadonlyMap<string, readonly string[]>;
  readonly #leftOut: LeftOut;

  constructor(
    actions: ReadonlyMap<string, BorderRule>,
    leftOut: LeftOut,
    rules: ReadonlyMap<string, readonly RowRule[]> = new Map<string, readonly RowRule[]>(),
  ) {
    this.#actions = actions;
    this.#rules = rules;
    this.#conditions = new Map([...rules].map(([model, own]) => [model, own.map(({ keep }) => keep)]));
    this.#leftOut = leftOut;
  }

  /** Whether rows of this model may be refused at all: spares the check for each row elsewhere. */
  guards(model: string): boolean {
    return this.closes(model) || this.#rules.has(model);
  }

  /** Whether rows of this model may be refused that only their keys tell. */
  closes(model: string): boolean {
    return this.#actions.has(model) || this.#leftOut.concerns(model);
  }

  /** Excluded models are not entered from above or across: nothing needs their rows. */
  excludes(model: string): boolean {
    return this.#actions.get(model)?.kind === 'exclude';
  }

  /** Whether rows can be kept out, and others with them. */
  get drops(): boolean {
    return [...this.#actions.values(), ...[...this.#rules.values()].flat().map(({ otherwise: action }) => ({ action }))].some(
      ({ action }) => action === 'drop',
    );
  }

  rule(model: string): BorderRule | undefined {
    return this.#actions.get(model);
  }

  /** What a row must fulfil, as SQL; empty where nothing is asked. */
  conditions(model: string): readonly string[] {
    return this.#conditions.get(model) ?? [];
  }

  rowRules(model: string): readonly RowRule[] {
    return this.#rules.get(model) ?? [];
  }

  /** What references of described sets held whose rows stay out. */
  heldOutside(reference: Reference): KeyView | undefined {
    return this.#leftOut.heldBy(reference);
  }

  /** What becomes of a row that is reached, and fails the rule of this number. */
  verdict(model: string, key: Key, failed: number | undefined): Verdict {
    if (this.#leftOut.concerns(model) && this.#leftOut.ruleOf(model, key) !== undefined) return fallen;
    const rule = this.#actions.get(model);
    if (rule !== undefined && rule.allowed?.has(key) !== true) return rule;
    return (failed === undefined ? undefined : this.#rules.get(model)?.[failed]) ?? inside;
  }
}

/** Rules of the policy say `otherwise` what becomes of a row that is needed; those that are not needed just stay at home. */
export type Verdict = RowRule | { readonly action: 'inside' | EdgeOfWorld };

const inside: Verdict = Object.freeze({ action: 'inside' });
const fallen: Verdict = Object.freeze({ action: 'drop' });

export interface BorderRule {
  readonly kind: 'boundary' | 'exclude';
  readonly action: EdgeOfWorld;
  /** Boundary rows that are seeds or lie above seeds. */
  readonly allowed: KeyView | undefined;
}
