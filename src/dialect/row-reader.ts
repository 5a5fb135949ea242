import type { Entity } from '../schema/schema.js';
import type { Key } from '../closure/key.js';
import type { KeyView } from '../closure/key-set.js';

/** Some columns of an entity that together hold a key or a reference. */
export type ColumnGroup = readonly string[];

/** Keys in any order, or a set of them. */
export type KeyValues = Iterable<Key> | KeyView;

export function isView(values: KeyValues): values is KeyView {
  return 'sorted' in values;
}

/** Which rows: those where `columns` hold one of `values`, narrowed by `when`, `where` (SQL) and `limit` rows per value. */
export interface RowSelection {
  readonly entity: Entity;
  readonly columns: ColumnGroup;
  readonly values: KeyValues;
  /**
   * Set where `values` are keys of another entity that does not stand in `columns` itself: join to it on
   * `columns = through.columns`, and look the values up in its `through.keyColumns`.
   */
  readonly through?: { readonly entity: Entity; readonly columns: ColumnGroup; readonly keyColumns: ColumnGroup } | undefined;
  /**
   * Set where `values` are what a reference holds in these columns, and its parent may write them otherwise: they are compared as the
   * reference compares them.
   */
  readonly heldIn?: { readonly entity: Entity; readonly columns: ColumnGroup } | undefined;
  /** Only rows whose column has this text: what a declared reference holds for. */
  readonly when?: { readonly column: string; readonly value: string } | undefined;
  readonly where?: string | undefined;
  readonly limit?: number | undefined;
  /** SQL conditions: a last group comes with the number of the first that a row fails, from 0; null where it fails none. */
  readonly rules?: readonly string[] | undefined;
  /**
   * Set where equal values are equal keys, so that rows can be told without the database: whether more values than one statement takes are
   * worth a scan of the table, as no index finds them, or only where they are many beside its rows.
   */
  readonly scan?: 'always' | 'of few rows' | undefined;
  /** Rows that are known already and need not come again: those whose integer `column` holds one of `keys`. */
  readonly except?: readonly { readonly column: string; readonly keys: readonly Key[] }[] | undefined;
}

/** What joins two entities: a reference, from the table that holds it to its parent; or two references of a join table, from one parent to the other. */
export interface RowJoin {
  readonly holder: Entity;
  readonly when?: RowSelection['when'];
  readonly references: readonly { readonly columns: ColumnGroup; readonly entity: Entity; readonly parentColumns: ColumnGroup }[];
}

/** Column-major: `groups[g][row]` is the key in group g, null where any of its columns is NULL. */
export interface KeyBatch {
  readonly count: number;
  readonly groups: readonly (readonly (Key | null)[])[];
}

/** Rows named by what they hold: those where one of the columns holds one of its keys. */
export interface RowSet {
  readonly entity: Entity;
  readonly anyOf: readonly HeldKeys[];
  /** SQL conditions, without which a row is none of them. */
  readonly rules?: readonly string[] | undefined;
  /** Rows that hold one of these are none of them. */
  readonly without?: readonly HeldKeys[] | undefined;
  /** Of them only those that hold one of these. */
  readonly among?: HeldKeys | undefined;
}

/** A single column, and keys that it may hold. */
export interface HeldKeys {
  readonly column: string;
  /** The model that the keys are of. */
  readonly of: string;
  readonly keys: Pick<KeyView, 'size' | 'listed' | 'sorted'>;
}

/** What is known of a set without reading it. */
export interface Census {
  /** Rows by the first entry of `anyOf` that brings them. */
  readonly brought: readonly number[];
  /** Rows that are brought and fail a rule, by the first that they fail. */
  readonly failed: readonly number[];
  /** Rows of which some column holds none of the keys that it should be within. */
  readonly lacking: number;
}

/** One step from row to row, by integers or UUIDs: from the key that rows of `holder` have in one column to the one they have in another. */
export interface Hop {
  /** Where it starts and ends: rows of one model in one role are at one place. */
  readonly place: number;
  readonly leadsTo: number;
  readonly holder: Entity;
  readonly from: string;
  readonly to: string;
  /** Set where the row that has this key may not be there. */
  readonly target: Entity | undefined;
  readonly when: RowSelection['when'];
  readonly where: RowSelection['where'];
}

/** Rows from which hops start. */
export interface Start {
  readonly place: number;
  readonly keys: readonly Key[];
}

/** Reads keys and rows of one database state. Several readers may see the same snapshot. */
export interface RowReader {
  /** Keys held by `select` of the selected rows. Batches of any size, rows in any order. One query per 50 000 values or so. */
  keys(selection: RowSelection, select: readonly ColumnGroup[]): AsyncIterable<KeyBatch>;
  /** The same of all rows of a table. One query. */
  every(entity: Entity, rules: RowSelection['rules'], select: readonly ColumnGroup[]): AsyncIterable<KeyBatch>;
  /** The keys of both ends of a join, in two groups, where one end has one of the keys. The database compares what references hold. */
  pairs(join: RowJoin, known: 0 | 1, keys: Iterable<Key>): AsyncIterable<KeyBatch>;
  /**
   * Rows in COPY text format (`\n` after each, columns as given, with what leaves in them), in the order of `keys`, which must be
   * in the archive's order. Chunks end at row ends. A key without row gives nothing.
   */
  rows(entity: Entity, columns: readonly string[], keys: Iterable<Key>): AsyncIterable<Buffer>;
  /**
   * The same, of keys that are much of the table: one query reads it whole, in order, and what has none of the keys is left out here. The
   * columns begin with those of the key; equal keys are written alike, and nothing leaves in place of what a row has.
   */
  rowsAmong(entity: Entity, columns: readonly string[], keys: KeyView): AsyncIterable<Buffer>;
  /**
   * Keys that hops lead to, hop after hop, as many as `limit`, the nearest first: the number of the hop, and the key. Each hop should be one
   * that an index serves. One query.
   */
  reach(starts: readonly Start[], hops: readonly Hop[], limit: number): AsyncIterable<KeyBatch>;
  /** Whether this database tests a column against many keys as a set; else rows are to be named by their keys. */
  readonly describes: boolean;
  /** Counts a set, and its rows that hold something else than NULL or the keys of `within`. One query. */
  census(set: RowSet, within: readonly HeldKeys[]): Promise<Census>;
  /** What those rows hold: a group for each entry of `within`, null where it holds nothing new. */
  lacking(set: RowSet, within: readonly HeldKeys[]): AsyncIterable<KeyBatch>;
  /** Keys held by `select` of the rows of a set, but those of `except`: by one query, however many columns bring them. */
  keysOf(set: RowSet, select: readonly ColumnGroup[], except: RowSelection['except']): AsyncIterable<KeyBatch>;
  /** All rows of a set as {@link RowReader.rows} gives them, in the archive's order. One query. */
  rowsOf(set: RowSet, columns: readonly string[]): AsyncIterable<Buffer>;
  /** All rows of a table in COPY text format, cut anywhere, sorted by some columns as an archive sorts keys. One query. */
  table(entity: Entity, columns: readonly string[], by: readonly string[]): AsyncIterable<Buffer>;
}
