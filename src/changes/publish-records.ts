import type { StagedFile } from './write-lines.js';
import { FailedError, PortolanError } from '../errors/portolan-error.js';

/**
 * Gives files their names that tell of what is committed.
 *
 * @param done what is so in any case
 * @throws FailedError RECORD_MISSING
 */
export async function publishRecords(files: readonly StagedFile[], done: string): Promise<void> {
  const failures: unknown[] = [];
  for (const file of files) await file.publish().catch((error: unknown) => failures.push(error));
  const [cause] = failures;
  if (failures.length === 0) return;
  const what = cause instanceof Error ? cause.message : String(cause);
  throw new FailedError('RECORD_MISSING', `${done}, but a file that tells of it has not got its name: ${what}`, { cause });
}

/** What becomes of a journal where the command failed: should the commit have taken place after all, it must be there. */
export async function keepOrDiscard(journal: StagedFile, error: unknown): Promise<void> {
  if (error instanceof PortolanError && error.code === 'COMMIT_UNKNOWN') await journal.publish();
  else await journal.discard();
}
