import type { OverallProgress, ProgressEvent } from './progress.js';

/** A stage of a command, and what an object takes in it in proportion to the other stages. */
export type StageWeight = readonly [stage: ProgressEvent['stage'], weight: number];

/** How far a command has come on its way through its stages. */
export class Course {
  #stages: readonly StageWeight[] = [];
  /** Where the stages begin. */
  #start = 0;
  #share = 0;

  constructor(stages: readonly StageWeight[]) {
    this.follow(stages);
  }

  /** What lies ahead from here on: what was thought before counts no more. */
  follow(stages: readonly StageWeight[]): void {
    this.#stages = stages;
    this.#start = this.#share;
  }

  /** An event, with what it means for the whole command. */
  told(event: ProgressEvent, { done, total, exact, bytes }: Omit<OverallProgress, 'share'>): ProgressEvent {
    const place = this.#stages.findIndex(([stage]) => stage === event.stage);
    const before = sum(this.#stages.slice(0, Math.max(0, place)));
    const part = total === undefined || total === 0 ? 0 : Math.min(1, done / total);
    const share = (before + part * (this.#stages[place]?.[1] ?? 0)) / Math.max(1, sum(this.#stages));
    this.#share = Math.max(this.#share, this.#start + (1 - this.#start) * share);
    return { ...event, overall: { done, total, exact, bytes, share: this.#share } };
  }
}

function sum(stages: readonly StageWeight[]): number {
  return stages.reduce((all, [, weight]) => all + weight, 0);
}
