import type { ArchiveHeader } from '../archive/archive.js';
import type { Findings } from '../findings/finding.js';
import { approvalsOf, approvalTitle } from '../policy/approval.js';
import { approvalDigest } from '../policy/policy-digest.js';

/**
 * Holds what an archive tells of approvals against those of a policy file: each that it does not tell of is a warning. The digests of
 * those that it does.
 *
 * @throws UsageError NO_POLICY, POLICY_INVALID; FailedError POLICY_BROKEN
 */
export async function toldApprovals(
  { approvals = [] }: ArchiveHeader,
  file: string,
  archive: string,
  findings: Findings,
): Promise<readonly string[]> {
  const { loadPolicyFile } = await import('../source/load-policy-file.js');
  const { parsePolicy } = await import('../policy/parse-policy.js');
  const loaded = await loadPolicyFile(file, '');
  const wanted = loaded === undefined ? [] : approvalsOf(await parsePolicy(loaded.policy, loaded.file));
  if (wanted.length === 0) findings.warn('approval-missing', file, 'it has no approval');
  const told = new Set(approvals.map(({ sha256 }) => sha256));
  for (const approval of wanted) {
    if (told.has(approvalDigest(approval))) continue;
    const title = approvalTitle({ ...approval, where: file });
    findings.warn('approval-missing', archive, `it was not made under ${title} as that is now`);
  }
  return wanted.map(approvalDigest).filter((sha256) => told.has(sha256));
}
