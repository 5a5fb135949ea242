import type { EdgeOfWorld } from '../policy/policy.js';
import type { Schema } from '../schema/schema.js';
import { Edges } from './edges.js';
import type { Role, StepRule } from './follow-rule.js';
import { stepRules } from './follow-rule.js';

export interface ReachOptions {
  readonly schema: Schema;
  readonly rule: StepRule;
  /** Models of the objects that are asked for. */
  readonly seeds: Iterable<string>;
  /** Models all of whose rows leave. */
  readonly whole: Iterable<string>;
  readonly roots: ReadonlySet<string>;
  readonly boundary: ReadonlyMap<string, EdgeOfWorld>;
  readonly exclude: ReadonlyMap<string, EdgeOfWorld>;
  /** Models of which some rows stay at home as external objects where they are needed. */
  readonly stubs: ReadonlySet<string>;
  readonly sharedAsKey: (model: string) => boolean;
}

/** Where a walk can come to, by what rule and policy say of each step, whatever rows there are. */
export interface ReachableModels {
  /** Models whose rows can leave. */
  readonly rows: ReadonlySet<string>;
  /** Models whose rows can stay at home as external objects. */
  readonly external: ReadonlySet<string>;
  /** Links that can go out, by name. */
  readonly links: ReadonlySet<string>;
}

/** Follows models as a walk follows their rows: none of those that it leaves out can leave. */
export function reachableModels(options: ReachOptions): ReachableModels {
  const { schema, rule, boundary, exclude, stubs, sharedAsKey } = options;
  const edges = new Edges(schema);
  const seeds = [...options.seeds];
  const roots = new Set([...options.roots, ...(rule.seedsAreRoots ? seeds : [])]);
  // Of a boundary, rows that are seeds or lie above them.
  const inside = boundary.size === 0 ? new Set<string>() : above(edges, seeds);
  const seen = new Set<string>();
  const rows = new Set<string>();
  const external = new Set<string>();
  const links = new Set<string>();
  const ahead: (readonly [model: string, role: Role])[] = [];
  const visit = (model: string, role: Role | undefined, isNeeded: boolean, isWhole = false): void => {
    if (role === undefined) return;
    const border = exclude.get(model) ?? boundary.get(model);
    const isKey = role === 'shared' && !isWhole && sharedAsKey(model);
    if (isNeeded && (border === 'stub' || isKey || stubs.has(model))) external.add(model);
    const isClosed = exclude.has(model) || (boundary.has(model) && !inside.has(model));
    if (isClosed || isKey || seen.has(`${model}\0${role}`)) return;
    seen.add(`${model}\0${role}`);
    rows.add(model);
    ahead.push([model, role]);
  };
  for (const model of seeds) visit(model, 'owned', false);
  for (const model of options.whole) visit(model, 'shared', false, true);
  for (let next = ahead.pop(); next !== undefined; next = ahead.pop()) {
    const [model, role] = next;
    for (const { parent, follow } of edges.up(model))
      if (follow.up !== 'cut') visit(parent, rule.up(role, roots.has(parent)), true);
    for (const { child, follow, part } of edges.down(model)) {
      if (follow.down === 'skip') continue;
      const isPart = rule.bringsParts && part && !roots.has(child) && !boundary.has(child);
      visit(child, rule.down(role, roots.has(child)) ?? (isPart ? 'shared' : undefined), false);
    }
    for (const { link, from, to } of edges.sides(model)) {
      if (role === 'shared' || rule === stepRules.dependencies) continue;
      // One that is not followed goes out all the same where both its ends do.
      links.add(link.name);
      if (from.follow.down === 'skip' || to.follow.up === 'cut') continue;
      visit(to.parent, rule.across(role, roots.has(to.parent)), false);
    }
  }
  return { rows, external, links: linksWithin(schema, links, rows) };
}

/** What the rule `dependencies` reaches. */
function above(edges: Edges, seeds: readonly string[]): ReadonlySet<string> {
  const found = new Set(seeds);
  for (const model of found) for (const { parent, follow } of edges.up(model)) if (follow.up !== 'cut') found.add(parent);
  return found;
}

function linksWithin({ links }: Schema, names: ReadonlySet<string>, rows: ReadonlySet<string>): ReadonlySet<string> {
  const found = links.filter(({ name, owner, inverse }) => names.has(name) && rows.has(owner.parent) && rows.has(inverse.parent));
  return new Set(found.map(({ name }) => name));
}
