import type { QueryRunner } from 'typeorm';
import { FailedError } from '../../errors/portolan-error.js';
import type { OnQuery, Purpose } from '../query-event.js';
import type { QueryStatistics, ServerFacts, Statement, TextRow } from '../session.js';
import { StatementClock } from '../statement-clock.js';
import { sendCancelRequest } from './cancel-request.js';
import type { Client } from './client.js';
import { farewell, queryTimeout, rawText } from './client.js';
import { copyOut } from './copy-out.js';
import { databaseError } from './database-error.js';
import type { PinnedSession } from './pinned-session.js';
import { SourceError } from './source-error.js';

export interface SessionOptions {
  /** Aborting it cancels the running statement and closes the connection. */
  readonly signal?: AbortSignal | undefined;
  /** Told of each statement when it has ended. */
  readonly onQuery?: OnQuery | undefined;
}

/** One connection of the application's pool for the length of one transaction. */
export class PostgresSession implements PinnedSession {
  readonly statistics: QueryStatistics = { queries: 0, rows: 0, bytes: 0 };
  readonly server: ServerFacts;
  readonly #runner: QueryRunner;
  readonly #client: Client;
  readonly #onQuery: OnQuery | undefined;
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

  constructor(runner: QueryRunner, client: Client, server: ServerFacts, { signal, onQuery }: SessionOptions) {
    this.#runner = runner;
    this.#client = client;
    this.server = server;
    this.#onQuery = onQuery;
    this.#signal = signal;
    this.#gone = new Promise((resolve) => {
      this.#onEnd = resolve;
    });
    client.on('end', this.#onEnd);
    client.on('error', this.#onError);
    signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  async query(sql: string, parameters: readonly (string | null)[] = [], purpose?: Purpose): Promise<readonly TextRow[]> {
    const clock = this.#enter(sql);
    let count = 0;
    try {
      const { rows, rowCount } = await this.#client.query({
        text: sql,
        values: parameters,
        rowMode: 'array',
        types: rawText,
        ...queryTimeout(this.#client),
      });
      count = rowCount ?? rows.length;
      return rows;
    } catch (error) {
      throw this.#failure(error);
    } finally {
      clock.pause();
      this.#leave(sql, purpose, count, clock);
    }
  }

  async *copyOut(statement: string | Statement, purpose?: Purpose): AsyncGenerator<Buffer> {
    const sql = typeof statement === 'string' ? statement : statement.shown;
    const clock = this.#enter(sql);
    let rows = 0;
    const abandon = (): Promise<void> => this.#break(new FailedError('CANCELED', 'reading was stopped'));
    const onEnd = (count: number): void => {
      rows = count;
    };
    try {
      for await (const chunk of copyOut(this.#client, statement, abandon, onEnd)) {
        this.statistics.bytes += chunk.length;
        clock.pause();
        try {
          yield chunk;
        } finally {
          clock.resume();
        }
      }
    } catch (error) {
      throw this.#failure(error);
    } finally {
      clock.pause();
      this.#leave(sql, purpose, rows, clock);
    }
  }

  async copyIn(sql: string, chunks: AsyncIterable<Buffer | string>, purpose?: Purpose): Promise<number> {
    const clock = this.#enter(sql);
    let rows = 0;
    const { statistics } = this;
    async function* counted(): AsyncGenerator<Buffer | string> {
      clock.pause();
      try {
        for await (const chunk of chunks) {
          statistics.bytes += chunk.length;
          clock.resume();
          yield chunk;
          clock.pause();
        }
      } finally {
        clock.resume();
      }
    }
    try {
      // Who only reads need not load it.
      const { copyIn } = await import('./copy-in.js');
      rows = await copyIn(this.#client, sql, counted());
      return rows;
    } catch (error) {
      if (error instanceof SourceError) throw error.cause;
      throw this.#failure(error);
    } finally {
      clock.pause();
      this.#leave(sql, purpose, rows, clock);
    }
  }

  async exportSnapshot(): Promise<string> {
    const [row] = await this.query('SELECT pg_catalog.pg_export_snapshot()', [], { what: 'share the snapshot' });
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
  #enter(sql: string): StatementClock {
    this.#signal?.throwIfAborted();
    if (this.#broken !== undefined) throw databaseError(this.#broken, 'talking to the database');
    if (this.#closing !== undefined && this.#transaction === 'ended') throw new TypeError('the session is closed');
    if (this.#busy) throw new TypeError('the session is busy: one statement at a time');
    this.#busy = true;
    this.#statement = sql;
    this.statistics.queries += 1;
    return new StatementClock();
  }

  /** Keywords that a statement begins with say what it is for where nothing else does; what stands behind them may be a value. */
  #leave(sql: string, purpose: Purpose | undefined, rows: number, { milliseconds }: StatementClock): void {
    this.#busy = false;
    this.statistics.rows += rows;
    if (this.#onQuery === undefined) return;
    const { what = /^[A-Z]+(?: [A-Z]+)*/u.exec(sql)?.[0] ?? '', table } = purpose ?? {};
    this.#onQuery({ purpose: what, table: table && `${table.schema}.${table.name}`, rows, milliseconds });
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
