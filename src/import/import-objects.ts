import type { DataSource } from 'typeorm';
import type { ArchiveReader } from '../archive/open-archive.js';
import { openArchive } from '../archive/open-archive.js';
import { proveWhole } from '../archive/prove-whole.js';
import { databaseIdentity } from '../changes/database-identity.js';
import type { PlanReader } from '../changes/open-plan.js';
import { planToApply } from '../changes/plan-to-apply.js';
import { refuseOtherArchive, refuseOtherDatabase, refuseOtherRules } from '../changes/refuse-other-plan.js';
import type { ConvertedArchive } from '../convert/convert-archive.js';
import { convertArchive } from '../convert/convert-archive.js';
import { ConstraintError } from '../dialect/postgres/database-error.js';
import type { PinnedSession } from '../dialect/postgres/pinned-session.js';
import { openReadSession, openWriteSession } from '../dialect/postgres/session.js';
import { settleCommit } from '../dialect/postgres/settle-commit.js';
import { RefusedError, UsageError } from '../errors/portolan-error.js';
import { refuseUnknownOptions } from '../errors/refuse-unknown-options.js';
import { noteEdited } from '../findings/edited-archive.js';
import { refuseWarnings } from '../findings/refuse-warnings.js';
import { Findings } from '../findings/finding.js';
import { policyDigest } from '../policy/policy-digest.js';
import { mergePolicy } from '../policy/merge-policy.js';
import type { DraftSchema } from '../schema/build-schema.js';
import { draftSchema } from '../schema/build-schema.js';
import { agreeWithPlan } from './agree-with-plan.js';
import { completeArchive } from './absent/complete-archive.js';
import { BulkConstraints } from './bulk-constraints.js';
import { checkExternal } from './check-external.js';
import { findCollisions } from './find-collisions.js';
import { conflictOf, conflictReasonOf } from './found-conflict.js';
import { findDrift } from './find-drift.js';
import type { Conflict, ImportOptions, ImportResult } from './import-options.js';
import { importOptionNames } from './import-options.js';
import { emptyTables } from './look-up-rows.js';
import { ImportProgress } from './import-progress.js';
import { importJournal } from './journal-lines.js';
import { keepOrDiscard, publishRecords } from '../changes/publish-records.js';
import { drawKeys } from './draw-keys.js';
import { makePlan } from './make-plan.js';
import { makeRemappedPlan } from './make-remapped-plan.js';
import { moveSequences } from './move-sequences.js';
import { mayDrawKeys } from './may-draw-keys.js';
import { mapMissing } from './map-missing.js';
import { namedModels } from './named-models.js';
import { readIdMaps } from './read-id-map.js';
import { canRemap } from './remap-options.js';
import { openBulkSession } from './open-bulk-session.js';
import { planAndWrite } from './plan-and-write.js';
import type { LookUpSize } from './planned-runs.js';
import { idMapLines } from './plan-lines.js';
import type { Plan } from './plan.js';
import { refusedBy } from './refused-by.js';
import { conflictsKept, planCounts } from './plan.js';
import { countLinks } from './count-planned-links.js';
import type { LinkCounts } from './link-writer.js';
import { targetDigest } from './target-digest.js';
import { tellNestedSets } from './tell-nested-sets.js';
import type { TellPlanOptions } from './tell-plan.js';
import { tellPlan } from './tell-plan.js';
import { tellNewValues } from './tell-new-values.js';
import { writeAndVerify } from './write-and-verify.js';
import { refuseNonexistent } from './refuse-nonexistent.js';
import type { StagedFiles } from './stage-files.js';
import { stageFiles } from './stage-files.js';
import { tellSkipped } from './tell-skipped.js';
import { tellSkippedLinks } from './tell-skipped-links.js';
import { stageRecord } from '../changes/stage-record.js';
import type { StagedFile } from '../changes/write-lines.js';

/**
 * Imports an archive: read → plan → apply → verify in one transaction; a dry run does all of it and rolls back. Conflicts do not
 * throw: the result says `refused`, lists them, and nothing was written. With `applyPlan` it is what an earlier import wrote as its `plan`, or nothing.
 *
 * @example
 * const result = await importObjects(dataSource, { archive: 'book.json', dryRun: true });
 * console.log(result.status, result.plan.insert, result.conflicts);
 *
 * @throws RefusedError for a damaged archive, drift or a race; FailedError where the database or the disk fails
 */
export async function importObjects(dataSource: DataSource, given: ImportOptions): Promise<ImportResult> {
  return importInSizes(dataSource, given);
}

