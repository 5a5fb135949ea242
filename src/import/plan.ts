import type { Conflict, Decision, PlanCounts } from './import-options.js';
import { decisions } from './import-options.js';
import type { PlannedModel } from './planned-model.js';
import type { WrittenRows } from './written-rows.js';

/** What an import will do, decided before a row is written. */
export interface Plan {
  readonly models: ReadonlyMap<string, PlannedModel>;
  readonly rows: WrittenRows;
  readonly conflicts: readonly Conflict[];
  readonly conflictCount: number;
}

/** Conflicts that are kept in full; the rest is counted. */
export const conflictsKept = 1000;

export class ConflictList {
  readonly #kept: Conflict[] = [];
  #count = 0;

  get kept(): readonly Conflict[] {
    return this.#kept;
  }

  get count(): number {
    return this.#count;
  }

  /** @param tell makes the conflict, where it is to be kept */
  add(tell: () => Conflict): void {
    this.#count += 1;
    if (this.#kept.length < conflictsKept) this.#kept.push(Object.freeze(tell()));
  }
}

export function planCounts(models: ReadonlyMap<string, PlannedModel>): PlanCounts {
  const counts = {} as Record<Decision, Record<string, number>>;
  for (const decision of decisions) {
    counts[decision] = {};
    for (const [model, planned] of [...models].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const count = planned.decisions.count(decision);
      if (count > 0) counts[decision][model] = count;
    }
  }
  return counts;
}
