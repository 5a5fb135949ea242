import type { QueryRunner } from 'typeorm';
import { FailedError } from '../../errors/portolan-error.js';
import type { QueryStatistics, ServerFacts, TextRow } from '../session.js';
import { sendCancelRequest } from './cancel-request.js';
import type { Client } from './client.js';
import { farewell, queryTimeout, rawText } from './client.js';
import { copyIn, SourceError } from './copy-in.js';
import { copyOut } from './copy-out.js';
import { databaseError } from './database-error.js';
import type { PinnedSession } from './pinned-session.js';

/** One connection of the application's pool for the length of one transaction. */
export class PostgresSession implements PinnedSession {
  readonly statistics: QueryStatistics = { queries: 0, rows: 0, bytes: 0 };
  readonly server: ServerFacts;
  readonly #runner: QueryRunner;
  readonly #client: Client;
  #signal: AbortSignal | undefined;
  readonly #gone: Promise<void>;
  #onEnd = (): void => undefined;
  #transaction: 'open' | 'ended' = 'open';
  #busy = false;
  #statement = '';
  /** Why the connection is of no more use. */
  #broken: Error | undefined;
  #breaking: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  constructor(runner: QueryRunner, client: Client, server: ServerFacts, signal: AbortSignal | undefined) {
    this.#runner = runner;
    this.#client = client;
    this.server = server;
    this.#signal = signal;
    this.#gone = new Promise((resolve) => {
      this.#onEnd = resolve;
    });
    client.on('end', this.#onEnd);
    client.on('error', this.#onError);
    signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  async query(sql: string, parameters: readonly (string | null)[] = []): Promise<readonly TextRow[]> {
    this.#enter(sql);
    try {
      const { rows } = await this.#client.query({
        text: sql,
        values: parameters,
        rowMode: 'array',
        types: rawText,
        ...queryTimeout(this.#client),
      });
      this.statistics.rows += rows.length;
      return rows;
    } catch (error) {
      throw this.#failure(error);
    } finally {
      this.#busy = false;
    }
  }

  async *copyOut(sql: string): AsyncGenerator<Buffer> {
    this.#enter(sql);
    try {
      for await (const chunk of copyOut(this.#client, sql, () =>
        this.#break(new FailedError('CANCELED', 'reading was stopped')),
      )) {
        this.statistics.bytes += chunk.length;
        yield chunk;
      }
    } catch (error) {
      throw this.#failure(error);
    } finally {
      this.#busy = false;
    }
  }

  async copyIn(sql: string, chunks: AsyncIterable<Buffer | string>): Promise<number> {
    this.#enter(sql);
    const { statistics } = this;
    async function* counted(): AsyncGenerator<Buffer | string> {
      for await (const chunk of chunks) {
        statistics.bytes += chunk.length;
        yield chunk;
      }
    }
    try {
      const rows = await copyIn(this.#client, sql, counted());
      statistics.rows += rows;
      return rows;
    } catch (error) {
      if (error instanceof SourceError) throw error.cause;
      throw this.#failure(error);
    } finally {
      this.#busy = false;
    }
  }

  async exportSnapshot(): Promise<string> {
    const [row] = await this.query('SELECT pg_catalog.pg_export_snapshot()');
    return row?.[0] ?? '';
  }

  async commit(): Promise<void> {
    // From here on nobody could say that nothing was done: an abort comes too late.
    this.#signal?.throwIfAborted();
    this.#signal?.removeEventListener('abort', this.#onAbort);
    this.#signal = undefined;
    await this.query('COMMIT');
    this.#transaction = 'ended';
  }

  async rollback(): Promise<void> {
    if (this.#transaction === 'ended') return;
    if (this.#broken === undefined && this.#breaking === undefined && !this.#busy) await this.query('ROLLBACK');
    this.#transaction = 'ended';
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    this.#signal?.removeEventListener('abort', this.#onAbort);
    if (this.#busy) await this.#break(new FailedError('CANCELED', 'the session was closed'));
    await this.rollback().catch((error: unknown) => this.#break(asError(error)));
    if (this.#broken !== undefined) await this.#break(this.#broken);
    await this.#runner.release().catch(() => undefined);
    // A connection that is broken stays watched: the pool throws it away, and nobody else would hear its last words.
    if (this.#broken !== undefined) return;
    this.#client.off('error', this.#onError);
    this.#client.off('end', this.#onEnd);
  }

  readonly #onAbort = (): void => {
    void this.#break(new FailedError('CANCELED', 'interrupted'));
  };

  readonly #onError = (error?: Error): void => {
    this.#broken ??= error ?? new Error('connection terminated');
  };

  /** Counts a statement, and refuses it where it would wait for ever: behind a COPY whose consumer sends it, or on a dead connection. */
  #enter(sql: string): void {
    this.#signal?.throwIfAborted();
    if (this.#broken !== undefined) throw databaseError(this.#broken, 'talking to the database');
    if (this.#closing !== undefined && this.#transaction === 'ended') throw new TypeError('the session is closed');
    if (this.#busy) throw new TypeError('the session is busy: one statement at a time');
    this.#busy = true;
    this.#statement = sql;
    this.statistics.queries += 1;
  }

  #failure(error: unknown): Error {
    if (this.#signal?.aborted === true) return asError(this.#signal.reason);
    const failure = databaseError(this.#broken ?? error, 'talking to the database', this.server, this.#statement);
    if (failure.code === 'CONNECTION_LOST') this.#broken ??= failure;
    return failure;
  }

  /** Stops what the server does for this connection, then closes it; the server rolls back. */
  #break(reason: Error): Promise<void> {
    this.#broken ??= reason;
    this.#breaking ??= (async () => {
      if (this.#busy) await sendCancelRequest(this.#client);
      this.#client.connection?.stream?.destroy();
      // The pool must have heard of it before it gets the connection back, or it would hand it to the next.
      await Promise.race([this.#gone, delay(farewell)]);
    })();
    return this.#breaking;
  }
}

function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds).unref());
}

function asError(value: unknown): Error {
  return value instanceof Error ? value : new Error(String(value));
}
