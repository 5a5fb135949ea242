import type { DataSource, QueryRunner } from 'typeorm';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import type { Readable, Writable } from 'node:stream';
import { once } from 'node:events';
import { FailedError, UsageError } from '../../errors/portolan-error.js';
import type { QueryStatistics, ServerFacts, Session, TextRow } from '../session.js';
import { databaseError } from './database-error.js';
import { quoteLiteral } from './sql.js';

/** A session whose transaction its opener ends. */
export interface PinnedSession extends Session {
  /** Makes this transaction's snapshot available to others. */
  exportSnapshot(): Promise<string>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
  /** Rolls back what is open and gives the connection back; a broken one is closed. */
  close(): Promise<void>;
}

export interface ReadSessionOptions {
  /** What {@link PinnedSession.exportSnapshot} of another session gave. */
  readonly snapshot?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Opens a read-only transaction in which every statement sees the same state of the database. */
export async function openReadSession(dataSource: DataSource, options: ReadSessionOptions = {}): Promise<PinnedSession> {
  return open(dataSource, 'BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY', options);
}

/** Opens the transaction in which an import reads, writes and verifies. */
export async function openWriteSession(dataSource: DataSource, options: { readonly signal?: AbortSignal | undefined } = {}): Promise<PinnedSession> {
  const session = await open(dataSource, 'BEGIN ISOLATION LEVEL REPEATABLE READ, READ WRITE', options);
  try {
    await session.query('SET CONSTRAINTS ALL DEFERRED');
  } catch (error) {
    await session.close();
    throw error;
  }
  return session;
}

/** What we use of a `pg` client. */
interface Client {
  query(config: {
    text: string;
    values?: readonly (string | null)[];
    rowMode: 'array';
    types: { getTypeParser: () => (text: string) => string };
  }): Promise<{ rows: TextRow[] }>;
  query<Stream>(stream: Stream): Stream;
  on(event: 'error', listener: (error: Error) => void): void;
  off(event: 'error', listener: (error: Error) => void): void;
  readonly connection?: { readonly stream?: { destroy(): void } };
}

/** As pg_dump pins its session: what comes out depends on the data alone (design.md §2). */
const pins: readonly (readonly [string, string])[] = [
  ['search_path', ''],
  ['timezone', 'UTC'],
  ['datestyle', 'ISO, MDY'],
  ['intervalstyle', 'postgres'],
  ['extra_float_digits', '1'],
  ['bytea_output', 'hex'],
  ['xmloption', 'content'],
  ['row_security', 'off'],
  ['statement_timeout', '0'],
  ['lock_timeout', '0'],
  ['idle_in_transaction_session_timeout', '0'],
  ['standard_conforming_strings', 'on'],
  ['client_encoding', 'UTF8'],
  ['lc_monetary', 'C'],
  ['quote_all_identifiers', 'off'],
  ['array_nulls', 'on'],
];

async function open(dataSource: DataSource, begin: string, options: ReadSessionOptions): Promise<PinnedSession> {
  if (!dataSource.isInitialized) {
    throw new UsageError('DATA_SOURCE_CLOSED', 'the data source is not initialized', { hint: 'await dataSource.initialize() first.' });
  }
  const { type } = dataSource.options;
  if (type !== 'postgres') {
    throw new UsageError('UNSUPPORTED_DATABASE', `the data source is of type ${type}; PostgreSQL is supported`);
  }
  const runner = dataSource.createQueryRunner('master');
  let session: PostgresSession | undefined;
  try {
    const client = (await runner.connect()) as unknown as Client;
    session = new PostgresSession(runner, client, dataSource, options.signal);
    await session.query(begin);
    if (options.snapshot !== undefined) await session.query(`SET TRANSACTION SNAPSHOT ${quoteLiteral(options.snapshot)}`);
    const settings = pins.map(([name, value]) => `pg_catalog.set_config(${quoteLiteral(name)}, ${quoteLiteral(value)}, true)`);
    await session.query(`SELECT ${settings.join(', ')}`);
    await session.readFacts();
    return session;
  } catch (error) {
    if (session === undefined) await runner.release().catch(() => undefined);
    else await session.close();
    throw databaseError(error, 'connecting to the database');
  }
}

class PostgresSession implements PinnedSession {
  readonly statistics: QueryStatistics = { queries: 0, rows: 0, bytes: 0 };
  readonly #runner: QueryRunner;
  readonly #client: Client;
  readonly #host: string;
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort = (): void => {
    this.#breakConnection(new FailedError('CANCELED', 'interrupted'));
  };
  readonly #onError = (error: Error): void => {
    this.#broken ??= error;
  };
  #server: ServerFacts | undefined;
  #broken: Error | undefined;
  #ended = false;

