import type { DataSource } from 'typeorm';
import type { DatabaseIdentity } from '../changes/database-identity.js';
import { databaseIdentity, isSameDatabase } from '../changes/database-identity.js';
import { countChangedRows, proveNothingElseGone } from '../changes/row-counts.js';
import type { PinnedSession } from '../dialect/postgres/pinned-session.js';
import { openWriteSession } from '../dialect/postgres/session.js';
import { settleCommit } from '../dialect/postgres/settle-commit.js';
import { RefusedError } from '../errors/portolan-error.js';
import { refuseUnknownOptions } from '../errors/refuse-unknown-options.js';
import { Findings } from '../findings/finding.js';
import { refuseWarnings } from '../findings/refuse-warnings.js';
import { setPath } from '../import/set-path.js';
import { mergePolicy } from '../policy/merge-policy.js';
import { buildSchema } from '../schema/build-schema.js';
import { findUndoConflicts } from './find-undo-conflicts.js';
import type { JournalReader } from './open-journal.js';
import { openJournal } from './open-journal.js';
import type { UndoStage } from './stage-journal.js';
import { stageJournal } from './stage-journal.js';
import { takeBack, verifyTakenBack } from './take-back.js';
import { undoModels } from './undo-models.js';
import type { UndoOptions, UndoResult } from './undo-options.js';
import { undoOptionNames } from './undo-options.js';

/**
 * Takes back what an import or a deletion did, by its journal, in one transaction: exactly that. Where rows were changed since, or others refer
 * to what would go, the result says `refused`, lists them, and nothing was written. Sequences stay where they are.
 *
 * @example
 * await importObjects(dataSource, { archive: 'book.json', journal: 'import.journal' });
 * const { status, conflicts } = await undoJournal(dataSource, { journal: 'import.journal' });
 *
 * @throws RefusedError for a damaged journal, one of another database, drift or a race; FailedError where the database or the disk fails
 */
export async function undoJournal(dataSource: DataSource, options: UndoOptions): Promise<UndoResult> {
  refuseUnknownOptions('undoJournal', options, undoOptionNames);
  const findings = options.findings ?? new Findings();
  const { signal, onQuery } = options;
  const journal = await openJournal(options.journal);
  const session = await openWriteSession(dataSource, { signal, onQuery });
  try {
    await options.onTarget?.(session.server);
    refuseOtherDatabase(journal, await databaseIdentity(session));
    const policy = mergePolicy({ policy: options.policy, includeSecrets: ['*'] });
    const schema = await buildSchema(session, dataSource, policy, findings);
    const before = await countChangedRows(session);
    const stages = await stageJournal(session, journal, undoModels(schema, journal.header), signal);
    const conflicts = await findUndoConflicts(session, schema, stages);
    const finish = (status: UndoResult['status']): UndoResult => ({
      ...{ status, plan: planOf(stages), conflicts: conflicts.kept, conflictCount: conflicts.count },
      ...{ findings: findings.all, statistics: { ...session.statistics } },
    });
    if (conflicts.count > 0) return finish('refused');
    // Functions of the application name tables as its connections find them.
    await setPath(session, session.server.searchPath);
    const gone = await takeBack(session, stages);
    await setPath(session, '');
    await verifyTakenBack(session, stages, findings);
    await proveNothingElseGone(session, before, gone, findings);
    refuseWarnings(options, findings);
    for (const { model, count } of stages)
      options.onProgress?.({ stage: 'apply', model: model.model, done: count, total: count });
    return finish(await end(dataSource, session, options.dryRun ?? false));
  } finally {
    await session.close();
  }
}

async function end(dataSource: DataSource, session: PinnedSession, dryRun: boolean): Promise<'done' | 'planned'> {
  if (dryRun) {
    await session.rollback();
    return 'planned';
  }
  await settleCommit(dataSource, session, {
    what: 'what was taken back',
    hint: 'Run it again: where it took place, it is told that the rows have gone.',
  });
  return 'done';
}

function refuseOtherDatabase({ path, header }: JournalReader, here: DatabaseIdentity): void {
  const { database } = header;
  if (isSameDatabase(database, here)) return;
  throw new RefusedError('JOURNAL_OTHER_DATABASE', `${path} was written for another database than this: ${database.name}`, {
    hint: 'Nothing was taken back. Check the connection; a copy of a database is another one.',
  });
}

function planOf(stages: readonly UndoStage[]): UndoResult['plan'] {
  const counts = (kind: UndoStage['kind']): Readonly<Record<string, number>> =>
    Object.fromEntries(
      stages
        .filter((stage) => stage.kind === kind)
        .map(({ model, count }) => [model.model, count] as const)
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    );
  return { delete: counts('delete'), update: counts('update'), insert: counts('insert') };
}
