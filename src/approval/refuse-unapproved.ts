import type { ReachableModels } from '../closure/reachable-models.js';
import { RefusedError } from '../errors/portolan-error.js';
import type { Approval } from '../policy/approval.js';
import { approvalTitle } from '../policy/approval.js';
import { Problems } from '../schema/problems.js';
import type { Schema } from '../schema/schema.js';
import { unapprovedModels } from './unapproved-models.js';
import type { AskedFor } from './unapproved-options.js';
import { unapprovedOptions } from './unapproved-options.js';
import { unapprovedSecrets } from './unapproved-secrets.js';
import { unapprovedSeeds } from './unapproved-seeds.js';

/** An export, before a row is read: what is asked for, and what could leave. */
export interface Intent extends AskedFor {
  readonly schema: Schema;
  /** As the user names them. */
  readonly objects: readonly string[];
  readonly reach: ReachableModels;
}

/**
 * Refuses what goes beyond an approval, as far as options and catalog tell, with a line for everything that does.
 *
 * @throws RefusedError APPROVAL_EXCEEDED; UsageError for names in an approval that mean nothing
 */
export function refuseUnapproved(approvals: readonly Approval[], intent: Intent): void {
  const problems = new Problems();
  const { schema, objects, reach } = intent;
  const beyond = approvals.map((approval) => ({
    title: approvalTitle(approval),
    lines: [
      ...unapprovedSeeds(schema, objects, approval, problems),
      ...unapprovedOptions(schema, intent, approval, problems),
      ...unapprovedModels(schema, reach, approval, problems),
      ...unapprovedSecrets(schema, reach, approval, problems),
    ],
  }));
  problems.throwAny();
  const texts = beyond
    .filter(({ lines }) => lines.length > 0)
    .map(({ title, lines }) => [`beyond ${title}:`, ...lines].join('\n- '));
  if (texts.length === 0) return;
  throw new RefusedError('APPROVAL_EXCEEDED', texts.join('\n'), {
    hint: 'Nothing was written. Ask for less (--exclude, --boundary, --follow), or have more approved: an approval lists all that the tables let such an export take, rows or no rows.',
  });
}
