import { RefusedError } from '../errors/portolan-error.js';
import type { DatabaseIdentity } from './database-identity.js';
import { isSameDatabase } from './database-identity.js';
import type { PlanReader } from './open-plan.js';
import type { PlanHeader } from './plan-header.js';

const hint = 'Nothing was written. Make the plan anew, and have it looked at again.';

/** A plan is for one database: a copy of it is another. @throws RefusedError PLAN_OTHER_DATABASE */
export function refuseOtherDatabase({ path, header }: PlanReader, here: DatabaseIdentity): void {
  const { database } = header.target;
  if (isSameDatabase(database, here)) return;
  throw new RefusedError('PLAN_OTHER_DATABASE', `${path} was made for another database than this: ${database.name}`, {
    hint: 'Nothing was written. Check the connection; a copy of a database is another one.',
  });
}

/** A plan is made of one archive, or of one journal. The archive's digest is not always known before it was read to its end. @throws RefusedError PLAN_STALE */
export function refuseOtherArchive({ path, header }: PlanReader, archive: string | undefined): void {
  if (archive === undefined || archive === header.archive) return;
  const what = header.command === 'undo' ? 'journal' : 'archive';
  throw new RefusedError('PLAN_STALE', `${path} was made of another ${what}, or the ${what} was edited since`, { hint });
}

/** Whether the tables and the policy are those that it was made for. @throws RefusedError PLAN_STALE */
export function refuseOtherRules(
  { path, header }: PlanReader,
  { target, policy }: { readonly target: string } & Pick<PlanHeader, 'policy'>,
): void {
  if (policy !== header.policy) throw new RefusedError('PLAN_STALE', `${path} was made under another policy`, { hint });
  if (target !== header.target.sha256)
    throw new RefusedError(
      'PLAN_STALE',
      `${path}: tables of the target, or what is known of them, have changed since the plan was made`,
      {
        hint,
      },
    );
}
