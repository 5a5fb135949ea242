import type { Arrival } from './arrival.js';
import { childrenOf } from './children-of.js';
import type { FrontierRows } from './frontier.js';
import type { Intake } from './intake.js';
import type { Key } from './key.js';
import type { KeyView } from './key-set.js';
import { scan, takeIn } from './scan.js';
import { noRows, splitBatch } from './split-batch.js';
import type { DownStep, Steps } from './steps.js';
import type { WalkOptions } from './walk-options.js';
import { bringsAll } from './walked.js';
import type { Walked } from './walked.js';

/** More keys than this are not worth a statement of tens of megabytes. */
const sendable = 2_000_000;

/** From this share of its parents on, a reference brings so much of its table that the whole of it is read. */
const muchOf = 1 / 10;

/** A reference down, and the rows of a level from which it leads. */
interface Descending extends DownStep {
  readonly keys: KeyView;
}

/** The way down of each level: every reference asks once for all the rows that are new, or several of a large table at once. */
export class Descent {
  readonly #options: WalkOptions;
  readonly #intake: Intake;
  readonly #steps: Steps;
  readonly #walked: Walked;

  constructor(options: WalkOptions, intake: Intake, steps: Steps, walked: Walked) {
    this.#options = options;
    this.#intake = intake;
    this.#steps = steps;
    this.#walked = walked;
  }

  async from(frontier: readonly FrontierRows[], depth: number): Promise<void> {
    const waiting = frontier.flatMap(({ model, role, keys }) =>
      this.#steps.down(model, role).map((step): Descending => ({ ...step, keys })),
    );
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      if (this.#intake.spent) return;
      const { child } = next.reference;
      const others = waiting.filter(({ reference }) => reference.child === child);
      if (!this.#share([next, ...others])) {
        await this.#one(next, depth);
        continue;
      }
      await this.#together([next, ...others], depth);
      for (const other of others) waiting.splice(waiting.indexOf(other), 1);
    }
  }

  async #one({ reference, role, keys }: Descending, depth: number): Promise<void> {
    const { edges } = this.#options;
    const plan = edges.scanPlan(reference.child);
    const except = this.#walked.except(reference, role, edges.up(reference.child));
    const selection = { ...childrenOf(edges, reference, keys, plan.entity), except };
    await scan(this.#options, this.#intake, plan, selection, { role, depth, via: reference.name, direction: 'down' });
    this.#walked.note(reference, role, plan.entity, keys);
  }

  /** Whether one scan serves all of these: each alone would read most of the table, and no row is told apart by which of them comes first. */
  #share(group: readonly Descending[]): boolean {
    const { edges, border, budget, reader, describes } = this.#options;
    const [first] = group;
    if (first === undefined || group.length < 2 || !describes || !reader.describes) return false;
    const child = edges.entity(first.reference.child);
    if (border.guards(child.model) || !budget.holds(this.#intake.membership.total + child.estimatedRows)) return false;
    const sent = group.reduce((sum, { keys }) => sum + keys.size, 0);
    return (
      sent <= sendable &&
      new Set(group.map(({ reference }) => reference)).size === group.length &&
      group.every(({ reference, role, keys }) => {
        const { estimatedRows } = edges.entity(reference.parent);
        const isMuch = estimatedRows >= 0 && keys.size >= estimatedRows * muchOf;
        return isMuch && role === first.role && bringsAll(reference, child);
      })
    );
  }

  /** Rows that several bring are brought by the first. */
  async #together(group: readonly Descending[], depth: number): Promise<void> {
    const { edges, reader } = this.#options;
    const [first] = group;
    if (first === undefined) return;
    const plan = edges.scanPlan(first.reference.child);
    const { model } = plan.entity;
    const held = group.map(({ reference, keys }) => {
      const [column = ''] = reference.columns;
      return { column, of: reference.parent, keys };
    });
    const except = new Map(
      group
        .flatMap(({ reference, role }) => this.#walked.except(reference, role, edges.up(model)) ?? [])
        .map((one) => [one.column, one]),
    );
    const groups = [...plan.groups, ...held.map(({ column }) => [column])];
    const arrivals = group.map(({ reference, role }): Arrival => ({ role, depth, via: reference.name, direction: 'down' }));
    for (const arrival of arrivals) this.#intake.count(model, arrival, 0);
    const batches = reader.keysOf({ entity: plan.entity, anyOf: held }, groups, [...except.values()]);
    await takeIn(this.#options, this.#intake, batches, { direction: 'down' }, (batch) => {
      const brought = batch.groups.slice(plan.groups.length);
      const firstOf = (row: number): number => held.findIndex(({ keys }, at) => holds(keys, brought[at]?.[row]));
      const parts = splitBatch(batch, group.length, firstOf);
      for (const [at, arrival] of arrivals.entries()) this.#intake.arrive(plan, parts[at] ?? noRows, arrival);
    });
    for (const { reference, role, keys } of group) this.#walked.note(reference, role, plan.entity, keys);
  }
}

function holds(keys: KeyView, value: Key | null | undefined): boolean {
  return value !== null && value !== undefined && keys.has(value);
}
