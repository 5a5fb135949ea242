import type { ArchiveReader } from '../archive/open-archive.js';
import { databaseIdentity } from '../changes/database-identity.js';
import type { PlanReader } from '../changes/open-plan.js';
import { planHeader } from '../changes/plan-header.js';
import { provePlan } from '../changes/prove-plan.js';
import { refuseOtherArchive, refuseOtherDatabase, refuseOtherRules } from '../changes/refuse-other-plan.js';
import { sealedLines } from '../changes/sealed-lines.js';
import { UsageError } from '../errors/portolan-error.js';
import type { Findings } from '../findings/finding.js';
import { targetDigest } from '../import/target-digest.js';
import type { TargetModel } from '../import/target.js';
import { writeLines } from '../import/write-lines.js';
import type { ParsedPolicy } from '../policy/parsed-policy.js';
import { policyDigest } from '../policy/policy-digest.js';
import type { DeleteOptions } from './delete-options.js';
import type { PlanFacts } from './delete-plan.js';
import { planLines } from './plan-lines.js';

export interface TellPlanOptions {
  readonly facts: PlanFacts;
  readonly archive: ArchiveReader;
  readonly policy: ParsedPolicy;
  readonly targets: ReadonlyMap<string, TargetModel>;
  readonly options: DeleteOptions;
  readonly applied: PlanReader | undefined;
  readonly findings: Findings;
}

/** What was asked for beside the archive, or by the plan. @throws UsageError OPTION_VALUE */
export function agreeWithPlan(options: DeleteOptions, { path, header }: PlanReader): DeleteOptions {
  const acceptLoss = header.options['acceptLoss'] === true;
  if (options.acceptLoss === true && !acceptLoss) {
    throw new UsageError('OPTION_VALUE', `${path}, --accept-loss: it was made without`, {
      hint: 'A plan is executed under the options that it was made under. Leave --accept-loss out, or make it anew.',
    });
  }
  return { ...options, acceptLoss };
}

/**
 * Writes the plan to its file, or proves that it is the one that is to be executed. Rows that are deleted or nullified are written in the
 * same snapshot: one that somebody changes meanwhile ends it.
 *
 * @throws RefusedError PLAN_STALE, PLAN_OTHER_DATABASE
 */
export async function tellPlan({ facts, archive, policy, targets, options, applied, findings }: TellPlanOptions): Promise<void> {
  if (options.plan === undefined && applied === undefined) return;
  const digest = archive.trailer?.sha256 ?? '';
  const database = await databaseIdentity(facts.session);
  const made = { target: targetDigest(facts.schema, targets, new Set(targets.keys())), policy: policyDigest(policy) };
  const lines = planLines(facts);
  if (applied !== undefined) {
    refuseOtherDatabase(applied, database);
    refuseOtherArchive(applied, digest);
    refuseOtherRules(applied, made);
    await provePlan(applied, lines, findings);
    return;
  }
  if (options.plan === undefined) return;
  const { acceptLoss = false, noArchive = false } = options;
  const header = planHeader({
    ...{ command: 'delete', archive: digest, target: { database, sha256: made.target }, policy: made.policy },
    options: { acceptLoss, noArchive },
  });
  await writeLines(options.plan, sealedLines(header, lines));
}
