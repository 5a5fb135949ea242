import { RefusedError } from '../errors/portolan-error.js';
import { approvalsOf, approvalTitle } from './approval.js';
import type { Policy } from './policy.js';

/**
 * The policy that somebody names, under what the policy of the site has approved: that holds, too, with what the site calls a secret.
 * What would get around it is refused: another policy calls nothing harmless, lets no other values leave, and adds none to the natural keys
 * of models that may leave by their keys only.
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
  const lines = [
    ...harmless.map(([column]) => `secrets: ${column} would be called harmless`),
    ...values,
    ...otherNames(named, site),
  ];
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

/** Where a model may leave as external objects, its natural key decides which of its columns do. */
function otherNames(named: Policy, site: Policy): readonly string[] {
  if (!approvalsOf(site).some(({ models = {} }) => Object.values(models).includes('key'))) return [];
  return Object.entries(named.models ?? {}).flatMap(([model, { naturalKey = [] }]) =>
    naturalKey
      .filter((column) => site.models?.[model]?.naturalKey?.includes(column) !== true)
      .map((column) => `models: ${model}.${column} would leave as a part of a natural key`),
  );
}
