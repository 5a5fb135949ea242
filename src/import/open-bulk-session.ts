import type { DataSource } from 'typeorm';
import type { ArchiveHeader } from '../archive/archive.js';
import type { SessionOptions } from '../dialect/postgres/postgres-session.js';
import type { PinnedSession } from '../dialect/postgres/pinned-session.js';
import { openWriteSession } from '../dialect/postgres/session.js';
import { ownRows, quoteIdentifier } from '../dialect/postgres/sql.js';
import { FailedError, PortolanError } from '../errors/portolan-error.js';
import { Findings } from '../findings/finding.js';
import type { ParsedPolicy } from '../policy/parsed-policy.js';
import { draftSchema } from '../schema/build-schema.js';
import { targetEntity } from '../schema/target-entity.js';
import { linkInTarget } from './target.js';

export interface BulkSessionOptions extends SessionOptions {
  readonly dataSource: DataSource;
  /** Of no use any more afterwards. */
  readonly session: PinnedSession;
  readonly header: ArchiveHeader;
  readonly policy: ParsedPolicy;
}

/**
 * Begins the import's transaction anew, with the tables locked that it may write to before it has its snapshot. The catalog is read as of
 * that snapshot: without the locks a constraint or a trigger could come between, which nobody but the row by row check would see.
 *
 * @throws FailedError PERMISSION_DENIED: the role may not switch the row by row check off
 */
export async function openBulkSession(options: BulkSessionOptions): Promise<PinnedSession> {
  const { dataSource, session, header, policy, signal, onQuery } = options;
  await refuseWithoutRight(session);
  const { schema } = await draftSchema(session, dataSource, policy, new Findings(), header.entities);
  const tables = new Set<string>();
  for (const model of header.order) {
    const entity = targetEntity(schema, header, model);
    if (entity === undefined) continue;
    tables.add(ownRows(entity));
    for (const [member, described] of Object.entries(header.entities[model]?.links ?? {})) {
      const link = linkInTarget(header, schema, entity, member, described);
      const through = link === undefined ? undefined : schema.entities.get(link.through);
      if (through !== undefined) tables.add(ownRows(through));
    }
  }
  await session.close();
  // Whoever locks several of them goes by the same order.
  return openWriteSession(dataSource, { signal, onQuery, locked: [...tables].sort() });
}

/** Tried, since what a managed server lets its roles do stands in no catalog. */
async function refuseWithoutRight(session: PinnedSession): Promise<void> {
  await session.query('SAVEPOINT before_setting');
  try {
    await session.query('SET LOCAL session_replication_role = replica');
  } catch (cause) {
    if (!(cause instanceof PortolanError) || cause.code !== 'PERMISSION_DENIED') throw cause;
    const role = quoteIdentifier(session.server.user);
    const right =
      session.server.version >= 150000
        ? `Let a superuser say: GRANT SET ON PARAMETER session_replication_role TO ${role}; or leave it out`
        : 'Before PostgreSQL 15 only a superuser may: leave it out';
    throw new FailedError('PERMISSION_DENIED', `bulk constraints: ${role} may not set session_replication_role`, {
      cause,
      detail: cause.detail,
      hint: `${right}, and foreign keys are checked row by row.`,
    });
  }
  await session.query('ROLLBACK TO SAVEPOINT before_setting');
}
