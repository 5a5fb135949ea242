import { Allowance } from '../archive/allowance.js';
import { RefusedError } from '../errors/portolan-error.js';
import type { Approval } from '../policy/approval.js';
import { approvalTitle } from '../policy/approval.js';

/** How many bytes approvals let leave: as many as the one that says least; undefined where none speaks of it. */
export function allowanceOf(approvals: readonly Approval[]): Allowance | undefined {
  const [least] = [...approvals].sort((a, b) => (a.maxBytes ?? Infinity) - (b.maxBytes ?? Infinity));
  const { maxBytes } = least ?? {};
  if (least === undefined || maxBytes === undefined) return undefined;
  return new Allowance(
    maxBytes,
    () =>
      new RefusedError(
        'APPROVAL_EXCEEDED',
        `beyond ${approvalTitle(least)}:\n- maxBytes: the export has more than ${String(maxBytes)} bytes`,
        {
          hint: 'Nothing was left behind. Ask for less, or have more approved.',
        },
      ),
  );
}
