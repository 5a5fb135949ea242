import type { AbsentRule } from '../inside/absent-rule.js';
import type { Inside } from '../inside/inside.js';
import type { ModelPolicy, OnDelete } from '../policy/policy.js';

/**
 * The chart: one frozen value that says everything the engine knows of the tables it moves. It is built from the
 * database catalog (what columns really are), TypeORM metadata (names and relations) and the policy (declared
 * references), by `build-schema.ts`; nothing behind it reads TypeORM metadata.
 */
export interface Schema {
  /** Every table that can take part, by model name; join tables included. Views are not here. */
  readonly entities: ReadonlyMap<string, Entity>;
  /** Every edge between them, in a fixed order. */
  readonly references: readonly Reference[];
  /** References whose keys stand inside values, in a fixed order. They lead up only, and nothing can be written instead of the value. */
  readonly inner: readonly InnerReference[];
  /** What values only mention, in a fixed order: nobody follows it, and an import under new keys rewrites it. */
  readonly mentions: readonly Mention[];
  /** Many-to-many links, in a fixed order. */
  readonly links: readonly Link[];
}

/** One table. */
export interface Entity {
  /** `app.model`, in lower case: unique, as the archive writes it. */
  readonly model: string;
  /** `app` and `name` as the user writes them: `demoapp`, `BookInstance`. */
  readonly app: string;
  readonly name: string;
  readonly table: TableName;
  /** Whether its rows lie in partitions. No other table has the rows of those that inherit from it. */
  readonly partitioned: boolean;
  /** Names of further entities that share the table: of single-table inheritance, or mapped on it a second time; and the name it had before the policy renamed it. */
  readonly aliases?: readonly string[] | undefined;
  /** `link`: a join table, whose rows are folded into lists on the owner's side. */
  readonly role: 'object' | 'link';
  /** All columns that exist in the database, in the order in which members stand in the archive (sorted by `member`). */
  readonly columns: readonly Column[];
  /** Names of the key columns, in key order. Empty where no unique row identity exists. */
  readonly key: readonly string[];
  readonly uniques: readonly UniqueConstraint[];
  /** Exclusion constraints: rows of which they keep one need not be equal. */
  readonly exclusions: readonly UniqueConstraint[];
  /** Columns by which people know a row: from the policy, else the first plain unique constraint that is not the key. */
  readonly naturalKey: readonly string[];
  /** Whether TypeORM metadata knows this table. */
  readonly known: boolean;
  /** User triggers that fire on INSERT or UPDATE. */
  readonly triggers: readonly string[];
  /** The catalog's estimate; -1 when never analysed. */
  readonly estimatedRows: number;
  readonly discriminator: Discriminator | undefined;
  readonly nestedSet: NestedSet | undefined;
  /** The column that holds the keys of a row's ancestors and its own, each with a dot behind it: TypeORM's materialized path. */
  readonly materializedPath: string | undefined;
  /** What the policy says of it, by whatever name. */
  readonly policy: ModelPolicy | undefined;
}

/** Of single-table inheritance: what tells the kinds of rows apart. */
export interface Discriminator {
  readonly column: string;
  /** By the name of a child entity: the values of its rows and of those of its own children. */
  readonly kinds: ReadonlyMap<string, readonly string[]>;
}

/** A tree whose rows are numbered through all of the table: the columns that hold a row's numbers and its parent's key. */
export interface NestedSet {
  readonly left: string;
  readonly right: string;
  readonly parent: readonly string[];
}

export interface TableName {
  readonly schema: string;
  readonly name: string;
}

/** How a value stands in the archive and how keys made of it are ordered. */
export type ValueKind =
  /** `int2`, `int4`, `int8`, `oid` and domains over them: JSON number where exact. Ordered as integers. */
  | 'integer'
  /** `float4`, `float8`, `numeric` and domains over them: JSON number where exact. Ordered as numbers. */
  | 'number'
  | 'boolean'
  /** Everything else: the server's text as a JSON string. Ordered by bytes. */
  | 'text';

export type IntegerType = 'int2' | 'int4' | 'int8';

/** Types whose values are ids, each written in one way. */
export type IdType = IntegerType | 'uuid';

