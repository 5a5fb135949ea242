import type { DataSource } from 'typeorm';
import type { ArchiveReader } from '../archive/open-archive.js';
import { openArchive } from '../archive/open-archive.js';
import type { StagedFile } from '../changes/write-lines.js';
import { stageRecord } from '../changes/stage-record.js';
import { keepOrDiscard, publishRecords } from '../changes/publish-records.js';
import { once } from '../changes/once.js';
import type { PlanReader } from '../changes/open-plan.js';
import { planToApply } from '../changes/plan-to-apply.js';
import { countChangedRows, proveNothingElseGone } from '../changes/row-counts.js';
import type { PinnedSession } from '../dialect/postgres/pinned-session.js';
import { openWriteSession } from '../dialect/postgres/session.js';
import { settleCommit } from '../dialect/postgres/settle-commit.js';
import { noteEdited } from '../findings/edited-archive.js';
import type { Findings } from '../findings/finding.js';
import { refuseWarnings } from '../findings/refuse-warnings.js';
import { findDrift } from '../import/find-drift.js';
import { refuseNonexistent } from '../import/refuse-nonexistent.js';
import { setPath } from '../import/set-path.js';
import type { TargetModel } from '../import/target.js';
import type { ParsedPolicy } from '../policy/parsed-policy.js';
import { mergePolicy } from '../policy/merge-policy.js';
import { draftSchema } from '../schema/build-schema.js';
import { excludedModels } from '../schema/exclusions.js';
import { resolveModel } from '../schema/resolve-model.js';
import type { Schema } from '../schema/schema.js';
import type { DeleteOptions, DeleteResult } from './delete-options.js';
import type { DeletePlan, PlanFacts } from './delete-plan.js';
import { readPlan } from './delete-plan.js';
import { deleteRows } from './delete-rows.js';
import { findEdges, referencesDown } from './find-edges.js';
import { deleteJournal } from './journal-lines.js';
import { makeReceipt } from './receipt.js';
import { refuseLoss } from './refuse-loss.js';
import { settleRows } from './settle-rows.js';
import { stageArchive } from './stage-archive.js';
import { agreeWithPlan, tellPlan } from './tell-plan.js';
import { tellMissingIndexes } from './tell-missing-indexes.js';

/** Deletes what an archive holds, in one transaction. */
export async function deleteArchived(
  dataSource: DataSource,
  path: string,
  given: DeleteOptions,
  findings: Findings,
): Promise<DeleteResult> {
  const applied = await planToApply(given, 'delete');
  const options = applied === undefined ? given : agreeWithPlan(given, applied);
  const { signal, onQuery } = options;
  const archive = await openArchive(path, { signal });
  const policy = mergePolicy({ ...options, includeSecrets: ['*'] });
  const session = await openWriteSession(dataSource, { signal, onQuery });
  try {
    await options.onTarget?.(session.server);
    noteEdited(findings, path, archive.header);
    const draft = await draftSchema(session, dataSource, policy, findings, archive.header.entities);
    refuseNonexistent(archive.header, draft);
    draft.problems.throwAny();
    const targets = findDrift({
      ...{ header: archive.header, schema: draft.schema, tablesNamed: draft.tablesNamed, findings },
      ...{ onConflict: 'fail', ignoreNonexistent: false, readsOnly: true },
    });
    return await run({ dataSource, session, archive, schema: draft.schema, policy, targets, options, applied, findings });
  } finally {
    await session.close();
  }
}

interface Run {
  readonly dataSource: DataSource;
  readonly session: PinnedSession;
  readonly archive: ArchiveReader;
  readonly schema: Schema;
  readonly policy: ParsedPolicy;
  readonly targets: ReadonlyMap<string, TargetModel>;
  readonly options: DeleteOptions;
  readonly applied: PlanReader | undefined;
  readonly findings: Findings;
}

async function run(all: Run): Promise<DeleteResult> {
  const { dataSource, session, archive, targets, options, findings } = all;
  const { noArchive = false, dryRun = false, acceptLoss = false } = options;
  const before = await countChangedRows(session);
  const facts = await decided(all);
  const plan = await readPlan(facts);
  const digest = archive.trailer?.sha256 ?? '';
  await tellPlan({ ...all, facts });
  if (!acceptLoss && !noArchive) refuseLoss(targets, plan.delete);
  tellSeedsKept(plan, findings, noArchive);
  tellMissingIndexes(facts, plan, findings);
  refuseWarnings(options, findings);
  if (!dryRun) await options.onPlan?.(plan);
  let journal: StagedFile | undefined;
  let told: StagedFile | undefined;
  try {
    if (options.journal !== undefined && !dryRun)
      journal = await stageRecord(options.journal, await deleteJournal(facts, archive, { acceptLoss }), findings);
    const receipt = options.receipt === undefined ? undefined : await makeReceipt(facts, archive, plan, noArchive);
    // Functions of the application name tables as its connections find them.
    await setPath(session, session.server.searchPath);
    const gone = await deleteRows({ ...facts, onProgress: options.onProgress, signal: options.signal });
    await setPath(session, '');
    await proveNothingElseGone(session, before, gone, findings);
    refuseWarnings(options, findings);
    const result = {
      ...{ archive: noArchive || dryRun ? options.archive : archive.path, sha256: noArchive ? undefined : digest, plan },
      ...{ receiptKey: receipt?.key, findings: findings.all, statistics: { ...session.statistics } },
    };
    if (dryRun) {
      await session.rollback();
      return { status: 'planned', ...result };
    }
    if (receipt !== undefined && options.receipt !== undefined)
      told = await stageRecord(options.receipt, once(receipt.document), findings);
    await settleCommit(dataSource, session, {
      what: 'the deletion',
      hint: 'Run it again: what is gone already is told as gone, and nothing is deleted twice.',
    });
    await publishRecords(
      [journal, told].filter((file) => file !== undefined),
      'the objects are deleted',
    );
    return { status: 'done', ...result };
  } catch (error) {
    await told?.discard();
    if (journal !== undefined) await keepOrDiscard(journal, error);
    throw error;
  }
}

/** What becomes of each row, in temporary tables of the session. */
async function decided({ session, archive, schema, policy, targets, options }: Run): Promise<PlanFacts> {
  const { onProgress, signal } = options;
  const excluded = new Set(excludedModels(schema, policy).keys());
  const boundary = new Set(Object.keys(policy.boundary ?? {}).map((name) => resolveModel(schema, name).model));
  const staged = await stageArchive({ session, archive, schema, targets, excluded, boundary, onProgress, signal });
  const references = referencesDown(schema, staged);
  await findEdges(session, schema, staged, references, excluded);
  await settleRows(session);
  return { session, schema, staged, references };
}

/** Who asked for an object to be deleted must hear it where it is not. */
function tellSeedsKept({ seedsKept }: DeletePlan, findings: Findings, isNameless: boolean): void {
  const reason = 'it was asked for, and is kept';
  if (isNameless && seedsKept.length > 0)
    findings.warn('seed-kept', 'objects', `${String(seedsKept.length)} were asked for, and are kept`);
  else for (const name of seedsKept) findings.warn('seed-kept', name, reason);
}
