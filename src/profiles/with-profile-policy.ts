import type { Approval } from '../policy/approval.js';
import { approvalsOf } from '../policy/approval.js';
import type { ModelPolicy, Policy } from '../policy/policy.js';

/** A profile's policy with the user's before it: what both say of one thing, the user decides; lists are joined, and what either approves holds. */
export function withProfilePolicy(profile: Policy, user: Policy | undefined): Policy {
  if (user === undefined) return profile;
  const approval: readonly Approval[] = [...approvalsOf(profile), ...approvalsOf(user)];
  return Object.freeze({
    ...profile,
    ...user,
    ...(approval.length === 0 ? {} : { approval }),
    highlight: { ...profile.highlight, ...user.highlight },
    joinTables: both(profile.joinTables, user.joinTables),
    references: both(profile.references, user.references),
    roots: both(profile.roots, user.roots),
    models: modelsOf(profile.models ?? {}, user.models ?? {}),
    follow: { ...profile.follow, ...user.follow },
    boundary: { ...profile.boundary, ...user.boundary },
    exclude: { ...profile.exclude, ...user.exclude },
    secrets: { ...profile.secrets, ...user.secrets },
  });
}

function both<T>(first: readonly T[] = [], then: readonly T[] = []): readonly T[] {
  return [...first, ...then];
}

function modelsOf(
  profile: Readonly<Record<string, ModelPolicy>>,
  user: Readonly<Record<string, ModelPolicy>>,
): Readonly<Record<string, ModelPolicy>> {
  const models: Record<string, ModelPolicy> = { ...profile };
  for (const [name, policy] of Object.entries(user)) models[name] = { ...models[name], ...policy };
  return models;
}
