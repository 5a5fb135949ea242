import { createHash } from 'node:crypto';
import stringify from 'fast-json-stable-stringify';
import type { Approval } from './approval.js';
import { approvalsOf } from './approval.js';
import type { ParsedPolicy } from './parsed-policy.js';

/** SHA-256 over the policy's canonical JSON, lower-case hex; null where nothing is set. */
export function policyDigest(policy: ParsedPolicy): string | null {
  const { includeSecrets, ...rest } = policy;
  if (Object.keys(rest).length === 0 && includeSecrets.length === 0) return null;
  if (policy.approval === undefined) return digest(policy);
  return digest({ ...policy, approval: approvalsOf(policy).map(terms) });
}

/** The same of what somebody has approved. */
export function approvalDigest(approval: Approval): string {
  return digest(terms(approval));
}

/** Wherever it is written, it is the same. */
function terms(approval: Approval): object {
  return Object.fromEntries(Object.entries(approval).filter(([name]) => name !== 'where'));
}

function digest(value: object): string {
  return createHash('sha256').update(stringify(value)).digest('hex');
}
