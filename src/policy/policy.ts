import type { AbsentRule } from '../inside/absent-rule.js';
import type { ConflictStrategy, MergeRule, MissingRule } from '../terms.js';
import type { Approval } from './approval.js';
import type { Converter } from './converter.js';

/**
 * What one site or application says of its data, as written in `portolan.policy.ts`: what is followed, cut, excluded,
 * known by natural key. Untrusted until `parsePolicy` has read it. Everywhere models are named `app.Model`, `Model` or by table, whatever the case.
 */
export interface Policy {
  readonly models?: Readonly<Record<string, ModelPolicy>>;
  /** Tables that are join tables although they look otherwise. */
  readonly joinTables?: readonly string[];
  /** References that no constraint and no relation shows. */
  readonly references?: readonly DeclaredReference[];
  /** By reference: any name of the model, then the relation or its columns (`Book.author`); or `*`. */
  readonly follow?: Readonly<Record<string, FollowPolicy>>;
  /** Entities whose other instances must never be entered, and what to do where one is reached. Default `error`. */
  readonly boundary?: Readonly<Record<string, EdgeOfWorld>>;
  /** `Model` or `Model.field` → what to do where an excluded row is needed (fields: `error` only). */
  readonly exclude?: Readonly<Record<string, EdgeOfWorld>>;
  readonly roots?: readonly string[];
  readonly shared?: 'full' | 'key';
  /** `Model.field` → whether the value is a secret, whatever its name says. */
  readonly secrets?: Readonly<Record<string, 'secret' | 'public'>>;
  readonly maxObjects?: number;
  readonly maxDepth?: number;
  /** What may leave; where there are several, all hold. */
  readonly approval?: Approval | readonly Approval[];
  /** Models whose objects are counted together, under a word that people know: `{ people: ['User'], messages: ['Message', 'Comment'] }`. */
  readonly highlight?: Readonly<Record<string, readonly string[]>>;
  /** What archives of older schemas become. Of several that fit, the first is taken; what it made of the archive can fit another. */
  readonly converters?: readonly Converter[];
}

/** What happens to a row beyond a boundary or an exclusion: refuse; drop what needs it; or leave it at home as external. */
export type EdgeOfWorld = 'error' | 'drop' | 'stub';

export interface ModelPolicy {
  /** The `app` part of the model's name. */
  readonly app?: string;
  /** The model part of the name, for tables that no entity maps. */
  readonly name?: string;
  /** Columns that identify a row, where the table has no primary key. */
  readonly key?: readonly string[];
  readonly naturalKey?: readonly string[];
  readonly shared?: 'full' | 'key';
  /** One-to-many or inverse one-to-one relations whose rows go wherever this row goes, by property or reference name. */
  readonly parts?: readonly string[];
  readonly onConflict?: ConflictStrategy;
  /** On import an object is the row of the target that has the same natural key; what becomes of that row's other columns. */
  readonly merge?: MergeRule;
  /** What the strategy `remap` adds to a key that is text. */
  readonly keySuffix?: string;
  /** On import: what becomes of its objects that stayed at home (`stub`, `shared: 'key'`) and that the target lacks. Default `refuse`. */
  readonly missing?: MissingRule;
  /** What a new row gets on import in a withheld or excluded column; what a placeholder gets. */
  readonly fill?: Readonly<Record<string, string | null>>;
  /** Files outside of the database that each row names: they leave with it. */
  readonly files?: readonly FilePolicy[];
  /** Which of its rows leave: the first rule that a row fails keeps it at home. */
  readonly rows?: readonly RowRule[];
  /** All rows of the table leave, as shared rows, as far as its rules let them: look-up tables. */
  readonly whole?: boolean;
  /** Column → SQL expression over the row whose value leaves instead. Never of a key, nor of a column that references are made of. */
  readonly values?: Readonly<Record<string, string>>;
}

export interface FilePolicy {
  /** The column that holds the path, or a text with columns in it: `{realm}/{id}.png`. Where one is NULL or empty, no file is named. */
  readonly path: string;
  /** The folder of such paths, in the place where the files are kept and in the archive: `uploads`. */
  readonly under?: string;
  /** They may be missing without a word. */
  readonly optional?: boolean;
}

/** What a row must fulfil to leave. */
export interface RowRule {
  /** Under it those that stay at home are counted. */
  readonly name: string;
  /**
   * SQL condition over the row: its columns by their names, where a query within has the same ones behind the name of the table. Other
   * tables with their schemas. A row for which it is not true stays at home.
   */
  readonly keep: string;
  /** What to do where such a row is needed by one that leaves. */
  readonly otherwise: EdgeOfWorld;
}

/** What a policy says of a model's rows. */
export type RowPolicy = Pick<ModelPolicy, 'rows' | 'whole' | 'values'>;

export interface DeclaredReference {
  /** `Model.field` or `Model.field,field`. Text may hold the integers or UUIDs of `to`, as the server writes them. */
  readonly from: string;
  /** `from` is an array, of which each element is a key. */
  readonly array?: true;
  /** `from` is JSON, and the keys stand where this path leads: `$.users[*].id`. Of SQL/JSON paths: `$`, `.name`, `."name"`, `.*`, `[0]`, `[*]`, `.**`. */
  readonly path?: string;
  /** `from` is text, and this regular expression finds the keys in it: one group stands around the key. */
  readonly pattern?: string;
  /** `Model` (its key) or `Model.field`. */
  readonly to: string;
  /** The reference holds only where this column has this text. */
  readonly when?: { readonly column: string; readonly value: string };
  /**
   * The value only mentions the object, and leaves as it is: it brings nothing, and needs nothing. Where the object comes, too, an import
   * under new keys rewrites it.
   */
  readonly mention?: true;
  /**
   * Of a mention: what an import under new keys writes where the object has not come. Default: NULL for an integer, where the column, the
   * array or the JSON takes it; else `keep`.
   */
  readonly absent?: AbsentRule;
}

export interface FollowPolicy {
  readonly up?: 'follow' | 'cut';
  readonly down?: 'follow' | 'skip';
  readonly where?: string;
  readonly limit?: number;
  /** What becomes of a child when its parent is deleted. Default: `nullify` where the reference can be NULL, else `delete`. */
  readonly onDelete?: OnDelete;
}

/** The child goes too; its reference becomes NULL and it survives with all below it; or it keeps the reference, and so its parent. */
export type OnDelete = 'delete' | 'nullify' | 'keep';

/** Gives a policy file its types. */
export function definePolicy(policy: Policy): Policy {
  return policy;
}
