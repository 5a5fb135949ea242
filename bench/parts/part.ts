import type { Laboratory } from '../laboratory.js';
import type { ResultRow } from '../result-row.js';

/** Something that the benchmark measures, by a name of `--parts`. */
export interface Part {
  readonly about: string;
  /** The sizes at which it measures: all of them, or the greatest one that is at most a million. */
  readonly at: 'every size' | 'one size';
  /** At a size, while its databases are there. */
  measure(laboratory: Laboratory): Promise<readonly ResultRow[]>;
  /** When all sizes are measured. */
  conclude?(laboratories: readonly Laboratory[]): Promise<readonly ResultRow[]>;
}
