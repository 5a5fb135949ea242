import type { RowReader } from '../dialect/row-reader.js';
import type { RefusedError } from '../errors/portolan-error.js';
import type { RowRule } from '../policy/policy.js';
import type { OnProgress } from '../progress.js';
import type { Reference } from '../schema/schema.js';
import type { Border } from './border.js';
import type { Budget } from './budget.js';
import type { ClosureStep, DescribedSet } from './closure.js';
import type { Edges } from './edges.js';
import type { StepRule } from './follow-rule.js';
import type { Key } from './key.js';
import type { KeySet } from './key-set.js';
import type { KeySets } from './key-sets.js';
import type { LeftOutCount } from './left-out.js';
import type { Membership } from './membership.js';

export interface WalkOptions {
  readonly edges: Edges;
  readonly reader: RowReader;
  readonly rule: StepRule;
  readonly seeds: ReadonlyMap<string, KeySet>;
  /** Models all of whose rows leave. */
  readonly whole: ReadonlySet<string>;
  /** Models whose rows are not entered; under `connected` the seeds' own too. */
  readonly roots: ReadonlySet<string>;
  readonly border: Border;
  readonly sharedAsKey: (model: string) => boolean;
  readonly budget: Budget;
  /** Where the keys are that the walk gathers. */
  readonly keySets: KeySets;
  /** Whether sets that need no list may be described instead. */
  readonly describes: boolean;
  readonly onProgress?: OnProgress | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface WalkResult {
  readonly membership: Membership;
  readonly described: ReadonlyMap<string, DescribedSet>;
  /** Rows that stay at home and that a row of the closure refers to; those that were only met otherwise, nobody needs. */
  readonly external: ReadonlyMap<string, KeySet>;
  /** Rows that stay at home as those do, and that a link of the closure leads to. */
  readonly unlinked: ReadonlyMap<string, KeySet>;
  /** Rows that were reached and kept out because the policy says `drop`. */
  readonly dropped: ReadonlyMap<string, KeySet>;
  /** By model and rule, rows that were met and fail it; those of described sets are in `failed`. */
  readonly failing: ReadonlyMap<string, ReadonlyMap<RowRule, KeySet>>;
  readonly failed: readonly LeftOutCount[];
  /** The first row that was reached beyond a border that says `error`. */
  readonly violation: Violation | undefined;
  /** Set where more was walked to than may leave: some of it may yet be dropped. */
  readonly refusal: RefusedError | undefined;
  /** Whether it went no further down, because more rows came than may leave. */
  readonly spent: boolean;
  /** Values of references without a validated constraint for which no row was found. */
  readonly unresolved: ReadonlyMap<Reference, KeySet>;
  readonly steps: readonly ClosureStep[];
}

export interface Violation {
  readonly model: string;
  readonly key: Key;
  readonly via: string;
  /** The rule of the policy that the row fails; else it is beyond a border. */
  readonly rule: RowRule | undefined;
}
