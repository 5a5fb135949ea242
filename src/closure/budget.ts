import { RefusedError } from '../errors/portolan-error.js';
import type { ClosureStep } from './closure.js';

/** How much may leave: the flood is stopped at the level where it comes, and its reference is named. */
export class Budget {
  readonly #maxObjects: number | undefined;
  readonly #maxDepth: number | undefined;

  constructor(limits: { readonly maxObjects?: number | undefined; readonly maxDepth?: number | undefined }) {
    this.#maxObjects = limits.maxObjects;
    this.#maxDepth = limits.maxDepth;
  }

  /** @throws RefusedError BUDGET_EXCEEDED with the reference that brought most rows, or the one that went too deep. */
  check(total: number, depth: number, steps: readonly ClosureStep[]): void {
    if (this.#maxObjects !== undefined && total > this.#maxObjects) {
      throw exceeded(`more than ${String(this.#maxObjects)} objects (--max-objects)`, flood(steps));
    }
    if (this.#maxDepth !== undefined && depth > this.#maxDepth) {
      const last = steps.at(-1);
      throw exceeded(`a depth of more than ${String(this.#maxDepth)} (--max-depth)`, last);
    }
  }
}

function flood(steps: readonly ClosureStep[]): ClosureStep | undefined {
  const byEdge = new Map<string, ClosureStep>();
  for (const step of steps) {
    const id = `${step.via}\0${step.direction}`;
    const known = byEdge.get(id);
    byEdge.set(id, known === undefined ? step : { ...known, count: known.count + step.count });
  }
  let most: ClosureStep | undefined;
  for (const step of byEdge.values()) if (most === undefined || step.count > most.count) most = step;
  return most;
}

function exceeded(what: string, step: ClosureStep | undefined): RefusedError {
  const culprit = step === undefined ? '' : `; ${step.via} (${step.direction}) brought ${String(step.count)} of ${step.model}`;
  return new RefusedError('BUDGET_EXCEEDED', `the export would take ${what}${culprit}`, {
    hint:
      step?.direction === 'down'
        ? `Stop there with --root ${step.model} or --exclude ${step.model}, follow it with a filter or limit in the policy, or raise the budget.`
        : 'See `portolan explain` for what brings how much, then narrow the seeds or raise the budget.',
  });
}
