import { RefusedError } from '../errors/portolan-error.js';
import { approvalsOf, approvalTitle } from './approval.js';
import type { Policy } from './policy.js';

/**
 * Refuses what in somebody else's policy would get around what a policy has approved: it calls nothing harmless, lets no other values leave, and adds
 * none to the natural keys of models that may leave by their keys only.
 *
 * @throws RefusedError APPROVAL_EXCEEDED
 */
export function refuseAround(other: Pick<Policy, 'models' | 'secrets'>, approving: Policy): void {
  const [first] = approvalsOf(approving);
  if (first === undefined) return;
  const harmless = Object.entries(other.secrets ?? {}).filter(
    ([column, verdict]) => verdict === 'public' && approving.secrets?.[column] !== 'public',
  );
  const values = Object.entries(other.models ?? {}).flatMap(([model, policy]) =>
    Object.entries(policy.values ?? {})
      .filter(([column, expression]) => approving.models?.[model]?.values?.[column] !== expression)
      .map(([column]) => `models: other values would leave in ${model}.${column}`),
  );
  const lines = [
    ...harmless.map(([column]) => `secrets: ${column} would be called harmless`),
    ...values,
    ...otherNames(other, approving),
  ];
  if (lines.length === 0) return;
  throw new RefusedError('APPROVAL_EXCEEDED', [`beyond ${approvalTitle(first)}:`, ...lines].join('\n- '), {
    hint: 'Say it in the policy that has the approval. Nothing was read.',
  });
}

/** Where a model may leave as external objects, its natural key decides which of its columns do. */
function otherNames(other: Pick<Policy, 'models'>, approving: Policy): readonly string[] {
  if (!approvalsOf(approving).some(({ models = {} }) => Object.values(models).includes('key'))) return [];
  return Object.entries(other.models ?? {}).flatMap(([model, { naturalKey = [] }]) =>
    naturalKey
      .filter((column) => approving.models?.[model]?.naturalKey?.includes(column) !== true)
      .map((column) => `models: ${model}.${column} would leave as a part of a natural key`),
  );
}
