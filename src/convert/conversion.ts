import type { ArchiveHeader, ArchiveValue } from '../archive/archive.js';
import type { ValueKind } from '../schema/schema.js';

/** One converter held against one archive: what becomes of its schema, and of the objects of each model. */
export interface Conversion {
  /** How the policy names the converter, for messages: `converters.0`. */
  readonly where: string;
  readonly before: ArchiveHeader;
  readonly after: ArchiveHeader;
  /** By model before, those whose objects change. */
  readonly models: ReadonlyMap<string, ModelConversion>;
  /** By name before: references and many-to-many relations that have another, or are not there any more. */
  readonly references: ReadonlyMap<string, string | undefined>;
}

export interface ModelConversion {
  readonly model: string;
  /** Undefined where its objects stay out. */
  readonly to: string | undefined;
  /** Member before → after, of those that change; undefined for what is not there any more. */
  readonly members: ReadonlyMap<string, string | undefined>;
  /** Members whose values are lost: dropped, and nothing was made of them. */
  readonly dropped: readonly string[];
  readonly constants: readonly ConstantColumn[];
  readonly computed: readonly ComputedColumn[];
}

export interface ConstantColumn {
  readonly member: string;
  readonly value: ArchiveValue;
}

export interface ComputedColumn {
  readonly member: string;
  /** How the policy names it, for messages. */
  readonly where: string;
  /** What the user wrote. */
  readonly sql: string;
  readonly type: ExpressionType;
}

/** What comes of an expression, and what is made of it. */
export interface ExpressionType {
  /** That of the column; as SQL, with its modifier. */
  readonly type: string;
  readonly kind: ValueKind;
  /** That of the expression, where a value must come back unchanged when it is made one of that type again. */
  readonly provenBy: string | undefined;
}
