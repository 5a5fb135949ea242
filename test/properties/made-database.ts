import type { ColumnSet } from './key-kinds.js';

/** A made-up database, and what is true of it: its tables, their rows, and every edge between them. */
export interface MadeDatabase {
  readonly tables: readonly MadeTable[];
  readonly references: readonly MadeReference[];
  readonly links: readonly MadeLink[];
}

export interface MadeTable {
  readonly name: string;
  readonly model: string;
  readonly key: ColumnSet;
  /** How the key was drawn. */
  readonly keyKind: string;
  /** Whether the key is the primary one, or only unique. */
  readonly primary: boolean;
  /** Whether an entity maps it. */
  readonly mapped: boolean;
  /** Whether its rows are links: they leave in lists, not as objects. */
  readonly isJoinTable: boolean;
  /** Columns beside the key. */
  readonly columns: readonly MadeColumn[];
  readonly uniques: readonly (readonly string[])[];
  /** A value for each key column and each of `columns`. */
  readonly rows: readonly (readonly (string | null)[])[];
}

export interface MadeColumn {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
}

export interface MadeReference {
  readonly name: string;
  readonly child: string;
  readonly columns: readonly string[];
  readonly parent: string;
  readonly parentColumns: readonly string[];
  /** What it holds: the parent's key, or a unique set of its columns. */
  readonly target: string;
  /** Whether its columns are there for it alone; else they are key columns. */
  readonly ownColumns: boolean;
  readonly required: boolean;
  /** Whether its columns are of a wider type than those that they refer to. */
  readonly widened: boolean;
  /** By column: whether it holds as text what is a number or UUID there. */
  readonly asText: readonly boolean[];
  readonly unique: boolean;
  readonly constraint: 'validated' | 'not valid' | 'none';
  readonly deferrable: boolean;
  /** How TypeORM knows it: by a relation, by a foreign key, not at all; or the policy declares it. */
  readonly shown: 'relation' | 'foreign key' | 'catalog' | 'policy';
  /** The relation's property. */
  readonly property: string | undefined;
  /** Whether the parent has an eager relation back. */
  readonly eager: boolean;
  /** The reference holds only where this column has this text. */
  readonly when: { readonly column: string; readonly value: string } | undefined;
}

/** Many-to-many by a table without columns of its own; with such columns it is an ordinary table, and not here. */
export interface MadeLink {
  readonly through: string;
  readonly kind: 'plain' | 'generated';
  readonly owner: MadeReference;
  readonly inverse: MadeReference;
  /** The relation's property; undefined where no entity declares it. */
  readonly property: string | undefined;
}
