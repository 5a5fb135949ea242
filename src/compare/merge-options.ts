import type { Writable } from 'node:stream';
import type { ArchiveValue } from '../archive/archive.js';
import type { Finding, Findings } from '../findings/finding.js';
import type { OnProgress } from '../progress.js';

/** Which archives to make one of, and how. */
export interface MergeOptions {
  /** Paths of two archives or more; their order does not matter. */
  readonly archives: readonly string[];
  /** A path (its extension chooses layout and compression) or a stream. */
  readonly output: string | Writable;
  /** Replace an existing file. */
  readonly force?: boolean | undefined;
  /** Leave out date and version. */
  readonly reproducible?: boolean | undefined;
  /** Let conflicts hold row values. */
  readonly verbose?: boolean | undefined;
  /** Warnings refuse. */
  readonly strict?: boolean | undefined;
  readonly findings?: Findings | undefined;
  readonly onProgress?: OnProgress | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Every option by name: what is none of them is refused. */
export const mergeOptionNames: Readonly<Record<keyof MergeOptions, true>> = Object.freeze({
  archives: true,
  output: true,
  force: true,
  reproducible: true,
  verbose: true,
  strict: true,
  findings: true,
  onProgress: true,
  signal: true,
});

/** Two versions of one object. */
export interface MergeConflict {
  readonly object: string;
  /** In which they differ; of an object that stayed at home, members of its natural key. */
  readonly columns: readonly string[];
  /** The archives that have them: the first, and the first that differs from it. */
  readonly archives: readonly [string, string];
  /** Under `verbose`: their values in these columns. */
  readonly versions?: readonly [Values, Values];
}

export type Values = Readonly<Record<string, ArchiveValue>>;

type Counts = Readonly<Record<string, number>>;

export interface MergeResult {
  /** `refused`: there are conflicts, and nothing was written. */
  readonly status: 'done' | 'refused';
  /** Undefined where nothing was written. */
  readonly output: string | undefined;
  readonly objects: Counts;
  readonly links: Counts;
  readonly total: number;
  readonly bytes: number;
  /** Of the finished file. */
  readonly sha256: string;
  /** The first 1000. */
  readonly conflicts: readonly MergeConflict[];
  readonly findings: readonly Finding[];
}
