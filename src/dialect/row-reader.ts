import type { Entity } from '../schema/schema.js';
import type { Key } from '../closure/key.js';

/** Some columns of an entity that together hold a key or a reference. */
export type ColumnGroup = readonly string[];

/** Which rows: those where `columns` hold one of `values`, narrowed by `where` (SQL) and `limit` rows per value. */
export interface RowSelection {
  readonly entity: Entity;
  readonly columns: ColumnGroup;
  readonly values: Iterable<Key>;
  /**
   * Set where `values` are keys of another entity that does not stand in `columns` itself: join to it on
   * `columns = through.columns`, and look the values up in its `through.keyColumns`.
   */
  readonly through?: { readonly entity: Entity; readonly columns: ColumnGroup; readonly keyColumns: ColumnGroup } | undefined;
  readonly where?: string | undefined;
  readonly limit?: number | undefined;
  /** Rows that are known already and need not come again: those whose integer `column` holds one of `keys`. */
  readonly except?: readonly { readonly column: string; readonly keys: readonly Key[] }[] | undefined;
}

/** Column-major: `groups[g][row]` is the key in group g, null where any of its columns is NULL. */
export interface KeyBatch {
  readonly count: number;
  readonly groups: readonly (readonly (Key | null)[])[];
}

/** Reads keys and rows of one database state. Several readers may see the same snapshot. */
export interface RowReader {
  /** Keys held by `select` of the selected rows. Batches of any size, rows in any order. One query per 50 000 values or so. */
  keys(selection: RowSelection, select: readonly ColumnGroup[]): AsyncIterable<KeyBatch>;
  /**
   * Rows in COPY text format (`\n` after each, columns as given), in the order of `keys`, which must be
   * in the archive's order. Chunks end at row ends. A key without row gives nothing.
   */
  rows(entity: Entity, columns: readonly string[], keys: Iterable<Key>): AsyncIterable<Buffer>;
}
