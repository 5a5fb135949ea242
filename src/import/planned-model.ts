import type { Key } from '../closure/key.js';
import type { KeySet } from '../closure/key-set.js';
import { formatObjectName } from '../seeds/object-name.js';
import type { Decisions } from './decisions.js';
import type { ModelMapping } from './model-mapping.js';
import type { TargetModel } from './target.js';

/** What an import will do with the objects of one model. */
export interface PlannedModel {
  readonly target: TargetModel;
  readonly decisions: Decisions;
  /** Keys of the archive; {@link unaskedKeys} where nothing means its objects. */
  readonly keys: KeySet;
  /** Keys that stay out by `skip`. */
  readonly skipped: KeySet;
  /** Those among them that stay out for what is in the target, not for what they need. */
  readonly inTheWay: KeySet;
  /** For skipped keys: the key of the target's row that is proven to be the same, and that references use. */
  readonly standIns: Map<Key, Key>;
  /** For skipped keys: rows in their way that are neither that nor have the key; undefined where no plan tells of them. */
  readonly rivals: Map<Key, readonly Key[]> | undefined;
  /** Where objects can have other keys in the target than in the archive. */
  readonly mapping: ModelMapping | undefined;
  /** No row of the table was there when the plan was made. */
  readonly empty: boolean;
}

/** The row of the target that an object is or stands for it; undefined where nothing does. */
export function rowOf({ skipped, standIns, mapping }: PlannedModel, key: Key): Key | undefined {
  return skipped.has(key) ? standIns.get(key) : (mapping?.moved.get(key) ?? key);
}

export function objectName(target: TargetModel, key: Key): string {
  return formatObjectName({ ...target.entity, model: target.model }, key);
}
