import type { Entity } from '../schema/schema.js';
import { keySetIn } from './create-key-set.js';
import type { Key } from './key.js';
import type { KeySet } from './key-set.js';

/** Why a row stays out: it is beyond a boundary, or of an excluded model, or cannot be without such a row. */
export type LeftOutRule = 'boundary' | 'exclude';

const rules = Object.freeze(['boundary', 'exclude'] as const satisfies readonly LeftOutRule[]);

/** The rows that a `drop` of the policy keeps out, each by the rule that reached it first. Grows only. */
export class LeftOut {
  readonly #byRule: Readonly<Record<LeftOutRule, Map<string, KeySet>>> = { boundary: new Map(), exclude: new Map() };

  /** False where it stays out already. */
  add(entity: Entity, key: Key, rule: LeftOutRule): boolean {
    return this.ruleOf(entity.model, key) === undefined && keySetIn(this.#byRule[rule], entity.model, entity).add(key);
  }

  ruleOf(model: string, key: Key): LeftOutRule | undefined {
    return rules.find((rule) => this.#byRule[rule].get(model)?.has(key) === true);
  }

  /** Whether any row of the model stays out. */
  concerns(model: string): boolean {
    return rules.some((rule) => this.#byRule[rule].has(model));
  }

  get counts(): readonly { readonly model: string; readonly rule: LeftOutRule; readonly count: number }[] {
    return rules.flatMap((rule) => [...this.#byRule[rule]].map(([model, keys]) => ({ model, rule, count: keys.size })));
  }
}
