import type { OnQuery } from '../dialect/query-event.js';
import type { QueryStatistics } from '../dialect/session.js';
import type { ExportOptions } from '../export/export-options.js';
import type { Finding } from '../findings/finding.js';
import type { DeletePlan } from './delete-plan.js';

/** What to delete and how: the options of `deleteobjects`. Those of an export go with `objects`. */
export interface DeleteOptions extends Partial<Omit<ExportOptions, 'output' | 'layout' | 'dryRun' | 'reproducible' | 'onQuery'>> {
  /** Path of the archive whose objects are to be deleted. */
  readonly archive?: string | undefined;
  /** Where `objects` are exported to before they are deleted. */
  readonly output?: string | undefined;
  /** Keep nothing of `objects`: no archive; the receipt has counts and keyed hashes, and no name of an object. */
  readonly noArchive?: boolean | undefined;
  /** The whole path, then a rollback; no file stays but the plan. */
  readonly dryRun?: boolean | undefined;
  /** Delete rows although the archive lacks some of their columns. */
  readonly acceptLoss?: boolean | undefined;
  /** Write the plan there, as JSON lines. */
  readonly plan?: string | undefined;
  /**
   * Execute the plan that a deletion by the same archive wrote there (`plan`), and no other. It is refused where the archive, the tables or rows
   * that it was made on have changed since.
   */
  readonly applyPlan?: string | undefined;
  /** Write there what `undoJournal` needs to take the deletion back. */
  readonly journal?: string | undefined;
  /** Write there what was deleted and kept, without values. */
  readonly receipt?: string | undefined;
  readonly onQuery?: OnQuery | undefined;
  /** Told where rows will be deleted, before anything is read there, and waited for: what it throws ends it. */
  readonly onTarget?:
    ((target: { readonly host: string; readonly database: string; readonly user: string }) => void | Promise<void>) | undefined;
  /** Told of the plan before anything is deleted, and waited for: what it throws ends it. Not called in a dry run. */
  readonly onPlan?: ((plan: DeletePlan) => void | Promise<void>) | undefined;
}

/** Every option by name: what is none of them is refused. */
export const deleteOptionNames: Readonly<Record<keyof DeleteOptions, true>> = Object.freeze({
  ...{
    archive: true,
    output: true,
    noArchive: true,
    dryRun: true,
    acceptLoss: true,
    plan: true,
    applyPlan: true,
    journal: true,
    receipt: true,
  },
  ...{ objects: true, roots: true, follow: true, shared: true, boundary: true, exclude: true, includeSecrets: true },
  ...{
    maxObjects: true,
    maxDepth: true,
    maxMemory: true,
    jobs: true,
    force: true,
    policy: true,
    rowPolicy: true,
    strict: true,
    findings: true,
  },
  ...{ files: true, filesOf: true, noFiles: true, profile: true },
  ...{ onProgress: true, onQuery: true, signal: true, onTarget: true, onPlan: true },
});

export interface DeleteResult {
  readonly status: 'done' | 'planned';
  /** The archive that holds what was deleted; undefined where nothing is kept. */
  readonly archive: string | undefined;
  /** The digest of its content. */
  readonly sha256: string | undefined;
  readonly plan: DeletePlan;
  /** What the hashes of a receipt without archive were made with: to be kept apart from it. */
  readonly receiptKey: string | undefined;
  readonly findings: readonly Finding[];
  readonly statistics: QueryStatistics;
}
