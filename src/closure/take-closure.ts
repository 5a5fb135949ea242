import type { RowReader } from '../dialect/row-reader.js';
import { RefusedError } from '../errors/portolan-error.js';
import type { Findings } from '../findings/finding.js';
import type { EdgeOfWorld, RowRule } from '../policy/policy.js';
import type { OnProgress } from '../progress.js';
import type { Reference, Schema } from '../schema/schema.js';
import { formatObjectName } from '../seeds/object-name.js';
import type { FollowRule } from '../terms.js';
import { Border } from './border.js';
import type { BorderRule } from './border.js';
import { Budget } from './budget.js';
import type { Closure } from './closure.js';
import { createKeySet } from './create-key-set.js';
import { Edges } from './edges.js';
import { findDangling } from './find-dangling.js';
import { stepRules } from './follow-rule.js';
import type { Key } from './key.js';
import type { KeySet } from './key-set.js';
import type { KeySets } from './key-sets.js';
import { inMemory } from './key-sets.js';
import { LeftOut } from './left-out.js';
import type { Membership } from './membership.js';
import type { PathStep } from './shortest-path.js';
import { ruleOutcomes } from './rule-outcomes.js';
import { spreadDrop } from './spread-drop.js';
import { tellMissingIndexes } from './tell-missing-indexes.js';
import { Walk } from './walk.js';
import type { Violation, WalkOptions, WalkResult } from './walk-options.js';

