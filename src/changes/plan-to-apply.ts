import { RefusedError, UsageError } from '../errors/portolan-error.js';
import type { PlanReader } from './open-plan.js';
import { openPlan } from './open-plan.js';
import type { PlanHeader } from './plan-header.js';

/**
 * The plan that is to be executed, where there is one.
 *
 * @throws UsageError OPTION_VALUE, PLAN_NOT_FOUND; RefusedError PLAN_DAMAGED, PLAN_VERSION, PLAN_CONFLICTS
 */
export async function planToApply(
  { plan, applyPlan }: { readonly plan?: string | undefined; readonly applyPlan?: string | undefined },
  command: PlanHeader['command'],
): Promise<PlanReader | undefined> {
  if (applyPlan === undefined) return undefined;
  if (plan !== undefined)
    throw new UsageError('OPTION_VALUE', 'a plan is executed, or made: --plan and --apply-plan contradict each other');
  const applied = await openPlan(applyPlan, command);
  refuseConflicts(applied, command);
  return applied;
}

function refuseConflicts({ path, header: { conflicts = 0 } }: PlanReader, command: PlanHeader['command']): void {
  if (conflicts === 0) return;
  throw new RefusedError(
    'PLAN_CONFLICTS',
    `${path} has ${conflicts === 1 ? 'a conflict' : `${String(conflicts)} conflicts`}: nothing says what becomes of it`,
    {
      hint:
        command === 'undo'
          ? 'Nothing was written. Put right what stands against it, and make it anew.'
          : 'Nothing was written. Make it anew with --on-conflict, or edit the archive.',
    },
  );
}
