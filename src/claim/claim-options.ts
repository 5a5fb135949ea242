import type { OnQuery } from '../dialect/query-event.js';
import type { QueryStatistics } from '../dialect/session.js';
import type { Finding, Findings } from '../findings/finding.js';
import type { Policy } from '../policy/policy.js';

/** Which placeholder is whose: the options of `portolan claim`. */
export interface ClaimOptions {
  /** The placeholder in the target: `auth.User.41`. */
  readonly placeholder: string;
  /** The row that it stands for: `auth.User.7`, `auth.User[username=ada]`. */
  readonly object: string;
  /** What the import wrote that brought the placeholder: no other row is taken away. */
  readonly idMap: string;
  /** The whole path, then a rollback. */
  readonly dryRun?: boolean | undefined;
  /** Write there what `undoJournal` needs to take it back. */
  readonly journal?: string | undefined;
  /** Write the plan there, as JSON lines. */
  readonly plan?: string | undefined;
  /** Execute the plan that was written there (`plan`), of the same two rows, and no other. */
  readonly applyPlan?: string | undefined;
  /** Let the plan hold row values. */
  readonly verbose?: boolean | undefined;
  readonly policy?: Policy | undefined;
  /** Warnings refuse. */
  readonly strict?: boolean | undefined;
  readonly findings?: Findings | undefined;
  /** Told of each statement when it has ended. */
  readonly onQuery?: OnQuery | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told where rows will be written, before they are, and waited for: what it throws ends it. */
  readonly onTarget?:
    ((target: { readonly host: string; readonly database: string; readonly user: string }) => void | Promise<void>) | undefined;
}

/** Every option by name: what is none of them is refused. */
export const claimOptionNames: Readonly<Record<keyof ClaimOptions, true>> = Object.freeze({
  ...{ placeholder: true, object: true, idMap: true, dryRun: true, journal: true, plan: true },
  ...{ applyPlan: true, verbose: true, policy: true, strict: true },
  ...{ findings: true, onQuery: true, signal: true, onTarget: true },
});

export interface ClaimResult {
  readonly status: 'done' | 'planned';
  /** Canonical names. */
  readonly placeholder: string;
  readonly object: string;
  /** Rows that referred to the placeholder, or mentioned it, and refer to the object now, or mention it: by reference. */
  readonly moved: Readonly<Record<string, number>>;
  /** Rows that mention the placeholder still, since the key of the object cannot stand there: by reference. Each is a finding. */
  readonly stayed: Readonly<Record<string, number>>;
  /** Links that both had, by join table: one of the two went. */
  readonly linksInCommon: Readonly<Record<string, number>>;
  readonly findings: readonly Finding[];
  readonly statistics: QueryStatistics;
}
