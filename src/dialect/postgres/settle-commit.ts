import { setTimeout } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { FailedError, PortolanError } from '../../errors/portolan-error.js';
import type { PinnedSession } from './pinned-session.js';
import { openReadSession } from './session.js';

/**
 * Commits. A connection lost at COMMIT leaves a question, which the server can answer by the transaction's number.
 *
 * @throws FailedError CONNECTION_LOST: nothing was committed; COMMIT_UNKNOWN: nobody answers
 */
export async function settleCommit(
  dataSource: DataSource,
  session: PinnedSession,
  { what, hint }: { readonly what: string; readonly hint: string },
): Promise<void> {
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
      `the connection was lost while ${what} was committed: whether it took place is not known`,
      { cause: error, hint },
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
