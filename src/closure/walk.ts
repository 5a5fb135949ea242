import type { RowSelection } from '../dialect/row-reader.js';
import type { Arrival } from './arrival.js';
import { childrenOf } from './children-of.js';
import { Descent } from './descent.js';
import type { LinkSide, ScanPlan } from './edges.js';
import type { Role } from './follow-rule.js';
import { heldIn } from './held-in.js';
import { Intake } from './intake.js';
import type { Key } from './key.js';
import { inRuns } from './key-run.js';
import type { KeySet, KeyView } from './key-set.js';
import type { ReachedLeaf } from './leaves.js';
import { Leaves } from './leaves.js';
import { LookAhead } from './look-ahead.js';
import { Membership } from './membership.js';
import { toParentValue } from './parent-value.js';
import { scan, scanTracked, takeIn } from './scan.js';
import { Steps } from './steps.js';
import type { Want, Way } from './wants.js';
import { Walked } from './walked.js';
import type { WalkOptions, WalkResult } from './walk-options.js';

/** Keys that come in at once without being read. */
const atOnce = 50_000;

/**
 * Breadth-first over sets: each level asks, for each edge, once for all rows that are new. Rows met on the way down or up
 * bring what their references hold, so that the next level's parents are known without reading them twice. Where levels go on and on, some
 * are looked ahead.
 */
export class Walk {
  readonly #options: WalkOptions;
  readonly #membership: Membership;
  readonly #walked = new Walked();
  readonly #leaves: Leaves;
  readonly #stepsFrom: Steps;
  readonly #intake: Intake;
  readonly #descent: Descent;
  readonly #lookAhead: LookAhead;

