import type { Findings } from '../findings/finding.js';
import type { PlanReader } from './open-plan.js';
import { planHeader } from './plan-header.js';
import { provePlan } from './prove-plan.js';
import { refuseOtherArchive, refuseOtherDatabase, refuseOtherRules } from './refuse-other-plan.js';
import { sealedLines } from './sealed-lines.js';
import { writeLines } from './write-lines.js';

export interface SettleOptions {
  /** What it is made of: the first line. */
  readonly made: Parameters<typeof planHeader>[0];
  /** The decisions, in their order. */
  readonly lines: AsyncIterable<unknown>;
  /** Where to write it, if anywhere. */
  readonly plan: string | undefined;
  /** The plan that is to be executed, if any. */
  readonly applied: PlanReader | undefined;
  readonly findings: Findings;
}

/**
 * Writes a plan to its file, or proves that it is the one that is to be executed. Rows that it decided about are written in the same snapshot:
 * one that somebody changes meanwhile ends it.
 *
 * @throws RefusedError PLAN_STALE, PLAN_OTHER_DATABASE
 */
export async function settlePlan({ made, lines, plan, applied, findings }: SettleOptions): Promise<void> {
  if (applied !== undefined) {
    refuseOtherDatabase(applied, made.target.database);
    refuseOtherArchive(applied, made.archive);
    refuseOtherRules(applied, { target: made.target.sha256, policy: made.policy });
    await provePlan(applied, lines, findings);
  } else if (plan !== undefined) await writeLines(plan, sealedLines(planHeader(made), lines));
}
