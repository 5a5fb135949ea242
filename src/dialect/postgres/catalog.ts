/** What the catalog says of ordinary and partitioned tables, in a fixed number of queries. */
export interface Catalog {
  readonly tables: readonly CatalogTable[];
  readonly columns: readonly CatalogColumn[];
  readonly constraints: readonly CatalogForeignKey[];
  /** Those that keep something unique. */
  readonly indexes: readonly CatalogIndex[];
  /** Those of exclusion constraints. */
  readonly exclusions: readonly CatalogIndex[];
  readonly triggers: readonly { readonly table: string; readonly name: string }[];
  /** Schemas in which unqualified names are looked up by connections that nobody pinned. */
  readonly searchPath: readonly string[];
}

export interface CatalogTable {
  readonly oid: string;
  readonly schema: string;
  readonly name: string;
  /** `r` table, `p` partitioned, `v` view, `m` materialized view, `f` foreign table. */
  readonly kind: string;
  /** The oid of the partitioned table to which this partition belongs in the end; undefined for what is no partition. */
  readonly root: string | undefined;
  /** The oids of the tables from which it inherits (the old way, not as a partition). */
  readonly ancestors: readonly string[];
  readonly estimatedRows: number;
  /** The first column of each index that holds all rows and finds equal values. */
  readonly indexed: readonly string[];
}

export interface CatalogColumn {
  readonly table: string;
  readonly number: number;
  readonly name: string;
  readonly type: string;
  readonly lookupType: string;
  /** Of the type under any domains: category, name and schema in pg_type. */
  readonly category: string;
  readonly baseType: string;
  readonly baseSchema: string;
  /** Of arrays, the same of their elements; else as `baseType` and `baseSchema`. */
  readonly elementType: string;
  readonly elementSchema: string;
  /** `c` for composite types, over domains and arrays too; see pg_type.typtype. */
  readonly elementKind: string;
  /** Of composite types, however deep: what each part is called, and its type as in `elementType`; `record` for one that has parts. */
  readonly parts: readonly { readonly name: string; readonly elementType: string }[];
  readonly equality: string;
  readonly deterministic: boolean;
  /** Other than the database's, as it is written in SQL. */
  readonly collation: string | undefined;
  readonly nullable: boolean;
  readonly default: string | undefined;
  readonly generated: boolean;
  /** What a generated column is computed by. */
  readonly generatedAs: string | undefined;
  readonly identity: 'always' | 'by default' | undefined;
  readonly sequence: { readonly schema: string; readonly name: string } | undefined;
}

/** A foreign key; one of a partition alone, or to one alone, stands here as its root's, not validated. */
export interface CatalogForeignKey {
  readonly name: string;
  readonly table: string;
  readonly columns: readonly string[];
  readonly parent: string;
  readonly parentColumns: readonly string[];
  readonly deferrable: boolean;
  readonly validated: boolean;
  /** MATCH FULL: where one column is NULL, all are. */
  readonly matchFull: boolean;
  /** A temporal one (PERIOD): its range column is left out, so that a value can have several parents. */
  readonly temporal: boolean;
}

export interface CatalogIndex {
  readonly table: string;
  readonly name: string;
  readonly primary: boolean;
  /** Column numbers; 0 for an expression. */
  readonly columns: readonly number[];
  readonly parts: readonly string[];
  readonly predicate: string | undefined;
  readonly nullsNotDistinct: boolean;
  readonly deferrable: boolean;
  readonly immediate: boolean;
  readonly unique: boolean;
  /** By part, where rows exclude each other by more than equality. */
  readonly operators: readonly string[];
}
