import { RefusedError } from '../errors/portolan-error.js';
import type { ClosureStep } from './closure.js';

interface BudgetLimits {
  readonly maxObjects?: number | undefined;
  /** Who says so, where it is an approval. */
  readonly approval?: string | undefined;
  readonly maxDepth?: number | undefined;
}

/** How much may leave: the flood is stopped at the level where it comes, and its reference is named. */
export class Budget {
  readonly #limits: BudgetLimits;
  readonly #patience: number;

  /** `patience` is how many rows may be walked to where some of them may yet be dropped; by default as many as may leave. */
  constructor(limits: BudgetLimits, patience = limits.maxObjects ?? Infinity) {
    this.#limits = limits;
    this.#patience = patience;
  }

  /** BUDGET_EXCEEDED with the reference that brought most rows, or the one that went too deep; undefined within the budget. */
  refusal(total: number, depth: number, steps: () => readonly ClosureStep[]): RefusedError | undefined {
    const { maxObjects = Infinity, maxDepth = Infinity, approval } = this.#limits;
    if (total > maxObjects && approval !== undefined) return unapproved(approval, maxObjects, flood(steps()));
    if (total > maxObjects) return exceeded(`more than ${String(maxObjects)} objects (--max-objects)`, flood(steps()));
    if (depth > maxDepth) return exceeded(`a depth of more than ${String(maxDepth)} (--max-depth)`, steps().at(-1));
    return undefined;
  }

  /** Whether it is asked how far rows are from the seeds. */
  get limitsDepth(): boolean {
    return this.#limits.maxDepth !== undefined;
  }

  /** Whether so many may leave. */
  holds(total: number): boolean {
    return total <= (this.#limits.maxObjects ?? Infinity);
  }

  /** Whether a walk that can drop rows is to meet no others than those that it needs to know which of the present ones stay. */
  isSpent(total: number, depth: number): boolean {
    return total > this.#patience || depth > (this.#limits.maxDepth ?? Infinity);
  }

  /**
   * For the next walk, when rows of this one fell: where more seem to stay than may leave, it is to find out; else it looks further.
   * So a walk takes about twice as many rows as may leave and as fall, whatever lies beyond.
   */
  afterFall(total: number, fallen: number): Budget {
    const { maxObjects = Infinity } = this.#limits;
    return new Budget(this.#limits, total - fallen > maxObjects ? maxObjects : this.#patience * 2);
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

function unapproved(approval: string, maxObjects: number, step: ClosureStep | undefined): RefusedError {
  const what = `maxObjects: the export would take more than ${String(maxObjects)} objects${culprit(step)}`;
  return new RefusedError('APPROVAL_EXCEEDED', `beyond ${approval}:\n- ${what}`, {
    hint: 'Nothing was written. Ask for less, or have more approved.',
  });
}

function culprit(step: ClosureStep | undefined): string {
  return step === undefined ? '' : `; ${step.via} (${step.direction}) brought ${String(step.count)} of ${step.model}`;
}

function exceeded(what: string, step: ClosureStep | undefined): RefusedError {
  return new RefusedError('BUDGET_EXCEEDED', `the export would take ${what}${culprit(step)}`, {
    hint:
      step?.direction === 'down'
        ? `Stop there with --root ${step.model} or --exclude ${step.model}, follow it with a filter or limit in the policy, or raise the budget.`
        : 'See `portolan explain` for what brings how much, then narrow the seeds or raise the budget.',
  });
}
