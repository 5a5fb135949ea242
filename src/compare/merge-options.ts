import type { Writable } from 'node:stream';
import type { ArchiveValue } from '../archive/archive.js';
import type { Finding, Findings } from '../findings/finding.js';
import type { Policy } from '../policy/policy.js';
import type { OnProgress } from '../progress.js';
import type { SourceRule } from '../terms.js';
import type { GatheredDecision } from './gather/id-map-lines.js';

/** Which archives to make one of, and how. */
export interface MergeOptions {
  /** Paths of two archives or more; their order does not matter where they come from one database: else the first keeps its keys. */
  readonly archives: readonly string[];
  /** A path (its extension chooses layout and compression) or a stream. */
  readonly output: string | Writable;
  /** Whether they come from one database, where one key means one object; default: as they tell themselves. */
  readonly sources?: SourceRule | undefined;
  /** What says by which natural key objects of different databases are the same, what becomes of their other columns, and what a taken text gets. */
  readonly policy?: Policy | undefined;
  /** Write there what became of each object. */
  readonly idMap?: string | undefined;
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
  sources: true,
  policy: true,
  idMap: true,
  force: true,
  reproducible: true,
  verbose: true,
  strict: true,
  findings: true,
  onProgress: true,
  signal: true,
});

/** Two objects that do not go into one archive: mostly two versions of one. */
export interface MergeConflict {
  readonly object: string;
  /** What the second archive calls it, or the other object; where that is another name. */
  readonly other?: string;
  /**
   * `differs`: two versions of one object; in archives of different databases also `namesakes`: two of one database have the natural key
   * by which another's would be found; `unique`: two objects have the same value in columns where no two may;
   * `stayed-at-home`: it is known by a key which another object has, and cannot get another one.
   */
  readonly reason: 'differs' | 'namesakes' | 'unique' | 'stayed-at-home';
  /** In which they differ; of an object that stayed at home, members of its natural key. */
  readonly columns: readonly string[];
  /** The archives that have them: the first, and the first that differs from it. */
  readonly archives: readonly [string, string];
  /** Under `verbose`: their values in these columns. */
  readonly versions?: readonly [Values, Values];
}

export type Values = Readonly<Record<string, ArchiveValue>>;

type Counts = Readonly<Record<string, number>>;

export const nothingGathered: Readonly<Record<GatheredDecision, Counts>> = Object.freeze({
  insert: {},
  same: {},
  merge: {},
  remap: {},
});

export interface MergeResult {
  /** `refused`: there are conflicts, and nothing was written. */
  readonly status: 'done' | 'refused';
  /** Undefined where nothing was written. */
  readonly output: string | undefined;
  readonly objects: Counts;
  readonly links: Counts;
  readonly total: number;
  /**
   * Of archives of different databases, what became of their objects, by model: `insert` with their own keys, `remap` with new ones; `merge`: an
   * earlier archive's by natural key, `same`: one of an earlier archive with the same key and values.
   */
  readonly plan: Readonly<Record<GatheredDecision, Counts>>;
  readonly bytes: number;
  /** Of the finished file. */
  readonly sha256: string;
  /** The first 1000. */
  readonly conflicts: readonly MergeConflict[];
  readonly findings: readonly Finding[];
}
