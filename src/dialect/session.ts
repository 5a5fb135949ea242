import type { Purpose } from './query-event.js';

/** What the engine needs of one pinned database connection inside one transaction. Never used concurrently. */
export interface Session {
  readonly server: ServerFacts;
  readonly statistics: QueryStatistics;
  /** Runs one statement and returns its rows as server texts. Without a purpose its own keyword tells what it is for. */
  query(sql: string, parameters?: readonly (string | null)[], purpose?: Purpose): Promise<readonly TextRow[]>;
  /** Runs `COPY (…) TO STDOUT` in text format; yields raw chunks, cut anywhere. */
  copyOut(sql: string | Statement, purpose?: Purpose): AsyncIterable<Buffer>;
  /** Runs `COPY … FROM STDIN` in text format; resolves to the number of rows. */
  copyIn(sql: string, chunks: AsyncIterable<Buffer | string>, purpose?: Purpose): Promise<number>;
}

/** A statement too long to be made before it is sent. */
export interface Statement {
  /** Its text as far as people are to see it: without the keys in it. */
  readonly shown: string;
  /** Bytes of UTF-8. */
  readonly length: number;
  /** All of them. A piece may be overwritten when the next is asked for. */
  pieces(): Iterable<Buffer>;
}

/** One row: each column's server text, null for SQL NULL. */
export type TextRow = readonly (string | null)[];

export interface ServerFacts {
  /** `server_version_num`, e.g. 180004. */
  readonly version: number;
  readonly host: string;
  readonly database: string;
  readonly user: string;
  readonly standby: boolean;
  /** What the connection had before it was pinned. */
  readonly searchPath: string;
}

/** Counted for `--verbose` and the benchmark. */
export interface QueryStatistics {
  queries: number;
  /** That the database gave or took. */
  rows: number;
  /** Of them by COPY. */
  bytes: number;
}
