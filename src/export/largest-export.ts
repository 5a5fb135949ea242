import type { Approval } from '../policy/approval.js';
import { approvalTitle } from '../policy/approval.js';

/** How many objects may leave: no more than anybody says, and which approval says it where none of the others says less. */
export function largestExport(
  asked: number | undefined,
  approvals: readonly Approval[],
): { readonly maxObjects: number | undefined; readonly approval: string | undefined } {
  const [least] = [...approvals].sort((a, b) => (a.maxObjects ?? Infinity) - (b.maxObjects ?? Infinity));
  if (least?.maxObjects === undefined || least.maxObjects >= (asked ?? Infinity))
    return { maxObjects: asked, approval: undefined };
  return { maxObjects: least.maxObjects, approval: approvalTitle(least) };
}