  constructor(runner: QueryRunner, client: Client, dataSource: DataSource, signal: AbortSignal | undefined) {
    this.#runner = runner;
    this.#client = client;
    this.#signal = signal;
    this.#host = hostOf(dataSource.options as { readonly host?: string; readonly url?: string });
    client.on('error', this.#onError);
    signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  get server(): ServerFacts {
    if (this.#server === undefined) throw new TypeError('the session is not open yet');
    return this.#server;
  }

  async readFacts(): Promise<void> {
    const [row] = await this.query(
      "SELECT pg_catalog.current_setting('server_version_num'), current_database(), current_user, pg_catalog.pg_is_in_recovery()",
    );
    const [version, database, user, standby] = row ?? [];
    this.#server = Object.freeze({
      version: Number(version),
      host: this.#host,
      database: database ?? '',
      user: user ?? '',
      standby: standby === 't',
    });
    if (this.#server.version < 130000) {
      throw new UsageError('UNSUPPORTED_DATABASE', 'the server is older than PostgreSQL 13', { hint: 'PostgreSQL 13 to 18 are supported.' });
    }
  }

  async query(sql: string, parameters: readonly (string | null)[] = []): Promise<readonly TextRow[]> {
    this.#check();
    this.statistics.queries += 1;
    try {
      const { rows } = await this.#client.query({ text: sql, values: parameters, rowMode: 'array', types: rawText });
      this.statistics.rows += rows.length;
      return rows;
    } catch (error) {
      throw this.#failure(error);
    }
  }

  async *copyOut(sql: string): AsyncGenerator<Buffer> {
    this.#check();
    this.statistics.queries += 1;
    const stream = this.#client.query(copyTo(sql) as unknown as Readable);
    let whole = false;
    try {
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        this.statistics.bytes += chunk.length;
        yield chunk;
      }
      whole = true;
    } catch (error) {
      whole = true;
      throw this.#failure(error);
    } finally {
      // A reader that stops early leaves rows on the wire: that connection cannot be used again.
      if (!whole) this.#breakConnection(new FailedError('CANCELED', 'reading was stopped'));
    }
  }

  async copyIn(sql: string, chunks: AsyncIterable<Buffer | string>): Promise<number> {
    this.#check();
    this.statistics.queries += 1;
    const stream = this.#client.query(copyFrom(sql) as unknown as Writable & { readonly rowCount: number });
    const finished = new Promise<void>((resolve, reject) => {
      stream.once('finish', resolve);
      stream.once('error', reject);
    });
    finished.catch(() => undefined);
    try {
      for await (const chunk of chunks) {
        this.statistics.bytes += chunk.length;
        if (stream.destroyed || stream.errored !== null) break;
        if (!stream.write(chunk)) await Promise.race([once(stream, 'drain'), finished]);
      }
    } catch (error) {
      stream.destroy(error instanceof Error ? error : new Error(String(error)));
      await finished.catch(() => undefined);
      throw this.#failure(error);
    }
    try {
      stream.end();
      await finished;
      return stream.rowCount;
    } catch (error) {
      throw this.#failure(error);
    }
  }

  async exportSnapshot(): Promise<string> {
    const [row] = await this.query('SELECT pg_catalog.pg_export_snapshot()');
    return row?.[0] ?? '';
  }

  async commit(): Promise<void> {
    await this.query('COMMIT');
    this.#ended = true;
  }

  async rollback(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    if (this.#broken === undefined) await this.query('ROLLBACK');
  }

  async close(): Promise<void> {
    this.#signal?.removeEventListener('abort', this.#onAbort);
    await this.rollback().catch((error: unknown) => {
      this.#broken ??= error instanceof Error ? error : new Error(String(error));
    });
    if (this.#broken !== undefined) this.#client.connection?.stream?.destroy();
    await this.#runner.release().catch(() => undefined);
    this.#client.off('error', this.#onError);
    // The pool may still learn of the loss after it got the connection back.
    if (this.#broken !== undefined) this.#client.on('error', () => undefined);
  }

  #check(): void {
    this.#signal?.throwIfAborted();
    if (this.#broken !== undefined) throw databaseError(this.#broken, 'talking to the database');
  }

  #failure(error: unknown): Error {
    if (this.#signal?.aborted === true) return this.#signal.reason as Error;
    const failure = databaseError(this.#broken ?? error, 'talking to the database');
    if (failure.code === 'CONNECTION_LOST') this.#broken ??= failure;
    return failure;
  }

  /** The server ends a statement whose connection is gone, and rolls back. */
  #breakConnection(reason: Error): void {
    this.#broken ??= reason;
    this.#client.connection?.stream?.destroy();
  }
}

const rawText = { getTypeParser: () => (text: string) => text };

function hostOf(options: { readonly host?: string; readonly url?: string }): string {
  if (options.url !== undefined && URL.canParse(options.url)) return new URL(options.url).hostname;
  return options.host ?? 'localhost';
}
