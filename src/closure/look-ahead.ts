import type { KeyBatch, Start } from '../dialect/row-reader.js';
import type { Role } from './follow-rule.js';
import type { Loop } from './hops.js';
import { findLoops, placeId } from './hops.js';
import type { Intake } from './intake.js';
import type { Key } from './key.js';
import type { KeySet } from './key-set.js';
import { keySetIn } from './key-sets.js';
import { scan } from './scan.js';
import type { Steps } from './steps.js';
import type { WalkOptions } from './walk-options.js';

/** Levels that are walked one by one: few graphs are deeper. */
const patience = 16;

/** A level that brings more rows than this is worth its queries. */
const thin = 10_000;

/** Rows that are looked ahead at once. */
const atOnce = 100_000;

/** Rows that make it worth while to look ahead from the very next level. */
const worthwhile = 1000;

interface Watch {
  readonly loop: Loop;
  readonly starts: Map<number, Key[]>;
  /** How many levels to go before the next look ahead, and how many after it if that brings little. */
  wait: number;
  pause: number;
}

/**
 * A chain of rows, each of which leads to the next, has as many levels as rows. When a walk has gone far and its levels bring little, the
 * database follows what may come again and again, level after level by itself; the rows that it finds come in early, by the steps by which
 * they would have come, and the walk goes on from all of them as from one level. What it does not find, the walk finds as ever.
 */
export class LookAhead {
  readonly #options: WalkOptions;
  readonly #intake: Intake;
  readonly #steps: Steps;
  #watches: readonly Watch[] | undefined;

  constructor(options: WalkOptions, intake: Intake, steps: Steps) {
    this.#options = options;
    this.#intake = intake;
    this.#steps = steps;
  }

  /** Notes rows of the present level from which the walk goes on; of `keys` no more is taken than is worth it. */
  from(model: string, role: Role, keys: () => Iterable<Key>): void {
    const id = placeId(model, role);
    for (const { loop, starts } of this.#watches ?? []) {
      const place = loop.places.get(id);
      if (place === undefined) continue;
      const list = starts.get(place) ?? [];
      starts.set(place, list);
      for (const key of keys()) if (list.push(key) > thin) break;
    }
  }

  /** Ends a level. */
  async run(depth: number): Promise<void> {
    if (this.#options.budget.limitsDepth || this.#intake.spent || depth < patience) return;
    if (this.#watches === undefined) {
      const loops = findLoops(this.#options, this.#steps);
      this.#watches = loops.map((loop) => ({ loop, starts: new Map<number, Key[]>(), wait: 0, pause: patience }));
      return;
    }
    for (const watch of this.#watches) {
      const starts = [...watch.starts].map(([place, keys]): Start => ({ place, keys }));
      watch.starts.clear();
      const count = starts.reduce((sum, { keys }) => sum + keys.length, 0);
      if (count === 0 || count > thin || this.#intake.stopped) continue;
      watch.wait -= 1;
      if (watch.wait > 0) continue;
      const before = this.#intake.membership.total;
      await this.#follow(watch.loop, starts, depth);
      const isWorthwhile = this.#intake.membership.total - before >= worthwhile;
      watch.pause = isWorthwhile ? patience : watch.pause * 2;
      watch.wait = isWorthwhile ? 0 : watch.pause;
    }
  }

  async #follow(loop: Loop, starts: readonly Start[], depth: number): Promise<void> {
    const { edges, reader, keySets, signal } = this.#options;
    const { membership } = this.#intake;
    const found = new Map<number, KeySet>();
    for await (const batch of reader.reach(starts, loop.hops, atOnce)) {
      signal?.throwIfAborted();
      for (const [hop, key] of rowsOf(batch)) {
        const step = loop.hops[hop];
        if (step === undefined || membership.has(step.model, key, step.role)) continue;
        keySetIn(found, hop, edges.entity(step.model), keySets).add(key);
      }
    }
    for (const [at, { model, role, via, direction }] of loop.hops.entries()) {
      const keys = found.get(at);
      if (keys === undefined) continue;
      const plan = edges.scanPlan(model);
      const selection = { entity: plan.entity, columns: plan.entity.key, values: keys.sorted() };
      await scan(this.#options, this.#intake, plan, selection, { role, depth, via, direction });
    }
  }
}

function* rowsOf({ count, groups: [hops = [], keys = []] }: KeyBatch): Generator<readonly [hop: number, key: Key]> {
  for (let row = 0; row < count; row += 1) yield [Number(hops[row]), keys[row] ?? 0];
}
