import { createHash } from 'node:crypto';
import stringify from 'fast-json-stable-stringify';
import type { ParsedPolicy } from './parsed-policy.js';

/** SHA-256 over the policy's canonical JSON, lower-case hex; null where nothing is set. */
export function policyDigest(policy: ParsedPolicy): string | null {
  const { includeSecrets, ...rest } = policy;
  if (Object.keys(rest).length === 0 && includeSecrets.length === 0) return null;
  return createHash('sha256').update(stringify(policy)).digest('hex');
}
