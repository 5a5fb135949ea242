import type { ConflictStrategy, MergeRule, MissingRule, RemapRule } from '../../src/index.js';

export type Value = string | number | null;
export type Row = Readonly<Record<string, Value>>;
export type Tables = Readonly<Record<string, readonly Row[]>>;

export interface Edge {
  readonly columns: readonly string[];
  readonly parent: string;
  readonly parentColumns: readonly string[];
}

export interface Unique {
  readonly columns: readonly string[];
  /** Equal columns of all rows: who has the same is the same. */
  readonly plain: boolean;
  /** Whether no two such rows can be there. */
  clash(a: Row, b: Row): boolean;
}

export interface WorldTable {
  readonly columns: readonly string[];
  readonly key: readonly string[];
  readonly uniques: readonly Unique[];
  readonly edges: readonly Edge[];
  /** The key's column that a sequence gives. */
  readonly drawn: string | undefined;
}

export interface ModelRules {
  readonly onConflict?: ConflictStrategy;
  readonly naturalKey?: readonly string[];
  readonly merge?: MergeRule;
  readonly missing?: MissingRule;
  readonly fill?: Readonly<Record<string, string>>;
}

export interface Rules {
  readonly onConflict: ConflictStrategy;
  readonly remap: RemapRule;
  readonly offset: number | undefined;
  /** By table. */
  readonly models: Readonly<Record<string, ModelRules>>;
}

/** An object of the archive. */
export interface Thing {
  readonly table: string;
  readonly row: Row;
}

/** What the archive says. */
export interface Brought {
  /** In its order. A placeholder may hold some columns only: others are not compared. */
  readonly things: readonly Thing[];
  /** Objects that stayed at home, by {@link homeName}: the rows of the target that they are. */
  readonly atHome: ReadonlyMap<string, Row>;
}

export interface Predicted {
  readonly thing: Thing;
  readonly decision: 'insert' | 'same' | 'update' | 'merge' | 'remap' | 'skip' | 'conflict';
  /** The target's row that is written or left as it is; undefined for a new one. */
  readonly before: Row | undefined;
  /** As far as no key that is drawn is in it: these are {@link drawnOf}. */
  readonly after: Row | undefined;
  /** What references lead to. */
  readonly now: Row | undefined;
}

export interface Prediction {
  readonly refused: boolean;
  readonly all: readonly Predicted[];
}

/** Stands for the key that an object gets from a sequence. */
export const drawnOf = (table: string, row: Row): string => `drawn ${table} ${String(row['id'])}`;

export const homeName = (table: string, key: readonly Value[]): string => `${table} ${JSON.stringify(key)}`;
