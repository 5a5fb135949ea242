import type { OnQuery } from '../dialect/query-event.js';
import type { QueryStatistics } from '../dialect/session.js';
import type { FileStore } from '../files/file-store.js';
import type { Finding, Findings } from '../findings/finding.js';
import type { Policy } from '../policy/policy.js';
import type { OnProgress } from '../progress.js';
import type { ConflictStrategy, RemapRule } from '../terms.js';

/** What to import and how: the options of `importobjects`. */
export interface ImportOptions {
  /** Path of the archive. */
  readonly archive: string;
  /** The whole path, then a rollback. */
  readonly dryRun?: boolean | undefined;
  /** Default `fail`, or `remap` where `remap` or `offset` is given; the policy may say otherwise for a model. */
  readonly onConflict?: ConflictStrategy | undefined;
  /** Which objects get new keys under `remap`: default `conflicts`, those whose key a different row has. */
  readonly remap?: RemapRule | undefined;
  /** New keys under `remap` are the old ones and this, where keys are integers: keys that one can recognise. */
  readonly offset?: number | undefined;
  /** Maps that earlier imports into this target wrote (`idMap`): an object that one of them names is taken for that row. */
  readonly withIdMap?: readonly string[] | undefined;
  /**
   * Check foreign keys set by set instead of row by row, in tables that are empty: faster, and as safe. The role needs the right to
   * set `session_replication_role`.
   */
  readonly bulkConstraints?: boolean | undefined;
  /** Drop columns and models that the target lacks; each is a finding. */
  readonly ignoreNonexistent?: boolean | undefined;
  /** Write the plan there, as JSON lines. */
  readonly plan?: string | undefined;
  /**
   * Execute the plan that an import wrote there (`plan`), of the same archive into the same database, and no other: its options are those of
   * this import. It is refused where the archive, the tables or rows that it was made on have changed since.
   */
  readonly applyPlan?: string | undefined;
  /** Write old key → new key there, as JSON lines. */
  readonly idMap?: string | undefined;
  /** Where the files of the archive belong. Without it they stay there, which is told. */
  readonly files?: FileStore | undefined;
  /** Leave the files in the archive. */
  readonly noFiles?: boolean | undefined;
  /** Write there what `undoJournal` needs to take the import back. */
  readonly journal?: string | undefined;
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
  /** Told where the import will write, before it does, and waited for: what it throws ends the import. */
  readonly onTarget?:
    ((target: { readonly host: string; readonly database: string; readonly user: string }) => void | Promise<void>) | undefined;
}

/** Every option by name: what is none of them is refused. */
export const importOptionNames: Readonly<Record<keyof ImportOptions, true>> = Object.freeze({
  ...{
    archive: true,
    dryRun: true,
    onConflict: true,
    remap: true,
    offset: true,
    withIdMap: true,
    bulkConstraints: true,
    ignoreNonexistent: true,
    plan: true,
    applyPlan: true,
    idMap: true,
    journal: true,
    verbose: true,
  },
  ...{
    files: true,
    noFiles: true,
    policy: true,
    strict: true,
    findings: true,
    onProgress: true,
    onQuery: true,
    signal: true,
    onTarget: true,
  },
});

/** Objects by model, for each decision; every member is always there. */
export type PlanCounts = Readonly<Record<Decision, Readonly<Record<string, number>>>>;

export type Decision = 'insert' | 'same' | 'update' | 'merge' | 'remap' | 'skip' | 'conflict';

export const decisions = Object.freeze([
  'insert',
  'same',
  'update',
  'merge',
  'remap',
  'skip',
  'conflict',
] as const satisfies readonly Decision[]);

export interface Conflict {
  readonly object: string;
  readonly reason: 'primary-key' | 'unique' | 'missing-reference';
  /** The constraint that was hit, or the reference that has no row. */
  readonly constraint: string;
  readonly columns: readonly string[];
  readonly inTheWay: string;
  /** What is in the way stands in the archive itself. */
  readonly inArchive?: true;
  /** The constraint excludes more than equal values. */
  readonly excludes?: true;
  /** One of the columns can never be overwritten. */
  readonly fixed?: true;
  /** Another row has its unique columns, too: that is a conflict of its own. */
  readonly alsoUnique?: true;
  /** Unique columns in which it equals that other row, and by which the two could be taken for the same. */
  readonly alike?: readonly string[];
  /** The constraint is one over plain columns, by which the two could be taken for the same. */
  readonly plain?: true;
  /** Nothing gives the object another key. */
  readonly noNewKey?: true;
  /** What is in the way has the key that the object should get. */
  readonly newKey?: true;
  /** No row can hold its references as they lead in the target. */
  readonly torn?: true;
}

/** The `--json` document of `importobjects`, with what the run cost. */
/** Files by what becomes of them. */
export interface FileCounts {
  readonly insert: number;
  readonly same: number;
  readonly update: number;
  /** Of objects that are left out, and those in whose place another file stays. */
  readonly skip: number;
}

export interface ImportResult {
  readonly status: 'done' | 'planned' | 'refused';
  /** Undefined where the archive has no files, or none were asked for. */
  readonly files: FileCounts | undefined;
  readonly plan: PlanCounts;
  readonly links: { readonly insert: Readonly<Record<string, number>>; readonly same: Readonly<Record<string, number>> };
  readonly conflicts: readonly Conflict[];
  readonly findings: readonly Finding[];
  readonly statistics: QueryStatistics;
}