/** The same, with look-ups of a size: what is decided does not depend on it. */
export async function importInSizes(
  dataSource: DataSource,
  given: ImportOptions,
  lookUpSize?: LookUpSize,
): Promise<ImportResult> {
  refuseUnknownOptions('importObjects', given, importOptionNames);
  checkOffset(given);
  const applied = await planToApply(given, 'import');
  const options = applied === undefined ? given : await agreeWithPlan(given, applied);
  const findings = options.findings ?? new Findings();
  const { signal, onQuery } = options;
  const opened = await openArchive(options.archive, { signal });
  const policy = mergePolicy({ policy: options.policy, includeSecrets: ['*'] });
  let session = await openWriteSession(dataSource, { signal, onQuery });
  let before: PinnedSession | undefined;
  let converted: ConvertedArchive | undefined;
  try {
    await options.onTarget?.(session.server);
    if (session.server.standby) {
      throw new RefusedError('READ_ONLY_TARGET', 'the target is a standby: it cannot be written to', {
        hint: 'Name the primary server.',
      });
    }
    const database = isTold(options) ? await databaseIdentity(session) : undefined;
    if (applied !== undefined && database !== undefined) refuseOtherDatabase(applied, database);
    noteEdited(findings, options.archive, opened.header);
    converted = await convertArchive({ archive: opened, dataSource, session, policy, findings, signal, onQuery });
    const { archive } = converted;
    const { header } = archive;
    if (options.bulkConstraints === true)
      session = await openBulkSession({ dataSource, session, header, policy, signal, onQuery });
    const draft = await draftSchema(session, dataSource, policy, findings, header.entities);
    if (options.ignoreNonexistent !== true) refuseNonexistent(archive.header, draft);
    draft.problems.throwAny();
    // To it everything stays as it was before the first row is written.
    if (options.journal !== undefined && options.dryRun !== true)
      before = await openReadSession(dataSource, { snapshot: await session.exportSnapshot(), signal, onQuery });
    const made =
      database === undefined ? undefined : { database, policy: policyDigest(policy), models: new Set(archive.header.order) };
    const completed = await completeArchive({ session, schema: draft.schema, archive, findings });
    return await run({ dataSource, session, before, archive: completed, draft, options, lookUpSize, applied, made, findings });
  } catch (error) {
    // A damaged archive can look like one of another schema: it is refused for what it is.
    if (error instanceof RefusedError) await proveWhole(opened);
    // Where it was not even converted, nobody knows what the plan would have been made of.
    if (error instanceof RefusedError && applied !== undefined && converted !== undefined)
      refuseOtherArchive(applied, converted.archive.trailer?.sha256);
    throw error;
  } finally {
    await before?.close();
    await session.close();
    await converted?.close();
  }
}

/** Whether a plan is written, or held against one. */
function isTold({ plan, applyPlan }: ImportOptions): boolean {
  return plan !== undefined || applyPlan !== undefined;
}

/** @throws UsageError OPTION_VALUE */
function checkOffset({ offset }: ImportOptions): void {
  if (offset === undefined || (Number.isSafeInteger(offset) && offset !== 0)) return;
  throw new UsageError('OPTION_VALUE', `offset is a whole number other than 0, not ${String(offset)}`);
}

interface Run {
  readonly dataSource: DataSource;
  readonly session: PinnedSession;
  /** Where a journal is asked for. */
  readonly before: PinnedSession | undefined;
  readonly archive: ArchiveReader;
  readonly draft: DraftSchema;
  readonly options: ImportOptions;
  readonly lookUpSize: LookUpSize | undefined;
  readonly applied: PlanReader | undefined;
  /** Where the plan is told. */
  readonly made: (Omit<TellPlanOptions['made'], 'target'> & { readonly models: ReadonlySet<string> }) | undefined;
  readonly findings: Findings;
}

