import type { OnQuery } from '../dialect/query-event.js';
import type { QueryStatistics } from '../dialect/session.js';
import type { Finding, Findings } from '../findings/finding.js';
import type { Policy } from '../policy/policy.js';
import type { OnProgress } from '../progress.js';

/** What to take back and how: the options of `portolan undo`. */
export interface UndoOptions {
  /** What `importObjects`, `deleteObjects` or `claimPlaceholder` wrote under that option. */
  readonly journal: string;
  /** The whole path, then a rollback. */
  readonly dryRun?: boolean | undefined;
  /** Write the plan there, as JSON lines. */
  readonly plan?: string | undefined;
  /**
   * Execute the plan that was written there (`plan`), of the same journal, and no other. It is refused where the journal, the policy, the tables
   * or rows that it was made on have changed since.
   */
  readonly applyPlan?: string | undefined;
  /** Let the plan hold row values. */
  readonly verbose?: boolean | undefined;
  readonly policy?: Policy | undefined;
  /** Warnings refuse. */
  readonly strict?: boolean | undefined;
  readonly findings?: Findings | undefined;
  readonly onProgress?: OnProgress | undefined;
  /** Told of each statement when it has ended. */
  readonly onQuery?: OnQuery | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told where rows will be written, before they are, and waited for: what it throws ends it. */
  readonly onTarget?:
    ((target: { readonly host: string; readonly database: string; readonly user: string }) => void | Promise<void>) | undefined;
}

/** Every option by name: what is none of them is refused. */
export const undoOptionNames: Readonly<Record<keyof UndoOptions, true>> = Object.freeze({
  ...{ journal: true, dryRun: true, plan: true, applyPlan: true, verbose: true, policy: true, strict: true, findings: true },
  ...{ onProgress: true, onQuery: true, signal: true, onTarget: true },
});

/** A row that stands against taking back. */
export interface UndoConflict {
  readonly object: string;
  /**
   * It was changed since, it has gone, another has its key, another has unique values with which it would come back, or a row that is no part of
   * it refers to it.
   */
  readonly reason: 'changed' | 'gone' | 'exists' | 'unique' | 'referenced';
  /** In what it differs, where the journal can tell: of a row that came with an import it has no values. Of `unique`, what the constraint is over. */
  readonly columns?: readonly string[];
  /** Of `unique`: the constraint or index, and the row that has the values by now. */
  readonly constraint?: string;
  readonly inTheWay?: string;
  /** A row that refers to it, and by which reference. */
  readonly by?: string;
  readonly reference?: string;
}

/**
 * Rows by model: those that came go (`delete`), what was overwritten comes back (`update`), what went comes back (`insert`); what stands against
 * it is a `conflict`.
 */
export type UndoCounts = Readonly<Record<'delete' | 'update' | 'insert' | 'conflict', Readonly<Record<string, number>>>>;

export interface UndoResult {
  readonly status: 'done' | 'planned' | 'refused';
  readonly plan: UndoCounts;
  /** Some of what stands against it; all are counted. */
  readonly conflicts: readonly UndoConflict[];
  readonly conflictCount: number;
  readonly findings: readonly Finding[];
  readonly statistics: QueryStatistics;
}
