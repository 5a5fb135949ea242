import type { TableName } from '../schema/schema.js';

/** What a statement is for, in names of the schema: neither a value nor a key may stand here. */
export interface Purpose {
  readonly what: string;
  /** What it reads or writes. */
  readonly table?: TableName | undefined;
}

/** One statement that has ended, well or not. No value and no key is in it. */
export interface QueryEvent {
  /** What it was for; statements of the same purpose on the same table differ in their keys only. */
  readonly purpose: string;
  /** The table that it read or wrote, with its schema; undefined where it is about none, or about many. */
  readonly table: string | undefined;
  /** Rows that it gave or took. */
  readonly rows: number;
  /** How long the database was waited for: what was done with the rows meanwhile is not in it. */
  readonly milliseconds: number;
}

export type OnQuery = (event: QueryEvent) => void;
