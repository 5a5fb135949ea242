import type { KeyBatch, RowSelection } from '../dialect/row-reader.js';
import type { RefusedError } from '../errors/portolan-error.js';
import type { Reference } from '../schema/schema.js';
import { childrenOf } from './children-of.js';
import type { ClosureStep } from './closure.js';
import { createKeySet } from './create-key-set.js';
import type { LinkSide, ScanPlan, UpEdge } from './edges.js';
import { valueOf } from './edges.js';
import type { Role } from './follow-rule.js';
import type { Key } from './key.js';
import type { KeySet } from './key-set.js';
import { Frontier } from './frontier.js';
import { heldIn } from './held-in.js';
import type { ReachedLeaf } from './leaves.js';
import { Leaves } from './leaves.js';
import { Membership } from './membership.js';
import { noRowIdentity } from './no-row-identity.js';
import { Outside } from './outside.js';
import { toParentValue } from './parent-value.js';
import { Steps } from './steps.js';
import { Unresolved } from './unresolved.js';
import type { Want, Way } from './wants.js';
import { Walked } from './walked.js';
import { Wants } from './wants.js';
import type { WalkOptions, WalkResult } from './walk-options.js';

/**
 * Breadth-first over sets: each level asks, for each edge, once for all rows that are new. Rows met on the way down or up
 * bring what their references hold, so that the next level's parents are known without reading them twice.
 */
export class Walk {
  readonly #options: WalkOptions;
  readonly #membership: Membership;
  readonly #outside: Outside;
  readonly #unresolved: Unresolved;
  readonly #steps: ClosureStep[] = [];
  readonly #wants = new Wants();
  readonly #walked = new Walked();
  readonly #leaves: Leaves;
  readonly #stepsFrom: Steps;
  #frontier = new Frontier();
  #refusal: RefusedError | undefined;
  /** Whether only what the rows need is still walked to, so that it is known which of them are dropped. */
  #spent = false;

  constructor(options: WalkOptions) {
    this.#options = options;
    this.#membership = new Membership(options.edges.schema, { separateExpanded: options.rule.seedsAreRoots });
    this.#outside = new Outside(options.border);
    this.#unresolved = new Unresolved(options.edges);
    this.#leaves = new Leaves(options, this.#membership);
    this.#stepsFrom = new Steps(options, this.#leaves.has);
  }

  async run(): Promise<WalkResult> {
    let depth = 0;
    await this.#plantSeeds();
    do {
      while (this.#goesOn()) {
        depth += 1;
        await this.#level(depth);
      }
      if (!this.#stopped) await this.#surveyLeaves(depth + 1);
    } while (this.#goesOn());
    return {
      membership: this.#membership,
      described: this.#leaves.described,
      ...this.#outside.rows,
      refusal: this.#refusal,
      unresolved: this.#unresolved.byReference,
      steps: this.#allSteps(),
    };
  }

  #goesOn(): boolean {
    return !this.#stopped && (!this.#frontier.empty || !this.#wants.empty);
  }

  /** Where rows can be dropped, one that led beyond a border may turn out to be one of them: the walk goes on without what it led to. */
  get #stopped(): boolean {
    return this.#outside.violation !== undefined && !this.#options.border.drops;
  }

  #allSteps(): readonly ClosureStep[] {
    return [...this.#steps, ...this.#leaves.steps];
  }

