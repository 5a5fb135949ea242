/** One line of the benchmark's table: a measure, and what it is held against. */
export interface ResultRow {
  readonly size: number;
  readonly what: string;
  readonly ours: string;
  readonly comparedWith: string;
  /** Ours by theirs; of a growth, the difference of the exponents. NaN where there was nothing to measure. */
  readonly ratio: number;
  /** Of each run and the one that it took turns with, where there are several. */
  readonly ofRuns?: readonly number[];
  /** The greatest ratio that is well; undefined for what is only told. */
  readonly target: number | undefined;
}

export const resultHead = `| objects | measure | ours | compared with | ratio | target | holds |
| ---: | --- | ---: | ---: | ---: | ---: | --- |`;

/** A ratio that could not be measured holds where nothing is asked of it only. */
export function holds({ ratio, target }: ResultRow, factor = 1): boolean {
  return target === undefined || ratio <= target * factor;
}

export function resultLine(row: ResultRow): string {
  const { size, what, ours, comparedWith, ratio, ofRuns = [], target } = row;
  const range = ofRuns.length > 1 ? ` (${[Math.min(...ofRuns), Math.max(...ofRuns)].map(inDigits).join(' to ')})` : '';
  const shownRatio = Number.isNaN(ratio) ? '—' : `${inDigits(ratio)}${range}`;
  const shownTarget = target === undefined ? '—' : `≤ ${String(target)}`;
  return `| ${[size.toLocaleString('en'), what, ours, comparedWith, shownRatio, shownTarget, verdict(row)].join(' | ')} |`;
}

/** Where a median holds that some runs do not: how many do. */
function verdict(row: ResultRow): string {
  const { ofRuns = [], target } = row;
  if (target === undefined) return '—';
  if (!holds(row)) return '**no**';
  const well = ofRuns.filter((ratio) => ratio <= target).length;
  return well === ofRuns.length ? 'yes' : `${String(well)} of ${String(ofRuns.length)}`;
}

function inDigits(ratio: number): string {
  return ratio.toFixed(Math.abs(ratio) < 0.1 ? 3 : 2);
}

/** A measure that this machine, or this version, cannot take. */
export function skippedRow(size: number, what: string, why: string): ResultRow {
  return { size, what, ours: why, comparedWith: '—', ratio: Number.NaN, target: undefined };
}

export function inSeconds(seconds: number): string {
  return `${seconds.toFixed(seconds < 10 ? 2 : 1)} s`;
}
