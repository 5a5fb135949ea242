import type { Measurement } from './measured-process.js';

/** Runs of one thing, and of what it is compared with; they took turns, so that both met the same weather. */
export interface Series {
  readonly size: number;
  readonly what: string;
  readonly ours: readonly Measurement[];
  /** What `theirs` are. */
  readonly comparedWith: string;
  readonly theirs: readonly Measurement[];
}

/** One number of several runs: the median tells of a machine that does other things too, the best of one that hardly does. */
export type Statistic = (numbers: readonly number[]) => number;

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** The one of several that took as long as most. */
export function middle(runs: readonly Measurement[]): Measurement {
  const seconds = median(runs.map((run) => run.seconds));
  const found = runs.find((run) => run.seconds === seconds);
  if (found === undefined) throw new RangeError('no run to choose from');
  return found;
}

export function best(numbers: readonly number[]): number {
  return Math.min(...numbers);
}

/** What each run took by what the one took that it took turns with. */
export function ratiosOf(ours: readonly Measurement[], theirs: readonly Measurement[]): readonly number[] {
  return ours.map(({ seconds }, run) => seconds / (theirs[run]?.seconds ?? Number.NaN));
}
