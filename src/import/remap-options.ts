import type { Schema } from '../schema/schema.js';
import type { RemapRule } from '../terms.js';
import type { KeyMap } from './key-map.js';
import type { TargetModel } from './target.js';

/** How objects get other keys. */
export interface RemapOptions {
  readonly rule: RemapRule;
  readonly offset: bigint | undefined;
  /** What earlier id maps say, by entity. */
  readonly given: ReadonlyMap<string, KeyMap>;
  /** Rows among them that stood in for a skipped object: as long as it is skipped, that is decided anew. */
  readonly standIns: ReadonlyMap<string, KeyMap>;
}

/** Whether any object can have another key in the target than in the archive: in an empty table only where that is wanted. */
export function canRemap(
  { rule, given }: RemapOptions,
  schema: Schema,
  targets: ReadonlyMap<string, TargetModel>,
  empty: ReadonlySet<string>,
): boolean {
  if (given.size > 0) return true;
  const own = [...targets.values()];
  const moves = own.some(
    ({ strategy, merge, model }) =>
      (strategy === 'remap' && (rule === 'all' || !empty.has(model))) || (merge !== undefined && !empty.has(model)),
  );
  // Objects that stayed at home can be found by their natural key, too.
  return (
    moves ||
    [...schema.entities.values()].some(
      (entity) => entity.policy?.merge !== undefined && !own.some((target) => target.entity === entity),
    )
  );
}