  constructor(options: WalkOptions) {
    this.#options = options;
    this.#membership = new Membership(options.edges.schema, {
      separateExpanded: options.rule.seedsAreRoots,
      keySets: options.keySets,
    });
    this.#leaves = new Leaves(options, this.#membership);
    this.#stepsFrom = new Steps(options, this.#leaves.has);
    this.#intake = new Intake(options, this.#membership, this.#leaves, this.#stepsFrom);
    this.#descent = new Descent(options, this.#intake, this.#stepsFrom, this.#walked);
    this.#lookAhead = new LookAhead(options, this.#intake, this.#stepsFrom);
  }

  async run(): Promise<WalkResult> {
    const intake = this.#intake;
    let depth = 0;
    await this.#plantSeeds();
    do {
      while (intake.goesOn()) {
        depth += 1;
        await this.#level(depth);
      }
      if (!intake.stopped) await this.#surveyLeaves(depth + 1);
    } while (intake.goesOn());
    return {
      membership: this.#membership,
      described: this.#leaves.described,
      ...intake.outside.rows,
      failed: this.#leaves.failed,
      refusal: intake.refusal,
      spent: intake.spent,
      unresolved: intake.unresolved.byReference,
      steps: intake.steps,
    };
  }

  async #plantSeeds(): Promise<void> {
    for (const [model, seeds] of this.#options.seeds) {
      const plan = this.#options.edges.scanPlan(model);
      const selection = { entity: plan.entity, columns: plan.entity.key, values: seeds.sorted() };
      await this.#scan(plan, selection, { role: 'owned', depth: 0, via: model, direction: 'seed' });
    }
    for (const model of this.#options.whole) await this.#takeWhole(model);
  }

  async #takeWhole(model: string): Promise<void> {
    const { edges, reader, border } = this.#options;
    const plan = edges.scanPlan(model);
    const arrival = { role: 'shared', depth: 0, via: model, direction: 'whole' } as const;
    const batches = reader.every(plan.entity, border.conditions(model), plan.groups);
    await takeIn(this.#options, this.#intake, batches, arrival, (batch) => {
      this.#intake.arrive(plan, batch, arrival);
    });
  }

  async #level(depth: number): Promise<void> {
    const frontier = this.#intake.takeFrontier();
    for (const { model, role, keys } of frontier) await this.#across(model, role, keys);
    const wants = this.#intake.takeWants();
    await this.#descent.from(frontier, depth);
    for (const want of wants) await this.#resolve(want, depth);
    for (const { model, role, keys } of frontier) this.#lookAhead.from(model, role, () => keys.sorted());
    await this.#lookAhead.run(depth);
  }

  /** When all else is settled: the sets that the settled rows describe, and what those need. Links first, they bring objects. */
  async #surveyLeaves(depth: number): Promise<void> {
    for (const kind of ['links', 'objects'] as const) {
      for (const reached of this.#leaves.reached(kind)) await this.#survey(reached, depth);
      if (this.#intake.goesOn()) return;
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
        this.#intake.want({ ...need, parent: edges.entity(need.reference.parent), toParent: undefined }, value);
      });
    }
    if (leaf.kind === 'links') return;
    this.#intake.spend(set.entity.model, depth);
  }

  /** A leaf that cannot be described is walked to as others are. */
  async #listLeaf({ leaf, references, set }: ReachedLeaf, depth: number): Promise<void> {
    this.#leaves.forget(set.entity.model);
    for (const reference of references) {
      const keys = this.#membership.of(reference.parent)?.[leaf.from];
      if (keys === undefined) continue;
      if (leaf.kind === 'objects') {
        const selection = childrenOf(this.#options.edges, reference, keys, set.entity);
        await this.#scan(leaf.plan, selection, { role: leaf.role, depth, via: reference.name, direction: 'down' });
      } else {
        for (const side of leaf.sides) if (side.from === reference) await this.#acrossSide(side, leaf.from, keys);
      }
    }
  }

  async #across(model: string, role: Role, keys: KeyView): Promise<void> {
    for (const side of this.#stepsFrom.across(model, role)) if (!this.#intake.spent) await this.#acrossSide(side, role, keys);
  }

  async #acrossSide(side: LinkSide, role: Role, keys: KeyView): Promise<void> {
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
        if (value !== null) this.#intake.want(way, value);
      }
    }
    this.#walked.note(side.from, role, through, keys);
  }

  async #resolve(want: Want, depth: number): Promise<void> {
    const { edges, border } = this.#options;
    const { reference, role, via, direction, values } = want;
    const plan = edges.scanPlan(reference.parent);
    const validated = reference.constraint?.validated === true;
    const arrival: Arrival = { role, depth, via, direction };
    const isUnread = plan.up.length === 0 && border.conditions(reference.parent).length === 0;
    if (reference.direct && validated && isUnread && !this.#stepsFrom.continue(reference.parent, role)) {
      for (const keys of inRuns(values.sorted(), atOnce))
        this.#intake.arrive(plan, { count: keys.length, groups: [[...keys]] }, arrival);
      return;
    }
    const missing = reference.direct ? this.#notYet(reference.parent, values, role) : values;
    if (reference.direct) this.#lookAhead.from(reference.parent, role, () => this.#notYet(reference.parent, values, role));
    const selection: RowSelection = {
      ...{ entity: plan.entity, columns: reference.parentColumns, values: missing },
      heldIn: heldIn(edges, reference),
    };
    if (validated) return this.#scan(plan, selection, arrival);
    const found = await scanTracked(this.#options, this.#intake, plan, selection, arrival, reference);
    const { model } = plan.entity;
    const isKnown = (value: Key): boolean => reference.direct && this.#membership.has(model, value, 'shared');
    this.#intake.unresolved.note(reference, values, (value) => found.has(value) || isKnown(value));
  }

  *#notYet(model: string, values: KeySet, role: Role): Iterable<Key> {
    for (const value of values.sorted()) if (!this.#membership.has(model, value, role)) yield value;
  }

  #scan(plan: ScanPlan, selection: RowSelection, arrival: Arrival): Promise<void> {
    return scan(this.#options, this.#intake, plan, selection, arrival);
  }
}