/** What to take, resolved against the schema: models are names in `schema.entities`. */
export interface ClosureOptions {
  readonly schema: Schema;
  readonly reader: RowReader;
  readonly follow: FollowRule;
  readonly seeds: ReadonlyMap<string, KeySet>;
  readonly roots: ReadonlySet<string>;
  readonly boundary: ReadonlyMap<string, EdgeOfWorld>;
  readonly exclude: ReadonlyMap<string, EdgeOfWorld>;
  /** What rows of a model must fulfil to leave. */
  readonly rules: ReadonlyMap<string, readonly RowRule[]>;
  /** Models all of whose rows leave, as far as the rules let them. */
  readonly whole: ReadonlySet<string>;
  readonly sharedAsKey: (model: string) => boolean;
  readonly maxObjects?: number | undefined;
  /** The approval that lets no more objects leave than those. */
  readonly approval?: string | undefined;
  readonly maxDepth?: number | undefined;
  /** Where the keys are that are listed. Default: in memory. */
  readonly keySets?: KeySets | undefined;
  readonly findings: Findings;
  readonly onProgress?: OnProgress | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface TakenClosure {
  readonly closure: Closure;
  /** The shortest path from a seed to an object of the closure; undefined where it is not in it. */
  why(model: string, key: Key): Promise<readonly PathStep[] | undefined>;
}

/**
 * Decides which rows leave. Walks again, without the rows that must stay out, for as long as a `drop` of the policy takes others with it.
 *
 * @throws RefusedError BOUNDARY_CROSSED, EXCLUDED_NEEDED, RULE_BROKEN, SEED_DROPPED, BUDGET_EXCEEDED, CUT_NOT_NULL, NO_ROW_IDENTITY
 */
export async function takeClosure(options: ClosureOptions): Promise<TakenClosure> {
  refuseImpossibleCuts(options.schema);
  const edges = new Edges(options.schema);
  refuseExcludedSeeds(options, edges);
  const rule = stepRules[options.follow];
  const roots = new Set(options.roots);
  if (rule.seedsAreRoots) for (const model of options.seeds.keys()) roots.add(model);
  const borderRules = await readBorder(options, edges);
  const { keySets = inMemory } = options;
  let leftOut = new LeftOut(keySets);
  let describes = options.maxDepth === undefined;
  let budget = new Budget(options);
  for (;;) {
    const border = new Border(borderRules, leftOut, options.rules);
    const walkOptions: WalkOptions = {
      edges,
      reader: options.reader,
      rule,
      seeds: options.seeds,
      whole: options.whole,
      roots,
      border,
      sharedAsKey: options.sharedAsKey,
      budget,
      keySets,
      describes,
      onProgress: options.onProgress,
      signal: options.signal,
    };
    const result = await new Walk(walkOptions).run();
    const listed = async (): Promise<Membership> =>
      (result.described.size === 0 ? result : await new Walk({ ...walkOptions, describes: false }).run()).membership;
    const path = async (
      membership: Membership,
      model: string,
      key: Key,
      needed = false,
    ): Promise<readonly PathStep[] | undefined> => {
      const { shortestPath } = await import('./shortest-path.js');
      return shortestPath({ ...walkOptions, membership, needed }, model, key);
    };
    const why: TakenClosure['why'] = async (model, key) => {
      const membership = await listed();
      return membership.has(model, key, 'shared') ? path(membership, model, key) : undefined;
    };
    const { membership, described, violation, refusal } = result;
    if (result.spent && describes && border.drops) {
      // A walk that goes further after this one would describe more rows than those that were counted as fallen.
      describes = false;
      leftOut = new LeftOut(keySets);
      continue;
    }
    // Anew each time: of what an earlier walk would have cut, all may have fallen since.
    const cut = new Map<Reference, KeySet>();
    const borderRuleOf = (model: string): string => borderRules.get(model)?.kind ?? 'boundary';
    const fallen = await spreadDrop({ edges, reader: options.reader, borderRuleOf, leftOut, cut }, result);
    for (const { model, key } of fallen.rows) {
      if (options.seeds.get(model)?.has(key) === true) throw seedDropped(formatObjectName(edges.entity(model), key));
    }
    const count = fallen.rows.length + fallen.described;
    if (count === 0) {
      if (violation !== undefined) {
        const { model, key, rule: failed } = violation;
        throw crossed(edges, borderRules, violation, await path(await listed(), model, key, failed !== undefined));
      }
      if (refusal !== undefined) throw refusal;
      tellMissingIndexes(walkOptions, result, options.findings);
      return { closure: await assemble(options, edges, result, leftOut, cut), why };
    }
    const total = [...described.values()].reduce((sum, set) => sum + set.count, membership.total);
    budget = budget.afterFall(total, count);
  }
}

/** Boundary rows that are seeds or lie above them are allowed: what the rule `dependencies` reaches. */
async function readBorder(options: ClosureOptions, edges: Edges): Promise<ReadonlyMap<string, BorderRule>> {
  const rules = new Map<string, BorderRule>();
  if (options.boundary.size > 0) {
    const above = await new Walk({
      edges,
      reader: options.reader,
      rule: stepRules.dependencies,
      seeds: options.seeds,
      whole: new Set(),
      roots: new Set(),
      border: new Border(new Map(), new LeftOut(), new Map([...options.rules].map(([model, own]) => [model, own.map(harmless)]))),
      sharedAsKey: () => false,
      budget: new Budget({}),
      keySets: options.keySets ?? inMemory,
      describes: false,
      signal: options.signal,
    }).run();
    for (const [model, action] of options.boundary) {
      const allowed = above.membership.of(model)?.taken ?? createKeySet(edges.entity(model));
      rules.set(model, { kind: 'boundary', action, allowed });
    }
  }
  for (const [model, action] of options.exclude) rules.set(model, { kind: 'exclude', action, allowed: undefined });
  return rules;
}

/** Not to be refused where it is only asked what lies above. */
function harmless(rule: RowRule): RowRule {
  return { ...rule, otherwise: 'stub' };
}

async function assemble(
  options: ClosureOptions,
  edges: Edges,
  result: WalkResult,
  leftOut: LeftOut,
  cut: ReadonlyMap<Reference, KeySet>,
): Promise<Closure> {
  const { schema, findings } = options;
  const { membership } = result;
  const dangling = await findDangling(edges, options.reader, membership, result.unresolved);
  for (const { model, key, name: via, reference } of dangling) {
    const name = formatObjectName(edges.entity(model), key);
    const held = reference.inside === undefined ? 'a key' : 'what is no key, or one';
    findings.warn('dangling-reference', name, `${via} holds ${held} that no row of ${reference.parent} has`);
  }
  const cuts = new Map<Reference, 'all' | KeySet>(cut);
  for (const reference of schema.references) if (reference.follow.up === 'cut') cuts.set(reference, 'all');
  const links =
    options.follow === 'dependencies'
      ? []
      : schema.links.filter(
          (link) => membership.of(link.owner.parent) !== undefined && membership.of(link.inverse.parent) !== undefined,
        );
  return Object.freeze({
    taken: membership.byModel,
    described: result.described,
    external: withoutTaken(result.external, membership, schema),
    unlinked: withoutTaken(result.unlinked, membership, schema),
    dangling,
    cut: cuts,
    links,
    steps: result.steps,
    ...ruleOutcomes(options.rules, result, leftOut),
  });
}

/** A row that is a stub by one way and whole by another is whole. */
function withoutTaken(
  external: ReadonlyMap<string, KeySet>,
  membership: Membership,
  schema: Schema,
): ReadonlyMap<string, KeySet> {
  const remaining = new Map<string, KeySet>();
  for (const [model, keys] of external) {
    const entity = schema.entities.get(model);
    if (entity === undefined) continue;
    const left = createKeySet(entity);
    for (const key of keys.sorted()) if (!membership.has(model, key, 'shared')) left.add(key);
    if (left.size > 0) remaining.set(model, left);
  }
  return remaining;
}

function refuseImpossibleCuts(schema: Schema): void {
  const impossible = schema.references.filter((reference) => reference.follow.up === 'cut' && !reference.nullable);
  if (impossible.length === 0) return;
  const names = impossible.map((reference) => reference.name).join(', ');
  throw new RefusedError('CUT_NOT_NULL', `the policy cuts ${names}, whose columns cannot be NULL`, {
    hint: 'Follow the reference, or exclude the model that holds it.',
  });
}

function crossed(
  edges: Edges,
  rules: ReadonlyMap<string, BorderRule>,
  violation: Violation,
  path: readonly PathStep[] | undefined,
): RefusedError {
  const entity = edges.entity(violation.model);
  const name = formatObjectName(entity, violation.key);
  const { rule } = violation;
  const way = path === undefined ? `by ${violation.via}` : describePath(edges, path);
  if (rule !== undefined)
    return new RefusedError(
      'RULE_BROKEN',
      `the rule "${rule.name}" of the policy keeps ${name} at home, but it is needed: ${way}`,
      {
        hint: "Say `otherwise: 'drop'` or 'stub' in that rule, or cut the reference.",
      },
    );
  return rules.get(violation.model)?.kind === 'boundary'
    ? new RefusedError('BOUNDARY_CROSSED', `${name} is beyond the boundary ${violation.model}, and would leave: ${way}`, {
        hint: `Cut that reference in the policy, or say what to do there: boundary: { '${violation.model}': 'drop' } or 'stub'.`,
      })
    : new RefusedError('EXCLUDED_NEEDED', `${name} is excluded, but needed: ${way}`, {
        hint: `Say in the policy what to do there: exclude: { '${violation.model}': 'drop' } or 'stub', or cut the reference.`,
      });
}

/** `demoapp.book.4 → (author, up) demoapp.author.1`. */
export function describePath(edges: { entity: Edges['entity'] }, path: readonly PathStep[]): string {
  return path
    .map((step, at) => {
      const name = formatObjectName(edges.entity(step.model), step.key);
      return at === 0 ? name : `→ (${step.via}, ${step.direction}) ${name}`;
    })
    .join(' ');
}

/** What is asked for and excluded would leave an archive without it, and perhaps without anything. */
function refuseExcludedSeeds({ seeds, exclude }: ClosureOptions, edges: Edges): void {
  for (const [model, keys] of seeds) {
    const [first] = keys.sorted();
    const action = exclude.get(model);
    if (first === undefined || action === undefined) continue;
    const name = formatObjectName(edges.entity(model), first);
    throw new RefusedError(
      action === 'error' ? 'EXCLUDED_NEEDED' : 'SEED_DROPPED',
      `${name} is asked for, but ${model} is excluded`,
      {
        hint: `Take ${model} out of what is excluded, or ask for an object of another model.`,
      },
    );
  }
}

function seedDropped(name: string): RefusedError {
  return new RefusedError('SEED_DROPPED', `${name} is asked for, but needs a row that the policy drops`, {
    hint: "Use 'stub' instead of 'drop' for that model, or cut the reference.",
  });
}
