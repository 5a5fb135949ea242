import type { Statement } from '../session.js';
import type { StatementStream } from './send-statement.js';
import { sendStatement } from './send-statement.js';

/** What a query sees of the driver's connection. */
interface Connection {
  readonly stream: Socket;
  query(sql: string): void;
}

type Listener = (chunk: Buffer) => void;

interface Socket extends StatementStream {
  destroy(error: unknown): unknown;
  listeners(event: 'data'): readonly unknown[];
  on(event: 'data', listener: Listener): unknown;
  off(event: 'data', listener: Listener): unknown;
  pause(): unknown;
  resume(): unknown;
}

const copyData = 0x64;
const copyDone = 0x63;
const copyOutResponse = 0x48;
const errorResponse = 0x45;
/** A message's type, and its length without that byte. */
const headerLength = 5;

/** The server waits while more than this has not been fetched. */
const queueLimit = 1024 * 1024;

/**
 * A `COPY … TO STDOUT` as the driver's client submits it. It reads the socket itself while rows come, since the driver, and the
 * libraries for it, make several objects of each row: here the messages' payloads are moved together within the chunk they came
 * in, and everything that is not a row goes to the driver.
 * https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-COPY
 */
export class CopyOutQuery {
  /** Set by the client; to be called when the query is over. */
  callback?: () => void;
  readonly #sql: string | Statement;
  #connection: Connection | undefined;
  #listeners: readonly Listener[] = [];
  /** Bytes of the message that the last chunk was cut in: of its header, or of its rows still to come. */
  #header: Buffer = Buffer.alloc(0);
  #payload = 0;
  readonly #queue: Buffer[] = [];
  #queued = 0;
  #failure: { readonly error: unknown } | undefined;
  #rows = 0;
  #ended = false;
  #wake: () => void = () => undefined;

  constructor(sql: string | Statement) {
    this.#sql = sql;
  }

  /** How many rows there were; 0 before the end, and where it failed. */
  get rows(): number {
    return this.#rows;
  }

  /** Whether the server has said the last word of it. */
  get ended(): boolean {
    return this.#ended;
  }

  /** The next bytes, cut anywhere; undefined at the end. @throws what the driver says */
  async next(): Promise<Buffer | undefined> {
    for (;;) {
      const chunk = this.#queue.shift();
      if (chunk !== undefined) {
        this.#queued -= chunk.length;
        if (this.#queued < queueLimit) this.#connection?.stream.resume();
        return chunk;
      }
      if (this.#failure !== undefined) throw this.#failure.error;
      if (this.#ended) return undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  submit(connection: Connection): void {
    const { stream } = connection;
    this.#connection = connection;
    this.#listeners = stream.listeners('data') as Listener[];
    for (const listener of this.#listeners) stream.off('data', listener);
    stream.on('data', this.#onData);
    if (typeof this.#sql === 'string') connection.query(this.#sql);
    else
      sendStatement(stream, this.#sql).catch((error: unknown) => {
        stream.destroy(error);
      });
  }

  handleError(error: unknown): void {
    this.#detach();
    this.#failure ??= { error };
    this.#ended = true;
    this.#wake();
  }

  /** With the server's words: `COPY 12`. */
  handleCommandComplete({ text = '' }: { readonly text?: string }): void {
    this.#rows = Number(/^COPY (\d+)$/u.exec(text)?.[1] ?? 0);
  }

  handleReadyForQuery(): void {
    this.#detach();
    this.#ended = true;
    this.#wake();
  }

  readonly #onData = (received: Buffer): void => {
    const chunk = this.#header.length === 0 ? received : Buffer.concat([this.#header, received]);
    this.#header = Buffer.alloc(0);
    let rows = Math.min(this.#payload, chunk.length);
    let at = rows;
    this.#payload -= rows;
    while (at < chunk.length) {
      if (chunk.length - at < headerLength) {
        this.#header = chunk.subarray(at);
        break;
      }
      const type = chunk[at];
      const end = at + 1 + chunk.readUInt32BE(at + 1);
      if (type === copyData) {
        const here = Math.min(end, chunk.length);
        chunk.copyWithin(rows, at + headerLength, here);
        rows += here - at - headerLength;
        this.#payload = end - here;
        at = here;
      } else if (type === copyDone || type === errorResponse) {
        this.#push(chunk.subarray(0, rows));
        this.#detach();
        this.#forward(chunk.subarray(at));
        return;
      } else if (end > chunk.length) {
        this.#header = chunk.subarray(at);
        break;
      } else {
        if (type !== copyOutResponse) this.#forward(chunk.subarray(at, end));
        at = end;
      }
    }
    if (this.#header.length > 0) this.#header = Buffer.from(this.#header);
    this.#push(chunk.subarray(0, rows));
  };

  #push(rows: Buffer): void {
    if (rows.length === 0) return;
    this.#queue.push(rows);
    this.#queued += rows.length;
    if (this.#queued >= queueLimit) this.#connection?.stream.pause();
    this.#wake();
  }

  #forward(messages: Buffer): void {
    for (const listener of this.#listeners) listener(messages);
  }

  /** Gives the socket back to the driver. */
  #detach(): void {
    const stream = this.#connection?.stream;
    if (stream === undefined) return;
    this.#connection = undefined;
    stream.off('data', this.#onData);
    for (const listener of this.#listeners) stream.on('data', listener);
    stream.resume();
  }
}
