import type { ArchiveReader } from '../archive/open-archive.js';
import type { DatabaseIdentity } from '../changes/database-identity.js';
import type { PlanReader } from '../changes/open-plan.js';
import { planHeader } from '../changes/plan-header.js';
import { provePlan } from '../changes/prove-plan.js';
import { refuseOtherArchive } from '../changes/refuse-other-plan.js';
import { sealedLines } from '../changes/sealed-lines.js';
import type { Session } from '../dialect/session.js';
import type { Findings } from '../findings/finding.js';
import type { Schema } from '../schema/schema.js';
import { plannedOptions, refuseOtherFiles } from './agree-with-plan.js';
import type { ImportOptions } from './import-options.js';
import { planFiles } from './plan-files.js';
import { planLines } from './plan-lines.js';
import type { Plan } from './plan.js';
import { ToldRows } from './told-rows.js';
import { writeLines } from '../changes/write-lines.js';

export interface TellPlanOptions {
  readonly session: Session;
  readonly archive: ArchiveReader;
  readonly schema: Schema;
  readonly plan: Plan;
  readonly options: ImportOptions;
  /** What it was made for. */
  readonly made: {
    readonly database: DatabaseIdentity;
    /** The digests of tables and policy. */
    readonly target: string;
    readonly policy: string | null;
  };
  /** The plan that is to be executed. */
  readonly applied: PlanReader | undefined;
  readonly findings: Findings;
}

/**
 * Writes the plan to its file; or proves that it is the one that is to be executed, while the rows that it was made on are held.
 *
 * @throws RefusedError PLAN_STALE; UsageError OPTION_VALUE
 */
export async function tellPlan({
  session,
  archive,
  schema,
  plan,
  options,
  made,
  applied,
  findings,
}: TellPlanOptions): Promise<void> {
  if (applied !== undefined) refuseOtherArchive(applied, archive.trailer?.sha256);
  const asked = await plannedOptions(options, archive);
  if (applied !== undefined) refuseOtherFiles(applied, asked);
  const { files: store, signal, verbose = false } = options;
  const { onConflict } = asked;
  const files =
    store === undefined || asked.files === undefined ? undefined : await planFiles({ archive, plan, store, onConflict, signal });
  const holds = applied !== undefined;
  const told = new ToldRows({ session, schema, plan, rule: options.remap ?? 'conflicts', findings, holds });
  const values = applied === undefined ? verbose : applied.header.values === true;
  const lines = planLines({ archive, schema, plan, told, values, files });
  if (applied !== undefined) {
    await provePlan(applied, lines, findings);
    return;
  }
  if (options.plan === undefined) return;
  const header = planHeader({
    command: 'import',
    archive: archive.trailer?.sha256 ?? '',
    target: { database: made.database, sha256: made.target },
    policy: made.policy,
    options: { ...asked },
    ...(values ? { values } : {}),
    conflicts: plan.conflictCount,
  });
  await writeLines(options.plan, sealedLines(header, lines));
}