  async #plantSeeds(): Promise<void> {
    for (const [model, seeds] of this.#options.seeds) {
      const plan = this.#options.edges.scanPlan(model);
      await this.#scan(
        plan,
        { entity: plan.entity, columns: plan.entity.key, values: seeds.sorted() },
        'owned',
        0,
        model,
        'seed',
      );
    }
  }

  async #level(depth: number): Promise<void> {
    const frontier = this.#frontier;
    this.#frontier = new Frontier();
    for (const [model, role, keys] of frontier.entries()) await this.#across(model, role, keys);
    const wants = this.#wants.take();
    for (const [model, role, keys] of frontier.entries()) await this.#down(model, role, keys, depth);
    for (const want of wants) await this.#resolve(want, depth);
  }

  /** When all else is settled: the sets that the settled rows describe, and what those need. Links first, they bring objects. */
  async #surveyLeaves(depth: number): Promise<void> {
    for (const kind of ['links', 'objects'] as const) {
      for (const reached of this.#leaves.reached(kind)) await this.#survey(reached, depth);
      if (this.#goesOn()) return;
    }
  }

  async #survey(reached: ReachedLeaf, depth: number): Promise<void> {
    const { edges, signal } = this.#options;
    const { leaf, set, fits } = reached;
    signal?.throwIfAborted();
    if (!fits) return this.#listLeaf(reached, depth);
    const lacks = leaf.kind === 'links' || (await this.#leaves.count(reached, leaf, depth)).lacking > 0;
    if (lacks) {
      await this.#leaves.lacking(reached, (need, value) => {
        this.#want({ ...need, parent: edges.entity(need.reference.parent), toParent: undefined }, value);
      });
    }
    if (leaf.kind === 'links') return;
    this.#spend(set.entity.model, depth);
  }

  /** A leaf that cannot be described is walked to as others are. */
  async #listLeaf({ leaf, references, set }: ReachedLeaf, depth: number): Promise<void> {
    this.#leaves.forget(set.entity.model);
    for (const [at, reference] of references.entries()) {
      const keys = [...(set.anyOf[at]?.keys.sorted() ?? [])];
      if (leaf.kind === 'objects') {
        await this.#scan(
          leaf.plan,
          childrenOf(this.#options.edges, reference, keys, set.entity),
          leaf.role,
          depth,
          reference.name,
          'down',
        );
      } else {
        for (const side of leaf.sides) if (side.from === reference) await this.#acrossSide(side, leaf.from, keys);
      }
    }
  }

  async #down(model: string, role: Role, keys: readonly Key[], depth: number): Promise<void> {
    for (const { reference, role: childRole } of this.#stepsFrom.down(model, role)) {
      if (this.#spent) return;
      const plan = this.#options.edges.scanPlan(reference.child);
      const except = this.#walked.except(reference, childRole, this.#options.edges.up(reference.child));
      const selection = { ...childrenOf(this.#options.edges, reference, keys, plan.entity), except };
      await this.#scan(plan, selection, childRole, depth, reference.name, 'down');
      this.#walked.note(reference, childRole, plan.entity, keys);
    }
  }

  async #across(model: string, role: Role, keys: readonly Key[]): Promise<void> {
    for (const side of this.#stepsFrom.across(model, role)) if (!this.#spent) await this.#acrossSide(side, role, keys);
  }

  async #acrossSide(side: LinkSide, role: Role, keys: readonly Key[]): Promise<void> {
    const { edges, reader, rule, roots } = this.#options;
    const otherRole = rule.across(role, roots.has(side.to.parent));
    if (otherRole === undefined) return;
    const through = edges.entity(side.link.through);
    const other = edges.entity(side.to.parent);
    const way: Way = {
      ...{ via: side.link.name, direction: 'across', reference: side.to, parent: other, role: otherRole },
      toParent: toParentValue(side.to),
    };
    const except = this.#walked.except(side.from, role, [side.to]);
    const selection = { ...childrenOf(edges, side.from, keys, through), except };
    for await (const batch of reader.keys(selection, [side.to.columns])) {
      for (const value of batch.groups[0] ?? []) {
        if (value !== null) this.#want(way, value);
      }
    }
    this.#walked.note(side.from, role, through, keys);
  }

  #want(way: Way, held: Key): void {
    const { reference, parent, role } = way;
    const value = way.toParent === undefined ? held : way.toParent(held);
    if (value === undefined) this.#unresolved.add(reference, held);
    else if (!reference.direct || !this.#membership.has(parent.model, value, role)) this.#wants.add(way, value);
  }

  async #resolve(want: Want, depth: number): Promise<void> {
    const { edges } = this.#options;
    const { reference, role, via, direction, values } = want;
    const plan = edges.scanPlan(reference.parent);
    const validated = reference.constraint?.validated === true;
    if (reference.direct && validated && plan.up.length === 0 && !this.#stepsFrom.continue(reference.parent, role)) {
      const keys = [...values.sorted()];
      this.#arrive(plan, { count: keys.length, groups: [keys] }, role, depth, via, direction);
      return;
    }
    const missing = reference.direct ? this.#notYet(reference.parent, values, role) : values.sorted();
    const found = await this.#scan(
      plan,
      { entity: plan.entity, columns: reference.parentColumns, values: missing, heldIn: heldIn(edges, reference) },
      role,
      depth,
      via,
      direction,
      validated ? undefined : reference,
    );
    if (found === undefined) return;
    const { model } = plan.entity;
    const isKnown = (value: Key): boolean => reference.direct && this.#membership.has(model, value, 'shared');
    this.#unresolved.note(reference, values, (value) => found.has(value) || isKnown(value));
  }

  *#notYet(model: string, values: KeySet, role: Role): Iterable<Key> {
    for (const value of values.sorted()) if (!this.#membership.has(model, value, role)) yield value;
  }

  /** Reads the selected rows into the closure. With `track`, returns which of its values had a row. */
  async #scan(
    plan: ScanPlan,
    selection: RowSelection,
    role: Role,
    depth: number,
    via: string,
    direction: ClosureStep['direction'],
    track?: Reference,
  ): Promise<KeySet | undefined> {
    const found = track === undefined ? undefined : createKeySet({ ...plan.entity, key: track.parentColumns });
    const groups = track === undefined || track.direct ? plan.groups : [...plan.groups, track.parentColumns];
    const foundGroup = track === undefined || track.direct ? 0 : groups.length - 1;
    for await (const batch of this.#options.reader.keys(selection, groups)) {
      this.#options.signal?.throwIfAborted();
      this.#arrive(plan, batch, role, depth, via, direction);
      if (found !== undefined) for (const value of batch.groups[foundGroup] ?? []) if (value !== null) found.add(value);
      if (this.#stopped || (this.#spent && direction === 'down')) break;
    }
    return found;
  }

  #arrive(plan: ScanPlan, batch: KeyBatch, role: Role, depth: number, via: string, direction: ClosureStep['direction']): void {
    const { entity } = plan;
    if (batch.count === 0) return;
    if (entity.key.length === 0) throw noRowIdentity(entity, via);
    const { border, rule, roots, edges, sharedAsKey } = this.#options;
    const keys = batch.groups[0] ?? [];
    const guarded = border.guards(entity.model);
    const asKey = role === 'shared' && sharedAsKey(entity.model);
    const ways = plan.up.map((edge): readonly [UpEdge, Way] => {
      const { reference, toParent } = edge;
      const parent = edges.entity(reference.parent);
      const parentRole = rule.up(role, roots.has(reference.parent));
      return [edge, { via: reference.name, direction: 'up', reference, parent, toParent, role: parentRole }];
    });
    const ahead = this.#stepsFrom.continue(entity.model, role) ? this.#frontier.keysOf(entity.model, role) : undefined;
    let fresh = 0;
    for (let row = 0; row < batch.count; row += 1) {
      const key = keys[row];
      if (key === null || key === undefined) continue;
      if (guarded && !this.#outside.passes(entity, key, via, direction)) {
        if (this.#stopped) return;
        continue;
      }
      if (asKey) {
        this.#outside.leave(entity, key, direction);
        continue;
      }
      const change = this.#membership.add(entity, key, role);
      if (change === 'known') continue;
      if (change === 'new') fresh += 1;
      ahead?.push(key);
      for (const [edge, way] of ways) {
        const value = valueOf(edge, batch.groups, row);
        if (value !== null) this.#want(way, value);
      }
    }
    if (fresh === 0) return;
    this.#steps.push({ depth, via, direction, model: entity.model, count: fresh });
    this.#spend(entity.model, depth);
  }

  /** Stops a flood: at once, or, where rows can be dropped, when it is known which of those that have come stay. */
  #spend(model: string, depth: number): void {
    const { budget, border, onProgress } = this.#options;
    const total = this.#membership.total + this.#leaves.total;
    this.#refusal ??= budget.refusal(total, depth, () => this.#allSteps());
    if (this.#refusal !== undefined && !border.drops) throw this.#refusal;
    this.#spent ||= budget.isSpent(total, depth);
    onProgress?.({ stage: 'closure', model, done: total, total: undefined });
  }
}
