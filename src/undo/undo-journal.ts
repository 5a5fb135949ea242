import type { DataSource } from 'typeorm';
import type { DatabaseIdentity } from '../changes/database-identity.js';
import { databaseIdentity, isSameDatabase } from '../changes/database-identity.js';
import { planToApply } from '../changes/plan-to-apply.js';
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
import { noteConflicts } from './note-conflicts.js';
import { noteTakenValues } from './note-taken-values.js';
import type { JournalReader } from './open-journal.js';
import { openJournal } from './open-journal.js';
import { stageJournal } from './stage-journal.js';
import { takeBack, verifyTakenBack } from './take-back.js';
import { tellPlan } from './tell-plan.js';
import { undoModels } from './undo-models.js';
import type { UndoOptions, UndoResult } from './undo-options.js';
import { undoOptionNames } from './undo-options.js';
import type { UndoPlan } from './undo-plan.js';
import { countDecisions, readConflicts } from './undo-plan.js';

/**
 * Takes back what an import, a deletion or a claim did, by its journal, in one transaction: exactly that. Where rows were changed since, others refer
 * to what would go or have unique values of what would come back, the result says `refused`, lists them, and nothing was written. Sequences stay where they are. With `applyPlan` it is what an
 * earlier call wrote as its `plan`, or nothing.
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
  const applied = await planToApply(options, 'undo');
  const journal = await openJournal(options.journal);
  const session = await openWriteSession(dataSource, { signal, onQuery });
  try {
    await options.onTarget?.(session.server);
    refuseOtherDatabase(journal, await databaseIdentity(session));
    const policy = mergePolicy({ policy: options.policy, includeSecrets: ['*'] });
    const schema = await buildSchema(session, dataSource, policy, findings);
    const before = await countChangedRows(session);
    const models = undoModels(schema, journal.header);
    const stages = await stageJournal(session, journal, models, signal);
    const references = await noteConflicts(session, schema, stages);
    const decided: UndoPlan = { session, schema, stages, references, taken: await noteTakenValues(session, stages) };
    const plan = await countDecisions(decided);
    const conflictCount = Object.values(plan.conflict).reduce((sum, count) => sum + count, 0);
    await tellPlan({ decided, journal, models, policy, options, applied, conflicts: conflictCount, findings });
    const conflicts = conflictCount === 0 ? [] : await readConflicts(decided);
    const finish = (status: UndoResult['status']): UndoResult => ({
      ...{ status, plan, conflicts, conflictCount },
      ...{ findings: findings.all, statistics: { ...session.statistics } },
    });
    if (conflictCount > 0) return finish('refused');
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
