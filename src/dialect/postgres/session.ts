import type { DataSource, QueryRunner } from 'typeorm';
import { FailedError, UsageError } from '../../errors/portolan-error.js';
import type { ServerFacts } from '../session.js';
import type { Client } from './client.js';
import { cutConnection, rawText } from './client.js';
import { connectionError } from './connection-error.js';
import { connectionTarget } from './connection-target.js';
import { databaseError, readOnlyDatabase } from './database-error.js';
import type { PinnedSession } from './pinned-session.js';
import { pinStatement } from './pins.js';
import type { SessionOptions } from './postgres-session.js';
import { PostgresSession } from './postgres-session.js';
import { quoteLiteral } from './sql.js';

export interface LockingSessionOptions extends SessionOptions {
  /** Tables, as SQL, that are locked against other definitions (ROW EXCLUSIVE, as who writes to them does) before the snapshot is taken. */
  readonly locked?: readonly string[] | undefined;
}

export interface ReadSessionOptions extends SessionOptions {
  /** What `exportSnapshot` of another session gave. */
  readonly snapshot?: string | undefined;
  /** Which server of a replicated data source. Default: the master, whose state is the newest. */
  readonly role?: 'master' | 'slave' | undefined;
}

/**
 * Opens a read-only transaction in which every statement sees the same state of the database.
 *
 * @throws UsageError UNSUPPORTED_DATABASE, DATA_SOURCE_CLOSED; FailedError NO_CONNECTION, POOL_EXHAUSTED
 */
export function openReadSession(dataSource: DataSource, options: ReadSessionOptions = {}): Promise<PinnedSession> {
  const begin = ['BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY'];
  if (options.snapshot !== undefined) begin.push(`SET TRANSACTION SNAPSHOT ${quoteLiteral(options.snapshot)}`);
  return open(dataSource, begin, options.role ?? 'master', options);
}

/**
 * Opens the transaction in which an import reads, writes and verifies. Deferrable constraints are checked at its end.
 *
 * @throws as {@link openReadSession}; FailedError READ_ONLY_DATABASE on a standby
 */
export function openWriteSession(dataSource: DataSource, options: LockingSessionOptions = {}): Promise<PinnedSession> {
  const begin = ['BEGIN ISOLATION LEVEL REPEATABLE READ, READ WRITE', 'SET CONSTRAINTS ALL DEFERRED'];
  const { locked = [] } = options;
  // None of these needs a snapshot; the first query behind them takes it.
  if (locked.length > 0)
    begin.push(
      'SET LOCAL lock_timeout = 0',
      'SET LOCAL statement_timeout = 0',
      `LOCK TABLE ${locked.join(', ')} IN ROW EXCLUSIVE MODE`,
    );
  return open(dataSource, begin, 'master', options, refuseStandby);
}

/** It would say only that it does not support such a transaction. */
function refuseStandby({ standby }: ServerFacts): void {
  if (standby) throw readOnlyDatabase('opening the session');
}

async function open(
  dataSource: DataSource,
  begin: readonly string[],
  role: 'master' | 'slave',
  options: SessionOptions,
  check: (server: ServerFacts) => void = () => undefined,
): Promise<PinnedSession> {
  const { signal } = options;
  signal?.throwIfAborted();
  const { type } = dataSource.options;
  if (type !== 'postgres') {
    throw new UsageError('UNSUPPORTED_DATABASE', `the data source is of type "${type}"; only "postgres" is supported`);
  }
  if (!dataSource.isInitialized) {
    throw new UsageError('DATA_SOURCE_CLOSED', 'the data source is not initialized', {
      hint: 'Call dataSource.initialize() first.',
    });
  }
  const runner = dataSource.createQueryRunner(role);
  const client = await connected(dataSource, runner, signal);
  let session: PostgresSession | undefined;
  try {
    const server = await serverFacts(client);
    session = new PostgresSession(runner, client, server, options);
    check(server);
    for (const statement of begin) await session.query(statement);
    await session.query(pinStatement(server.version), [], { what: 'pin the settings' });
    return session;
  } catch (error) {
    if (session !== undefined) await session.close();
    else {
      await cutConnection(client);
      await runner.release();
    }
    throw signal?.aborted === true ? signal.reason : databaseError(error, 'opening the session');
  }
}

async function connected(dataSource: DataSource, runner: QueryRunner, signal: AbortSignal | undefined): Promise<Client> {
  const pool = (dataSource.driver as unknown as { readonly master?: Pool }).master;
  const connecting = runner.connect() as Promise<Client>;
  // A pool with nothing to give waits for ever by default, and nobody will give back while we wait for ourselves.
  let timer: NodeJS.Timeout | undefined;
  const giveUp = new Promise<never>((_, reject) => {
    signal?.addEventListener(
      'abort',
      () => {
        reject(signal.reason as Error);
      },
      { once: true },
    );
    timer = setTimeout(() => {
      if ((pool?.waitingCount ?? 0) === 0) return;
      const max = String(pool?.options?.max ?? 'all');
      const hint = 'Raise poolSize of the data source, use fewer --jobs, or give connections back.';
      reject(new FailedError('POOL_EXHAUSTED', `the data source has no connection left: ${max} are in use`, { hint }));
    }, poolPatience);
  });
  try {
    const client = await Promise.race([connecting, giveUp]);
    if (client.connection === undefined) {
      throw new UsageError('UNSUPPORTED_DATABASE', 'the data source uses the native driver of pg', {
        hint: 'Leave `nativeDriver` and NODE_PG_FORCE_NATIVE out: COPY needs the driver in JavaScript.',
      });
    }
    return client;
  } catch (error) {
    // Should the connection come after all, it goes back at once.
    connecting.then(() => runner.release()).catch(() => undefined);
    throw signal?.aborted === true ? signal.reason : connectionError(error, connectionTarget(dataSource));
  } finally {
    clearTimeout(timer);
  }
}

const poolPatience = 10_000;

interface Pool {
  readonly options?: { readonly max?: number };
  readonly waitingCount?: number;
}

/** Asked before the transaction begins: an old server would not understand what follows. */
async function serverFacts(client: Client): Promise<ServerFacts> {
  const { rows } = await client.query({
    text:
      "SELECT pg_catalog.current_setting('server_version_num'), pg_catalog.current_database()::pg_catalog.text, " +
      'CURRENT_USER::pg_catalog.text, pg_catalog.pg_is_in_recovery()::pg_catalog.text, ' +
      "pg_catalog.current_setting('search_path')",
    values: [],
    rowMode: 'array',
    types: rawText,
  });
  const [version, database, user, standby, searchPath] = rows[0] ?? [];
  if (Number(version) < oldestVersion) {
    throw new UsageError('UNSUPPORTED_DATABASE', `the server is PostgreSQL ${String(Math.floor(Number(version) / 10_000))}`, {
      hint: 'PostgreSQL 13 to 18 are supported.',
    });
  }
  return Object.freeze({
    version: Number(version),
    host: client.host ?? 'localhost',
    database: database ?? '',
    user: user ?? '',
    standby: standby === 'true',
    searchPath: searchPath ?? '',
  });
}

const oldestVersion = 130_000;
