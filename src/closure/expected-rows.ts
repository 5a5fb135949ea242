import type { Schema } from '../schema/schema.js';
import { Edges } from './edges.js';
import type { Role, StepRule } from './follow-rule.js';

export interface ReachOptions {
  readonly schema: Schema;
  readonly rule: StepRule;
  readonly seeds: Iterable<string>;
  readonly roots: ReadonlySet<string>;
  /** Models whose rows do not leave. */
  readonly excluded: ReadonlySet<string>;
}

/**
 * About how many rows a closure will have, from the catalog's figures and corrected as it grows: of the tables that can still be
 * reached, the same share is expected as of those that were.
 */
export class ExpectedRows {
  /** The catalog's estimate of each model that can be reached. */
  readonly #tables: ReadonlyMap<string, number>;
  readonly #taken = new Map<string, number>();
  #total = 0;

  constructor(options: ReachOptions) {
    const tables = new Map<string, number>();
    for (const model of reachable(options))
      tables.set(model, Math.max(0, options.schema.entities.get(model)?.estimatedRows ?? 0));
    this.#tables = tables;
  }

  /** After a step that took rows of a model, given how many the closure has by now: how many it is expected to have. */
  after(model: string, total: number): number {
    // What is dropped is walked around: from the beginning.
    if (total < this.#total) this.#taken.clear();
    const fresh = total < this.#total ? total : total - this.#total;
    this.#total = total;
    this.#taken.set(model, (this.#taken.get(model) ?? 0) + fresh);
    let taken = 0;
    let rows = 0;
    for (const [name, count] of this.#taken) {
      const table = this.#tables.get(name) ?? 0;
      taken += Math.min(count, table);
      rows += table;
    }
    const share = rows === 0 ? 0 : taken / rows;
    let expected = 0;
    for (const [name, table] of this.#tables) expected += Math.max(this.#taken.get(name) ?? 0, Math.round(table * share));
    return Math.max(total, expected);
  }
}

/** Models that a walk may come to, by what the rule and the policy say of each step. */
function reachable({ schema, rule, seeds, roots, excluded }: ReachOptions): ReadonlySet<string> {
  const edges = new Edges(schema);
  const seen = new Set<string>();
  const ahead: (readonly [model: string, role: Role])[] = [];
  const visit = (model: string, role: Role | undefined): void => {
    if (role === undefined || excluded.has(model) || seen.has(`${model}\0${role}`)) return;
    seen.add(`${model}\0${role}`);
    ahead.push([model, role]);
  };
  for (const model of seeds) visit(model, 'owned');
  for (let next = ahead.pop(); next !== undefined; next = ahead.pop()) {
    const [model, role] = next;
    for (const { parent, follow } of edges.up(model)) if (follow.up !== 'cut') visit(parent, rule.up(role, roots.has(parent)));
    for (const { child, follow, part } of edges.down(model)) {
      if (follow.down === 'skip') continue;
      visit(child, rule.down(role, roots.has(child)) ?? (rule.bringsParts && part ? 'shared' : undefined));
    }
    for (const { to } of edges.sides(model)) visit(to.parent, rule.across(role, roots.has(to.parent)));
  }
  return new Set([...seen].map((id) => id.slice(0, id.indexOf('\0'))));
}
