import { setTimeout } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import type { ArchiveReader } from '../archive/open-archive.js';
import { openArchive } from '../archive/open-archive.js';
import { ConstraintError } from '../dialect/postgres/database-error.js';
import type { PinnedSession } from '../dialect/postgres/pinned-session.js';
import { openReadSession, openWriteSession } from '../dialect/postgres/session.js';
import { FailedError, PortolanError, RefusedError } from '../errors/portolan-error.js';
import { refuseUnknownOptions } from '../errors/refuse-unknown-options.js';
import { refuseWarnings } from '../findings/refuse-warnings.js';
import { Findings } from '../findings/finding.js';
import { mergePolicy } from '../policy/merge-policy.js';
import type { DraftSchema } from '../schema/build-schema.js';
import { draftSchema } from '../schema/build-schema.js';
import type { Schema } from '../schema/schema.js';
import { BulkConstraints } from './bulk-constraints.js';
import { checkExternal } from './check-external.js';
import { findCollisions, isTable } from './find-collisions.js';
import { findDrift } from './find-drift.js';
import type { Conflict, ImportOptions, ImportResult } from './import-options.js';
import { importOptionNames } from './import-options.js';
import { emptyTables } from './look-up-rows.js';
import { ImportProgress } from './import-progress.js';
import { makePlan } from './make-plan.js';
import { moveSequences } from './move-sequences.js';
import { openBulkSession } from './open-bulk-session.js';
import { planAndWrite } from './plan-and-write.js';
import { planLines, idMapLines } from './plan-lines.js';
import type { Plan } from './plan.js';
import type { RefusedBy } from './refused-by.js';
import { refusedBy } from './refused-by.js';
import { conflictsKept, planCounts } from './plan.js';
import { countLinks } from './count-planned-links.js';
import type { LinkCounts } from './link-writer.js';
import { tellNestedSets } from './tell-nested-sets.js';
import { tellNewValues } from './tell-new-values.js';
import { writeAndVerify } from './write-and-verify.js';
import { refuseNonexistent } from './refuse-nonexistent.js';
import { tellSkipped } from './tell-skipped.js';
import { tellSkippedLinks } from './tell-skipped-links.js';
import { stageLines, writeLines } from './write-lines.js';

/**
 * Imports an archive: read → plan → apply → verify in one transaction; a dry run does all of it and rolls back. Conflicts do not
 * throw: the result says `refused`, lists them, and nothing was written.
 *
 * @example
 * const result = await importObjects(dataSource, { archive: 'book.json', dryRun: true });
 * console.log(result.status, result.plan.insert, result.conflicts);
 *
 * @throws RefusedError for a damaged archive, drift or a race; FailedError where the database or the disk fails
 */
export async function importObjects(dataSource: DataSource, options: ImportOptions): Promise<ImportResult> {
  refuseUnknownOptions('importObjects', options, importOptionNames);
  const findings = options.findings ?? new Findings();
  const { signal, onQuery } = options;
  const archive = await openArchive(options.archive, { signal });
  const policy = mergePolicy({ policy: options.policy, includeSecrets: ['*'] });
  let session = await openWriteSession(dataSource, { signal, onQuery });
  try {
    await options.onTarget?.(session.server);
    if (session.server.standby) {
      throw new RefusedError('READ_ONLY_TARGET', 'the target is a standby: it cannot be written to', {
        hint: 'Name the primary server.',
      });
    }
    if (archive.header.edited === true)
      findings.note('edited-archive', options.archive, 'somebody edited this archive after it was exported');
    const { header } = archive;
    if (options.bulkConstraints === true)
      session = await openBulkSession({ dataSource, session, header, policy, signal, onQuery });
    const draft = await draftSchema(session, dataSource, policy, findings, header.entities);
    if (options.ignoreNonexistent !== true) refuseNonexistent(archive.header, draft);
    draft.problems.throwAny();
    return await run(dataSource, session, archive, draft, options, findings);
  } catch (error) {
    if (error instanceof RefusedError) await proveWhole(archive);
    throw error;
  } finally {
    await session.close();
  }
}

/** A damaged archive can look like one of another schema: it is refused for what it is. @throws RefusedError ARCHIVE_DAMAGED */
async function proveWhole(archive: ArchiveReader): Promise<void> {
  if (archive.trailer !== undefined) return;
  const objects = archive.encoded()[Symbol.asyncIterator]();
  while ((await objects.next()).done !== true);
}

