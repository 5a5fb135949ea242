import type { ParsedPolicy } from './parsed-policy.js';
import type { EdgeOfWorld, Policy } from './policy.js';

/** What a command's options add to a policy. */
export interface PolicyOptions {
  readonly policy?: Policy | undefined;
  readonly boundary?: readonly string[] | undefined;
  readonly exclude?: readonly string[] | undefined;
  readonly includeSecrets?: readonly string[] | undefined;
}

/** The policy with the options of one run; what the policy says of a model stays. */
export function mergePolicy(options: PolicyOptions): ParsedPolicy {
  const policy = options.policy ?? {};
  const boundary = withDefaults(policy.boundary, options.boundary);
  const exclude = withDefaults(policy.exclude, options.exclude);
  return Object.freeze({
    ...policy,
    ...(boundary === undefined ? {} : { boundary }),
    ...(exclude === undefined ? {} : { exclude }),
    includeSecrets: Object.freeze([...(options.includeSecrets ?? [])]),
  });
}

function withDefaults(
  known: Readonly<Record<string, EdgeOfWorld>> | undefined,
  names: readonly string[] | undefined,
): Readonly<Record<string, EdgeOfWorld>> | undefined {
  if (names === undefined || names.length === 0) return known;
  return { ...Object.fromEntries(names.map((name) => [name, 'error' as const])), ...known };
}
