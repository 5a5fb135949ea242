import type { Closure } from '../closure/closure.js';
import type { Key } from '../closure/key.js';
import type { Entity } from '../schema/schema.js';

/** A reference whose value is written as NULL where `is` says so. */
export interface Cut {
  readonly columns: readonly string[];
  is(key: Key): boolean;
}

/** The references of an entity that are cut: always, or where they hold a row that stays out. */
export function cutsOf(closure: Closure, entity: Entity): readonly Cut[] {
  const cuts: Cut[] = [];
  for (const [reference, values] of closure.cut) {
    if (reference.child !== entity.model) continue;
    cuts.push({ columns: reference.columns, is: values === 'all' ? () => true : (key) => values.has(key) });
  }
  return cuts;
}