async function run({
  dataSource,
  session,
  before,
  archive,
  draft,
  options,
  lookUpSize,
  applied,
  made: madeFor,
  findings,
}: Run): Promise<ImportResult> {
  const { schema, tablesNamed } = draft;
  const isRemapWanted = options.remap !== undefined || options.offset !== undefined;
  const onConflict = options.onConflict ?? (isRemapWanted ? 'remap' : 'fail');
  const { signal, dryRun = false } = options;
  const targets = findDrift({
    header: archive.header,
    ...{ schema, tablesNamed },
    onConflict,
    ignoreNonexistent: options.ignoreNonexistent ?? false,
    findings,
  });
  const made = madeFor === undefined ? undefined : { ...madeFor, target: targetDigest(schema, targets, madeFor.models) };
  if (applied !== undefined && made !== undefined) refuseOtherRules(applied, made);
  const empty = await emptyTables(session, targets);
  const progress = options.onProgress === undefined ? undefined : new ImportProgress(archive, targets, options.onProgress);
  const onProgress = progress?.onProgress;
  const planOptions = {
    session,
    archive,
    schema,
    targets,
    empty,
    findings,
    isTold: isTold(options),
    lookUpSize,
    onProgress,
    signal,
  };
  const bulk =
    options.bulkConstraints === true ? await BulkConstraints.open({ session, schema, targets, empty, findings }) : undefined;
  progress?.writesAtOnce();
  const maps = await readIdMaps(options.withIdMap ?? [], namedModels(schema, targets));
  const remap = {
    rule: options.remap ?? 'conflicts',
    offset: options.offset === undefined ? undefined : BigInt(options.offset),
    ...{ given: maps.keys, standIns: maps.standIns },
  } as const;
  const isRemapped = canRemap(remap, schema, targets, empty);
  const written = isRemapped ? undefined : await planAndWrite({ ...planOptions, dryRun, bulk });
  if (written === undefined) progress?.plansFirst();
  const remapped = isRemapped ? await makeRemappedPlan(planOptions, remap) : undefined;
  const decided = written?.plan ?? remapped ?? (await makePlan(planOptions));
  progress?.planned(decided);
  tellNewValues(archive.header, decided.models, findings);
  await tellSkipped(archive, decided, findings);
  await tellSkippedLinks(archive, decided, findings);
  const external = await checkExternal(session, schema, archive, findings, remapped?.rows);
  const plan: Plan = {
    ...decided,
    conflicts: [...decided.conflicts, ...external.kept].slice(0, conflictsKept),
    conflictCount: decided.conflictCount + external.count,
  };
  if (made !== undefined) await tellPlan({ session, archive, schema, plan, options, made, applied, findings });
  let files: StagedFiles | undefined;
  let isCommitted = false;
  const finish = (status: ImportResult['status'], links: LinkCounts, conflicts: readonly Conflict[]): ImportResult => ({
    ...{ status, links, conflicts },
    files: files?.counts,
    plan: planCounts(plan.models),
    findings: findings.all,
    statistics: { ...session.statistics },
  });
  const unlisted = plan.conflictCount - plan.conflicts.length;
  if (unlisted > 0)
    findings.warn('conflicts-not-listed', options.archive, `${String(unlisted)} more conflicts are counted, not listed`);
  if (plan.conflictCount > 0) return finish('refused', await countLinks({ ...planOptions, plan }), plan.conflicts);
  try {
    if (remapped !== undefined && dryRun) await mayDrawKeys(session, remapped);
    const foreseen = remapped === undefined ? undefined : await drawKeys(session, archive, remapped, dryRun);
    const links = await writeAndVerify({ ...planOptions, plan, digests: written?.digests, dryRun, bulk });
    await tellNestedSets({ session, schema, archive, plan, findings, signal });
    const { files: store, noFiles = false, onStaging } = options;
    files = await stageFiles({ archive, plan, store, noFiles, onConflict, dryRun, findings, signal, onStaging });
    refuseWarnings(options, findings);
    const later = await moveSequences(session, plan, { findings, dryRun, foreseen });
    if (dryRun) {
      await session.rollback();
      return finish('planned', links, []);
    }
    // They tell of what is in the target: they get their names when that is so.
    const map = idMapLines(session, archive, plan);
    const idMap = options.idMap === undefined ? undefined : await stageRecord(options.idMap, map, findings);
    let journal: StagedFile | undefined;
    try {
      if (before !== undefined && options.journal !== undefined) {
        const facts = { session, before, archive, schema, plan, options: { onConflict } };
        journal = await stageRecord(options.journal, await importJournal(facts), findings);
      }
      await settleCommit(dataSource, session, {
        what: 'the import',
        hint: 'Run the import again: what is there already is reported as same, and nothing is written twice.',
      });
    } catch (error) {
      await idMap?.discard();
      if (journal !== undefined) await keepOrDiscard(journal, error);
      throw error;
    }
    isCommitted = true;
    try {
      for (const after of later) await after(session);
    } finally {
      await files?.publish();
    }
    if (journal !== undefined) await publishRecords([journal], 'the objects are imported');
    await idMap?.publish().catch((error: unknown) => {
      throw mapMissing(error, options.idMap ?? '');
    });
    return finish('done', links, []);
  } catch (error) {
    if (!isCommitted) await files?.discard();
    if (!(error instanceof ConstraintError)) throw error;
    const reason = conflictReasonOf(error);
    if (reason === undefined) throw error;
    const by = await refusedBy(session, error);
    const conflict = conflictOf(reason, by, schema);
    const collisions = reason === 'unique' ? await findCollisions(archive, plan, by.table, by.constraint) : [];
    return finish('refused', { insert: {}, same: {} }, collisions.length > 0 ? collisions : [conflict]);
  }
}
