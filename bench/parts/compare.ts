import type { Laboratory } from '../laboratory.js';
import type { ResultRow } from '../result-row.js';
import { inSeconds } from '../result-row.js';
import type { Series } from '../series.js';
import { ratiosOf } from '../series.js';

/** The time of whole processes, ours by theirs. */
export function compareSeconds(laboratory: Laboratory, series: Series, target: number): ResultRow {
  const [ours, theirs] = [laboratory.seconds(series.ours), laboratory.seconds(series.theirs)];
  return {
    size: series.size,
    what: `time: ${series.what}`,
    ours: inSeconds(ours),
    comparedWith: `${series.comparedWith}: ${inSeconds(theirs)}`,
    ratio: ours / theirs,
    ofRuns: ratiosOf(series.ours, series.theirs),
    target,
  };
}
