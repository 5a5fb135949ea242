import type { OnQuery } from '../dialect/query-event.js';
import type { Finding, Findings } from '../findings/finding.js';
import type { Policy } from '../policy/policy.js';
import type { OnProgress } from '../progress.js';
import type { DifferenceDecision, DifferenceLine } from './difference.js';

interface CompareOptions {
  /**
   * What an import wrote to say which object became which: an object that no map names has no counterpart. Without a map, objects of
   * one key are the same.
   */
  readonly idMap?: readonly string[] | undefined;
  /** Write every difference there, as JSON lines. */
  readonly plan?: string | undefined;
  /** Let differences hold row values. */
  readonly verbose?: boolean | undefined;
  /** Warnings refuse. */
  readonly strict?: boolean | undefined;
  readonly findings?: Findings | undefined;
  readonly onProgress?: OnProgress | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Which archives to compare, and how. */
export interface DiffOptions extends CompareOptions {
  /** Path of the first archive. */
  readonly a: string;
  /** Path of the second. */
  readonly b: string;
}

/** Which archive to compare with a database, and how. */
export interface DiffDatabaseOptions extends CompareOptions {
  /** Path of the archive. */
  readonly archive: string;
  readonly policy?: Policy | undefined;
  /** Told of each statement when it has ended. */
  readonly onQuery?: OnQuery | undefined;
  /** Told with which database the archive is compared, before it is. */
  readonly onTarget?: ((target: { readonly host: string; readonly database: string; readonly user: string }) => void) | undefined;
}

const compareOptionNames = {
  idMap: true,
  plan: true,
  verbose: true,
  strict: true,
  findings: true,
  onProgress: true,
  signal: true,
} as const;

/** Every option by name: what is none of them is refused. */
export const diffOptionNames: Readonly<Record<keyof DiffOptions, true>> = Object.freeze({
  ...compareOptionNames,
  a: true,
  b: true,
});

export const diffDatabaseOptionNames: Readonly<Record<keyof DiffDatabaseOptions, true>> = Object.freeze({
  ...compareOptionNames,
  archive: true,
  policy: true,
  onQuery: true,
  onTarget: true,
});

type Counts = Readonly<Record<string, number>>;

/** In what the second state differs from the first. */
export interface DiffResult {
  readonly status: 'same' | 'different';
  /** By model: `insert` only the second has, `delete` only the first, `update` differ. */
  readonly objects: Readonly<Record<DifferenceDecision | 'same', Counts>>;
  /** By `model.member`, of objects that both have: links that only the second has, and that only the first has. */
  readonly links: Readonly<Record<'insert' | 'delete', Counts>>;
  /** By `model.member`: in how many objects it differs. */
  readonly columns: Counts;
  /** Columns and relations that only one schema has, in words. */
  readonly schema: readonly string[];
  /** The first 1000. */
  readonly differences: readonly DifferenceLine[];
  readonly findings: readonly Finding[];
}