export interface Column {
  /** The column's name in the database. */
  readonly name: string;
  /** TypeORM's property path; undefined where the metadata does not know the column. */
  readonly property: string | undefined;
  /** The member of `fields` under which it stands in the archive; for key columns, the member of a composite `pk`. */
  readonly member: string;
  /** `format_type` with every schema written out: usable in a cast. */
  readonly type: string;
  /** The type without its modifier, for arrays of values that are only compared: `bpchar`, `numeric`, `bigint` for every integer. */
  readonly lookupType: string;
  /** The integer type itself, under any domain. A set of it is hashed; one of a wider type would be searched value by value. */
  readonly integer: IntegerType | undefined;
  /** The operator by which values of the type are equal, usable with an empty search_path: `=` or `OPERATOR(public.=)`. */
  readonly equality: string;
  /** The collation, as it is written in SQL, where it is not the database's own. */
  readonly collation: string | undefined;
  readonly kind: ValueKind;
  /**
   * Whether two values are equal exactly when their texts are: false for citext, char(n), numeric, floats,
   * nondeterministic collations and the like. References over such columns are resolved by the database.
   */
  readonly exact: boolean;
  readonly nullable: boolean;
  /** The default's expression, or undefined. */
  readonly default: string | undefined;
  /** Columns the database computes are read and compared, never written. */
  readonly generated: boolean;
  readonly identity: 'always' | 'by default' | undefined;
  /** The sequence that feeds it, found by catalog: owned by the column, or named by `nextval` in its default. */
  readonly sequence: TableName | undefined;
  /** Set when the value never leaves, and why. A withheld column is absent from the archive, not null. */
  readonly withheld: 'secret' | 'excluded' | undefined;
  /** Whether the value is a secret, by its name or as the policy says: also where it leaves all the same. */
  readonly secret?: boolean | undefined;
  /** SQL expression over the row whose value leaves instead. */
  readonly replaced?: string | undefined;
  /** SQL of what the database computes it from, over unqualified column names. */
  readonly generatedAs?: string | undefined;
  /** Whether a TypeORM transformer sits on it: the stored value is what travels. */
  readonly transformed: boolean;
}

export interface UniqueConstraint {
  readonly name: string;
  /** Plain columns; empty where any part is an expression. */
  readonly columns: readonly string[];
  /** SQL of each part, for expression indexes too, over unqualified column names. */
  readonly parts: readonly string[];
  /** SQL of a partial index's predicate. */
  readonly predicate: string | undefined;
  readonly nullsNotDistinct: boolean;
  /** By part: rows for which all of these hold exclude each other. Undefined where equal ones do. */
  readonly operators: readonly string[] | undefined;
  readonly primary: boolean;
  readonly deferrable: boolean;
}

/** An edge: columns of a child entity that hold a unique set of columns of a parent entity. */
export interface Reference {
  /** `demoapp.book.author`: child model and relation name, or column names joined by `+`. Unique. */
  readonly name: string;
  readonly child: string;
  readonly columns: readonly string[];
  readonly parent: string;
  readonly parentColumns: readonly string[];
  /** `parentColumns` is the parent's key and all columns compare exactly: a key can be taken straight from the child. */
  readonly direct: boolean;
  /** Equal values of both ends have equal texts, or {@link asText} says how they differ. */
  readonly exact: boolean;
  /** Where text holds the parent's ids as the server writes them: by column, of what type they are; undefined for one that is of their type. */
  readonly asText: readonly (IdType | undefined)[] | undefined;
  /** Catalog nullability: a NULL may be written to at least one of the columns that is not part of the child's key. */
  readonly nullable: boolean;
  readonly source: 'constraint' | 'metadata' | 'declared';
  /** The constraint behind it: with a validated one, every reference has its parent. */
  readonly constraint: { readonly name: string; readonly deferrable: boolean; readonly validated: boolean } | undefined;
  /** At most one child per parent. */
  readonly unique: boolean;
  /** Whether an index finds children by what they hold. */
  readonly indexed: boolean;
  /** Declared references only: the reference holds where this column has this text (`recipient.type` = `1`). */
  readonly when: { readonly column: string; readonly value: string } | undefined;
  /** The parent-side relation is eager, and the child references nothing else; or the policy says so (design.md §3). */
  readonly part: boolean;
  /** What the policy says of following it. */
  readonly follow: FollowSettings;
  /** Of an {@link InnerReference}: where the keys stand in the value of its column. */
  readonly inside?: Inside | undefined;
}

/** A declared reference from one column to one: in the value stand any number of keys. */
export interface InnerReference extends Reference {
  readonly inside: Inside;
}

/** An object that a value mentions, and that need not be there. The value can be the key itself. */
export interface Mention extends InnerReference {
  /** What is written under new keys where the object has not come. */
  readonly absent: AbsentRule;
}

export interface FollowSettings {
  /** `cut` writes NULL instead of following. */
  readonly up: 'follow' | 'cut';
  readonly down: 'follow' | 'skip';
  /** SQL over the child's columns: only these children are followed down. */
  readonly where: string | undefined;
  /** At most this many children per parent are followed down, in key order. */
  readonly limit: number | undefined;
  /** What becomes of the child of a parent that is deleted; undefined where the policy does not say. */
  readonly onDelete: OnDelete | undefined;
}

/** A many-to-many relation: a join table seen from its owner's side. */
export interface Link {
  /** `demoapp.book.genre`: owner model and member name in the owner's `fields`. Unique. */
  readonly name: string;
  /** The model of the join table's entity (`role: 'link'`). */
  readonly through: string;
  readonly member: string;
  /** The two references of the join table: to the owner and to the other side. */
  readonly owner: Reference;
  readonly inverse: Reference;
}
