import { RefusedError } from '../errors/portolan-error.js';
import { approvalsOf, approvalTitle } from './approval.js';
import type { Policy } from './policy.js';

/**
 * The policy that somebody names, under what the policy of the site has approved: that holds, too, with what the site calls a secret.
 * What would get around it is refused: another policy calls nothing harmless, and lets no other values leave.
 *
 * @throws RefusedError APPROVAL_EXCEEDED
 */
export function withSiteApproval(named: Policy, site: Policy): Policy {
  const approvals = approvalsOf(site);
  const [first] = approvals;
  if (first === undefined) return named;
  const harmless = Object.entries(named.secrets ?? {}).filter(
    ([column, verdict]) => verdict === 'public' && site.secrets?.[column] !== 'public',
  );
  const values = Object.entries(named.models ?? {}).flatMap(([model, policy]) =>
    Object.entries(policy.values ?? {})
      .filter(([column, expression]) => site.models?.[model]?.values?.[column] !== expression)
      .map(([column]) => `models: other values would leave in ${model}.${column}`),
  );
  const lines = [...harmless.map(([column]) => `secrets: ${column} would be called harmless`), ...values];
  if (lines.length > 0) {
    throw new RefusedError('APPROVAL_EXCEEDED', [`beyond ${approvalTitle(first)}:`, ...lines].join('\n- '), {
      hint: 'Say it in the policy that has the approval. Nothing was read.',
    });
  }
  return Object.freeze({
    ...named,
    approval: [...approvals, ...approvalsOf(named)],
    secrets: { ...named.secrets, ...site.secrets },
  });
}
