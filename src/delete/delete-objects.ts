import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { checkOutput } from '../archive/check-output.js';
import { isStandardOutput } from '../archive/output-place.js';
import { discardTemporaryFile, temporaryName } from '../archive/temporary-files.js';
import { verifyArchive } from '../archive/verify-archive.js';
import { UsageError } from '../errors/portolan-error.js';
import { refuseOtherThanNames, refuseUnknownOptions } from '../errors/refuse-unknown-options.js';
import { exportObjects } from '../export/export-objects.js';
import { Findings } from '../findings/finding.js';
import { isUrl } from '../store/object-place.js';
import { deleteArchived } from './delete-archived.js';
import type { DeleteOptions, DeleteResult } from './delete-options.js';
import { deleteOptionNames } from './delete-options.js';

/**
 * Deletes the objects of an archive, or exports objects and deletes them then, in one transaction: exactly the owned rows that the archive
 * holds as they are, children first. References to them become NULL where they can; what others still refer to is kept and told.
 *
 * @example
 * const { plan } = await deleteObjects(dataSource, { objects: ['auth.User.7'], output: 'user.json', includeSecrets: ['*'], dryRun: true });
 * console.log(plan.delete, plan.nullify, plan.kept);
 *
 * @throws RefusedError for a damaged archive, columns that the archive lacks, drift or a race; UsageError for names that are not there;
 *   FailedError where the database or the disk fails. Nothing was deleted then
 */
export async function deleteObjects(dataSource: DataSource, options: DeleteOptions): Promise<DeleteResult> {
  refuseUnknownOptions('deleteObjects', options, deleteOptionNames);
  refuseContradictions(options);
  const findings = options.findings ?? new Findings();
  const { archive, objects, output, noArchive = false, dryRun = false } = options;
  if (archive !== undefined) return deleteArchived(dataSource, archive, options, findings);
  refuseOtherThanNames('deleteObjects', objects);
  const { signal } = options;
  if (output !== undefined) await checkOutput(output, { force: options.force ?? false, signal });
  const isKept = !noArchive && !dryRun;
  const path = isKept && output !== undefined ? output : temporaryName(placeFor(output ?? options.receipt));
  try {
    await exportObjects(dataSource, { ...exportOptionsOf(options), output: path, findings });
    await verifyArchive(path, { signal });
    return await deleteArchived(dataSource, path, options, findings);
  } finally {
    if (!isKept) await discardTemporaryFile(path);
  }
}

/** Where an archive that goes again is kept meanwhile: beside what is written, where that is a file. */
function placeFor(beside: string | undefined): string {
  return beside === undefined || isUrl(beside) ? join(tmpdir(), 'portolan') : beside;
}

function exportOptionsOf(options: DeleteOptions): Parameters<typeof exportObjects>[1] {
  const { objects = [], roots, follow, shared, boundary, exclude, includeSecrets, maxObjects, maxDepth, maxMemory } = options;
  const { jobs, force, rowPolicy, files, filesOf, noFiles, profile, strict, onProgress, onQuery, signal } = options;
  // Where nothing is kept, nothing leaves that could want an approval.
  const policy = options.noArchive === true ? { ...options.policy, approval: [] } : options.policy;
  return {
    ...{ objects, roots, follow, shared, boundary, exclude, includeSecrets, maxObjects, maxDepth, maxMemory },
    ...{ jobs, force, policy, rowPolicy, files, filesOf, noFiles, profile, strict, onProgress, onQuery, signal },
  };
}

/** @throws UsageError OPTION_VALUE, NO_OUTPUT, NO_OBJECT */
export function refuseContradictions({
  archive,
  objects,
  output,
  noArchive = false,
  receipt,
  journal,
  dryRun = false,
  applyPlan,
}: DeleteOptions): void {
  if (applyPlan !== undefined && archive === undefined)
    throw new UsageError(
      'OPTION_VALUE',
      '--apply-plan goes with the archive that the plan was made of: what is exported anew is another',
      {
        hint: 'Export first; then deleteobjects ARCHIVE --dry-run --plan FILE, and deleteobjects ARCHIVE --apply-plan FILE.',
      },
    );
  const hint = 'Name an archive; or objects, and the archive that they are exported to before they are deleted.';
  if (archive !== undefined && (objects !== undefined || output !== undefined || noArchive))
    throw new UsageError('OPTION_VALUE', 'an archive is there already: objects, an output, or no archive contradict it', {
      hint,
    });
  if (archive !== undefined) return;
  if (objects === undefined) throw new UsageError('NO_OBJECT', 'nothing is named that could be deleted', { hint });
  if (noArchive && (output !== undefined || journal !== undefined))
    throw new UsageError('OPTION_VALUE', 'where nothing is to be kept, neither an archive nor a journal is written', {
      hint: 'Leave --output and --journal out, or --no-archive.',
    });
  if (noArchive && receipt === undefined && !dryRun)
    throw new UsageError('NO_OUTPUT', 'an erasure that keeps nothing wants a receipt', { hint: 'Add --receipt FILE.' });
  if (output !== undefined && isStandardOutput(output))
    throw new UsageError(
      'OPTION_VALUE',
      'the archive of a deletion is read again before anything is deleted: it must be a file',
      {
        hint: 'Write -o FILE.',
      },
    );
  if (!noArchive && output === undefined)
    throw new UsageError('NO_OUTPUT', 'no archive is named that will hold what is deleted', {
      hint: 'Add -o ARCHIVE; or --no-archive --receipt FILE --yes, which keeps nothing.',
    });
}
