import { approvalsOf } from './approval.js';
import type { Policy } from './policy.js';
import { refuseAround } from './refuse-around.js';

/**
 * The policy that somebody names, under what the policy of the site has approved: that holds, too, with what the site calls a secret.
 *
 * @throws RefusedError APPROVAL_EXCEEDED as {@link refuseAround}
 */
export function withSiteApproval(named: Policy, site: Policy): Policy {
  const approvals = approvalsOf(site);
  if (approvals.length === 0) return named;
  refuseAround(named, site);
  return Object.freeze({
    ...named,
    approval: [...approvals, ...approvalsOf(named)],
    secrets: { ...named.secrets, ...site.secrets },
  });
}
