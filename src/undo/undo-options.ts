import type { OnQuery } from '../dialect/query-event.js';
import type { QueryStatistics } from '../dialect/session.js';
import type { Finding, Findings } from '../findings/finding.js';
import type { Policy } from '../policy/policy.js';
import type { OnProgress } from '../progress.js';

/** What to take back and how: the options of `portolan undo`. */
export interface UndoOptions {
  /** What `importObjects` or `deleteObjects` wrote under that option. */
  readonly journal: string;
  /** The whole path, then a rollback. */
  readonly dryRun?: boolean | undefined;
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
  ...{ journal: true, dryRun: true, policy: true, strict: true, findings: true },
  ...{ onProgress: true, onQuery: true, signal: true, onTarget: true },
});

/** A row that stands against taking back. */
export interface UndoConflict {
  readonly object: string;
  /** It was changed since, it has gone, another has its key, or a row that is no part of it refers to it. */
  readonly reason: 'changed' | 'gone' | 'exists' | 'referenced';
  /** The row that refers to it, and by which reference. */
  readonly by?: string;
  readonly reference?: string;
}

export interface UndoResult {
  readonly status: 'done' | 'planned' | 'refused';
  /** Rows by model: those that came go (`delete`), what was overwritten comes back (`update`), what went comes back (`insert`). */
  readonly plan: Readonly<Record<'delete' | 'update' | 'insert', Readonly<Record<string, number>>>>;
  /** Some of what stands against it; all are counted. */
  readonly conflicts: readonly UndoConflict[];
  readonly conflictCount: number;
  readonly findings: readonly Finding[];
  readonly statistics: QueryStatistics;
}
