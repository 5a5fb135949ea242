import type { Catalog } from '../dialect/postgres/catalog.js';
import { UsageError } from '../errors/portolan-error.js';
import { parsePolicy } from '../policy/parse-policy.js';
import type { Policy } from '../policy/policy.js';
import { refuseAround } from '../policy/refuse-around.js';
import type { RowPolicyHook } from '../policy/row-policy-hook.js';
import { builtInProfile, isBuiltIn } from './load-profile.js';
import type { Profile, ProfileValues } from './profile.js';

/** What a profile says, held against what is approved. */
export interface HeldProfile {
  policy(catalog: Catalog): Promise<Policy>;
  readonly rowPolicy: RowPolicyHook | undefined;
}

/**
 * A profile that comes with Portolan is what an approval means that names it. Somebody's own is read as any policy is, bears no name of
 * those, and where rows are to leave gets around no approval of the user's policy, as that gets around none of the profile's.
 *
 * @throws UsageError UNKNOWN_PROFILE
 */
export async function heldProfile(
  profile: Profile,
  values: ProfileValues,
  user: Policy | undefined,
  exports: boolean,
): Promise<HeldProfile> {
  const rowPolicy = profile.rowPolicy?.(values);
  if (await isBuiltIn(profile)) return { policy: (catalog) => Promise.resolve(profile.policy(catalog, values)), rowPolicy };
  const { name } = profile;
  if (builtInProfile(name) !== undefined) {
    throw new UsageError('UNKNOWN_PROFILE', `the profile that comes with Portolan is called "${name}", and this one is another`, {
      hint: 'Give it another name: approvals and headers know profiles by theirs.',
    });
  }
  const held = exports ? user : undefined;
  return {
    policy: async (catalog) => {
      const policy = await parsePolicy(profile.policy(catalog, values), `the policy of the profile ${name}`);
      if (held !== undefined) refuseAround(policy, held);
      if (exports) refuseAround(user ?? {}, policy);
      return policy;
    },
    rowPolicy: rowPolicy === undefined || held === undefined ? rowPolicy : heldRows(rowPolicy, held),
  };
}

function heldRows(rowPolicy: RowPolicyHook, held: Policy): RowPolicyHook {
  return async (context) => {
    const told = await rowPolicy(context);
    refuseAround({ models: told.models ?? {} }, held);
    return told;
  };
}