async function run(
  dataSource: DataSource,
  session: PinnedSession,
  archive: ArchiveReader,
  { schema, tablesNamed }: DraftSchema,
  options: ImportOptions,
  findings: Findings,
): Promise<ImportResult> {
  const onConflict = options.onConflict ?? 'fail';
  const { signal } = options;
  const targets = findDrift({
    header: archive.header,
    ...{ schema, tablesNamed },
    onConflict,
    ignoreNonexistent: options.ignoreNonexistent ?? false,
    findings,
  });
  const dryRun = options.dryRun ?? false;
  const empty = await emptyTables(session, targets);
  const progress = options.onProgress === undefined ? undefined : new ImportProgress(archive, targets, options.onProgress);
  const { onProgress } = progress ?? {};
  const planOptions = { session, archive, schema, targets, empty, findings, onProgress, signal };
  const bulk =
    options.bulkConstraints === true ? await BulkConstraints.open({ session, schema, targets, empty, findings }) : undefined;
  progress?.writesAtOnce();
  const written = await planAndWrite({ ...planOptions, dryRun, bulk });
  if (written === undefined) progress?.plansFirst();
  const made = written?.plan ?? (await makePlan(planOptions));
  progress?.planned(made);
  tellNewValues(archive.header, made.models, findings);
  await tellSkipped(archive, made, findings);
  await tellSkippedLinks(archive, made, findings);
  const external = await checkExternal(session, schema, archive, findings);
  const plan: Plan = {
    ...made,
    conflicts: [...made.conflicts, ...external.kept].slice(0, conflictsKept),
    conflictCount: made.conflictCount + external.count,
  };
  if (options.plan !== undefined)
    await writeLines(options.plan, planLines(archive, plan, { onConflict }, options.verbose ?? false));
  const finish = (status: ImportResult['status'], links: LinkCounts, conflicts: readonly Conflict[]): ImportResult => ({
    status,
    plan: planCounts(plan.models),
    links,
    conflicts,
    findings: findings.all,
    statistics: { ...session.statistics },
  });
  const unlisted = plan.conflictCount - plan.conflicts.length;
  if (unlisted > 0)
    findings.warn('conflicts-not-listed', options.archive, `${String(unlisted)} more conflicts are counted, not listed`);
  if (plan.conflictCount > 0) return finish('refused', await countLinks(session, schema, archive, plan), plan.conflicts);
  try {
    const { digests } = written ?? {};
    const links = await writeAndVerify({ ...planOptions, plan, digests, dryRun, bulk });
    await tellNestedSets(session, schema, plan.models, findings);
    refuseWarnings(options, findings);
    const later = await moveSequences(session, plan, { findings, dryRun });
    if (dryRun) {
      await session.rollback();
      return finish('planned', links, []);
    }
    // It tells of what is in the target: it gets its name when that is so.
    const idMap = options.idMap === undefined ? undefined : await stageLines(options.idMap, idMapLines(archive, plan));
    try {
      await commit(dataSource, session);
    } catch (error) {
      await idMap?.discard();
      throw error;
    }
    for (const after of later) await after(session);
    await idMap?.publish().catch((error: unknown) => {
      throw mapMissing(error, options.idMap ?? '');
    });
    return finish('done', links, []);
  } catch (error) {
    if (!(error instanceof ConstraintError)) throw error;
    const reason = conflictReasonOf(error);
    if (reason === undefined) throw error;
    const by = await refusedBy(session, error);
    const conflict = conflictOf(reason, by, schema);
    const collisions = reason === 'unique' ? await findCollisions(archive, plan, by.table, by.constraint) : [];
    return finish('refused', { insert: {}, same: {} }, collisions.length > 0 ? collisions : [conflict]);
  }
}

function conflictReasonOf(error: ConstraintError): 'unique' | 'missing-reference' | undefined {
  const { code } = (error.cause ?? {}) as { readonly code?: string };
  return code === '23505' || code === '23P01' ? 'unique' : code === '23503' ? 'missing-reference' : undefined;
}

/** What the database found when the rows were written: two objects of the archive that collide, or another writer's. */
function conflictOf(reason: Conflict['reason'], { table, constraint }: RefusedBy, schema: Schema): Conflict {
  const entity = [...schema.entities.values()].find((one) => isTable(one.table, table));
  const unique = [...(entity?.uniques ?? []), ...(entity?.exclusions ?? [])].find(({ name }) => name === constraint);
  const reference = schema.references.find((one) => one.child === entity?.model && one.constraint?.name === constraint);
  const columns = unique?.columns ?? reference?.columns ?? [];
  const conflict: Conflict = {
    object: entity?.model ?? table ?? '',
    reason,
    constraint: constraint ?? '',
    columns,
    inTheWay: '',
  };
  return unique?.operators === undefined ? conflict : { ...conflict, excludes: true };
}

function mapMissing(cause: unknown, path: string): FailedError {
  return new FailedError('ID_MAP_MISSING', `${path}: the id map has not got its name, but the objects are imported`, {
    cause,
    hint: 'Run the import again: it finds them there, writes none, and makes the map.',
  });
}

/** A connection lost at COMMIT leaves a question, which the server can answer by the transaction's number. */
async function commit(dataSource: DataSource, session: PinnedSession): Promise<void> {
  const [row] = await session.query('SELECT pg_catalog.pg_current_xact_id()', [], { what: 'number the transaction' });
  try {
    await session.commit();
  } catch (error) {
    if (!(error instanceof PortolanError) || error.code !== 'CONNECTION_LOST') throw error;
    const status = await transactionStatus(dataSource, row?.[0] ?? '');
    if (status === 'committed') return;
    if (status === 'aborted') throw error;
    throw new FailedError(
      'COMMIT_UNKNOWN',
      'the connection was lost while the import was committed: whether it took place is not known',
      {
        cause: error,
        hint: 'Run the import again: what is there already is reported as same, and nothing is written twice.',
      },
    );
  }
}

/** A server that has not noticed the loss yet says `in progress`: it is asked again for some seconds. */
async function transactionStatus(dataSource: DataSource, id: string): Promise<string | undefined> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const status = await askStatus(dataSource, id);
    if (status !== 'in progress') return status;
    await setTimeout(100);
  }
  return undefined;
}

async function askStatus(dataSource: DataSource, id: string): Promise<string | undefined> {
  try {
    const session = await openReadSession(dataSource);
    try {
      const [row] = await session.query('SELECT pg_catalog.pg_xact_status($1::xid8)', [id]);
      return row?.[0] ?? undefined;
    } finally {
      await session.close();
    }
  } catch {
    return undefined;
  }
}
