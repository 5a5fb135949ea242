import type { ArchiveReader } from '../archive/open-archive.js';
import { databaseIdentity } from '../changes/database-identity.js';
import type { PlanReader } from '../changes/open-plan.js';
import { settlePlan } from '../changes/settle-plan.js';
import { UsageError } from '../errors/portolan-error.js';
import type { Findings } from '../findings/finding.js';
import { targetDigest } from '../import/target-digest.js';
import type { TargetModel } from '../import/target.js';
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

/** Writes the plan, or holds it against the one that is to be executed. @throws RefusedError PLAN_STALE, PLAN_OTHER_DATABASE */
export async function tellPlan({ facts, archive, policy, targets, options, applied, findings }: TellPlanOptions): Promise<void> {
  if (options.plan === undefined && applied === undefined) return;
  const { plan, acceptLoss = false, noArchive = false } = options;
  const sha256 = targetDigest(facts.schema, targets, new Set(targets.keys()));
  const made = {
    ...({ command: 'delete', archive: archive.trailer?.sha256 ?? '' } as const),
    target: { database: await databaseIdentity(facts.session), sha256 },
    ...{ policy: policyDigest(policy), options: { acceptLoss, noArchive } },
  };
  await settlePlan({ made, lines: planLines(facts), plan, applied, findings });
}
