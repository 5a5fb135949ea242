import type { KeyBatch } from '../dialect/row-reader.js';
import type { KeyFinder } from '../inside/key-finder.js';
import type { RefusedError } from '../errors/portolan-error.js';
import type { Arrival } from './arrival.js';
import type { ClosureStep } from './closure.js';
import type { ScanPlan, UpEdge } from './edges.js';
import { valueOf } from './edges.js';
import type { FrontierRows } from './frontier.js';
import { Frontier } from './frontier.js';
import type { Key } from './key.js';
import type { KeyView } from './key-set.js';
import type { Leaves } from './leaves.js';
import type { Membership } from './membership.js';
import { noRowIdentity } from './no-row-identity.js';
import { Outside } from './outside.js';
import type { Steps } from './steps.js';
import { Unresolved } from './unresolved.js';
import type { WalkOptions } from './walk-options.js';
import type { Want, Way } from './wants.js';
import { Wants } from './wants.js';

/** What has come so far, within the border and the budget, and what it leads to. Rows bring what their references hold. */
export class Intake {
  readonly membership: Membership;
  readonly outside: Outside;
  readonly unresolved: Unresolved;
  readonly #options: WalkOptions;
  readonly #leaves: Leaves;
  readonly #stepsFrom: Steps;
  /** One for each level, and what brought rows there. */
  readonly #steps = new Map<string, ClosureStep>();
  readonly #wants: Wants;
  #frontier: Frontier;
  #refusal: RefusedError | undefined;
  #spent = false;

  constructor(options: WalkOptions, membership: Membership, leaves: Leaves, stepsFrom: Steps) {
    this.#options = options;
    this.membership = membership;
    this.#frontier = new Frontier(membership);
    this.#wants = new Wants(options.keySets);
    this.outside = new Outside(options.border, options.keySets);
    this.unresolved = new Unresolved(options.edges, options.keySets);
    this.#leaves = leaves;
    this.#stepsFrom = stepsFrom;
  }

  goesOn(): boolean {
    return !this.stopped && (!this.#frontier.empty || !this.#wants.empty);
  }

  /** Where rows can be dropped, one that led beyond a border may turn out to be one of them: the walk goes on without what it led to. */
  get stopped(): boolean {
    return this.outside.violation !== undefined && !this.#options.border.drops;
  }

  /** Whether only what the rows need is still walked to, so that it is known which of them are dropped. */
  get spent(): boolean {
    return this.#spent;
  }

  get refusal(): RefusedError | undefined {
    return this.#refusal;
  }

  get steps(): readonly ClosureStep[] {
    return [...[...this.#steps.values()].filter(({ count }) => count > 0), ...this.#leaves.steps];
  }

  /** The rows from which the next level goes on. Those that come from now on are of the level after. */
  takeFrontier(): readonly FrontierRows[] {
    const rows = this.#frontier.entries();
    this.#frontier = new Frontier(this.membership);
    return rows;
  }

  /** What the rows need that have come since the last call. */
  takeWants(): readonly Want[] {
    return this.#wants.take();
  }

  want(way: Way, held: Key): void {
    const { reference, parent, role } = way;
    const value = way.toParent === undefined ? held : way.toParent(held);
    if (value === undefined) this.unresolved.add(reference, held);
    else if (!reference.direct || !this.membership.has(parent.model, value, role)) this.#wants.add(way, value);
  }

  /** Lets rows in, of which each brings what `plan` selects, and, of a model with rules, the number of the one that it fails in the last group. */
  arrive(plan: ScanPlan, batch: KeyBatch, arrival: Arrival): void {
    const { entity } = plan;
    const { role, depth, via, direction } = arrival;
    if (batch.count === 0) return;
    if (entity.key.length === 0) throw noRowIdentity(entity, via);
    const { border, sharedAsKey } = this.#options;
    const keys = batch.groups[0] ?? [];
    const guarded = border.guards(entity.model);
    const verdicts = border.conditions(entity.model).length === 0 ? [] : (batch.groups.at(-1) ?? []);
    const asKey = role === 'shared' && direction !== 'whole' && sharedAsKey(entity.model);
    const ways = this.#waysUp(plan, role);
    const fallen = plan.up.flatMap((edge) => {
      const held = border.heldOutside(edge.reference);
      return held === undefined ? [] : [{ edge, held }];
    });
    const ahead = this.#stepsFrom.continue(entity.model, role) ? this.#frontier.arrivals(entity, role) : undefined;
    let fresh = 0;
    for (let row = 0; row < batch.count; row += 1) {
      const key = keys[row];
      if (key === null || key === undefined) continue;
      if (guarded && !this.outside.passes(entity, key, { via, direction }, failedIn(verdicts[row]))) {
        if (this.stopped) return;
        continue;
      }
      if (fallen.some(({ edge, held }) => holds(held, valueOf(edge, batch.groups, row)))) continue;
      if (asKey) {
        this.outside.leave(entity, key, direction);
        continue;
      }
      const change = this.membership.add(entity, key, role);
      if (change === 'known') continue;
      if (change === 'new') fresh += 1;
      ahead?.note(key);
      for (const [edge, way] of ways) {
        const value = valueOf(edge, batch.groups, row);
        if (value === null) continue;
        if (edge.find === undefined) this.want(way, value);
        else this.#wantInside(edge.find, way, value);
      }
    }
    if (fresh === 0) return;
    this.count(entity.model, arrival, fresh);
    this.spend(entity.model, depth);
  }

  /** Notes how many rows were new; of none, the place at which they will be told. */
  count(model: string, { depth, via, direction }: Arrival, fresh: number): void {
    const id = [depth, direction, via, model].join('\0');
    this.#steps.set(id, { depth, via, direction, model, count: (this.#steps.get(id)?.count ?? 0) + fresh });
  }

  /** Stops a flood: at once, or, where rows can be dropped, when it is known which of those that have come stay. */
  spend(model: string, depth: number): void {
    const { budget, border, onProgress } = this.#options;
    const total = this.membership.total + this.#leaves.total;
    this.#refusal ??= budget.refusal(total, depth, () => this.steps);
    if (this.#refusal !== undefined && !border.drops) throw this.#refusal;
    this.#spent ||= budget.isSpent(total, depth);
    onProgress?.({ stage: 'closure', model, done: total, total: undefined });
  }

  #wantInside(find: KeyFinder, way: Way, value: Key): void {
    for (const { key } of find(String(value))) {
      if (key === undefined) this.unresolved.addUnreadable(way.reference);
      else this.want(way, key);
    }
  }

  #waysUp(plan: ScanPlan, role: Arrival['role']): readonly (readonly [UpEdge, Way])[] {
    const { rule, roots, edges } = this.#options;
    return plan.up.map((edge) => {
      const { reference, toParent } = edge;
      const parent = edges.entity(reference.parent);
      const parentRole = rule.up(role, roots.has(reference.parent));
      return [edge, { via: reference.name, direction: 'up', reference, parent, toParent, role: parentRole }];
    });
  }
}

function failedIn(verdict: Key | null | undefined): number | undefined {
  return verdict === null || verdict === undefined ? undefined : Number(verdict);
}

function holds(keys: KeyView, value: Key | null): boolean {
  return value !== null && keys.has(value);
}
