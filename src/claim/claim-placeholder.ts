import type { DataSource } from 'typeorm';
import { planToApply } from '../changes/plan-to-apply.js';
import { keepOrDiscard, publishRecords } from '../changes/publish-records.js';
import { countChangedRows, proveNothingElseGone } from '../changes/row-counts.js';
import { rowDigests } from '../changes/row-digests.js';
import { stageRecord } from '../changes/stage-record.js';
import { toKey } from '../closure/key.js';
import type { PinnedSession } from '../dialect/postgres/pinned-session.js';
import { readableColumns } from '../dialect/postgres/readable-columns.js';
import { openWriteSession } from '../dialect/postgres/session.js';
import { settleCommit } from '../dialect/postgres/settle-commit.js';
import { refuseUnknownOptions } from '../errors/refuse-unknown-options.js';
import { Findings } from '../findings/finding.js';
import { refuseWarnings } from '../findings/refuse-warnings.js';
import { mergePolicy } from '../policy/merge-policy.js';
import { buildSchema } from '../schema/build-schema.js';
import { hasIntegerKey } from '../schema/has-integer-key.js';
import type { Entity } from '../schema/schema.js';
import { claimJournal } from './claim-journal.js';
import type { ClaimOptions, ClaimResult } from './claim-options.js';
import { claimOptionNames } from './claim-options.js';
import { agreeOnRows, tellClaim } from './claim-plan.js';
import type { NamedRows } from './find-claimed-rows.js';
import { findClaimedRows } from './find-claimed-rows.js';
import { moveEverything } from './move-everything.js';
import type { TouchedRows } from './touched-rows.js';

/**
 * A placeholder turns out to be a row that the target has: all that refers to it refers to that row, and it goes, in one transaction. Only
 * rows that the id map of an import marks as placeholders are claimed. Keys inside values follow; a mention that cannot is told of. With
 * `applyPlan` it is what an earlier call wrote as its `plan`, or nothing.
 *
 * @example
 * await importObjects(dataSource, { archive: 'book.json', policy, idMap: 'ids.jsonl' });
 * await claimPlaceholder(dataSource, { placeholder: 'auth.User.41', object: 'auth.User[username=ada]', idMap: 'ids.jsonl' });
 *
 * @throws RefusedError NO_PLACEHOLDER, CLAIM_COLLIDES, PLAN_*; UsageError UNKNOWN_OBJECT, CLAIM_UNLIKE; FailedError where the database fails
 */
export async function claimPlaceholder(dataSource: DataSource, options: ClaimOptions): Promise<ClaimResult> {
  refuseUnknownOptions('claimPlaceholder', options, claimOptionNames);
  const findings = options.findings ?? new Findings();
  const { signal, onQuery, dryRun = false, journal, plan } = options;
  const applied = await planToApply(options, 'claim');
  const session = await openWriteSession(dataSource, { signal, onQuery });
  try {
    await options.onTarget?.(session.server);
    const policy = mergePolicy({ policy: options.policy, includeSecrets: ['*'] });
    const schema = await buildSchema(session, dataSource, policy, findings);
    const rows = await findClaimedRows(session, schema, options);
    agreeOnRows(rows, applied);
    const before = await countChangedRows(session);
    const objectDigest = await digestOf(session, rows.entity, rows.object);
    const keeps = journal !== undefined || plan !== undefined || applied !== undefined;
    const { touched, gone, ...told } = await moveEverything({ session, schema, rows, keeps, findings });
    await proveNothingElseGone(session, before, gone, findings);
    refuseWarnings(options, findings);
    await tellClaim({ session, schema, policy, rows, touched, objectDigest, options, applied, findings });
    if (dryRun) await session.rollback();
    else await end({ dataSource, session, rows, touched, journal, findings });
    return {
      ...{ status: dryRun ? 'planned' : 'done', placeholder: rows.names.placeholder, object: rows.names.object },
      ...told,
      ...{ findings: findings.all, statistics: { ...session.statistics } },
    };
  } finally {
    await session.close();
  }
}

/** Of a row as it is now. */
async function digestOf(session: PinnedSession, entity: Entity, texts: readonly string[]): Promise<string> {
  const columns = await readableColumns(session, entity);
  const [digest] = (await rowDigests(session, entity, columns, [toKey(texts, hasIntegerKey(entity))])).values();
  return digest ?? '';
}

interface Ending {
  readonly dataSource: DataSource;
  readonly session: PinnedSession;
  readonly rows: NamedRows;
  readonly touched: readonly TouchedRows[];
  readonly journal: string | undefined;
  readonly findings: Findings;
}

async function end({ dataSource, session, rows, touched, journal, findings }: Ending): Promise<void> {
  const staged =
    journal === undefined ? undefined : await stageRecord(journal, await claimJournal(session, touched, rows.names), findings);
  try {
    await settleCommit(dataSource, session, {
      what: 'the claim',
      hint: 'Run it again: where it took place, it is told that the placeholder has gone.',
    });
  } catch (error) {
    if (staged !== undefined) await keepOrDiscard(staged, error);
    throw error;
  }
  if (staged !== undefined) await publishRecords([staged], 'the placeholder is claimed');
}
