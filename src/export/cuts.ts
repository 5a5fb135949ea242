import type { Closure } from '../closure/closure.js';
import type { Key } from '../closure/key.js';
import type { Entity, Reference, Schema } from '../schema/schema.js';

/** A reference whose value is written as NULL where `is` says so. */
export interface Cut {
  readonly columns: readonly string[];
  /** Which of them become NULL: one is enough for the reference to hold nothing. */
  readonly nulls: readonly string[];
  /** Only where this column has this text. */
  readonly when: Reference['when'];
  is(key: Key): boolean;
}

/** The references of an entity that are cut: always, or where they hold a row that stays out. */
export function cutsOf(schema: Schema, closure: Closure, entity: Entity): readonly Cut[] {
  const cuts: Cut[] = [];
  for (const [reference, values] of closure.cut) {
    if (reference.child !== entity.model) continue;
    const { columns } = reference;
    cuts.push({
      columns,
      nulls: nullsOf(schema, entity, reference),
      when: reference.when,
      is: values === 'all' ? () => true : (key) => values.has(key),
    });
  }
  return cuts;
}

/** A column that another reference shares (a tenant's id) stays as it is where the cut can do without it. */
function nullsOf(schema: Schema, entity: Entity, reference: Reference): readonly string[] {
  const nullable = reference.columns.filter(
    (name) => entity.columns.find((column) => column.name === name)?.nullable === true && !entity.key.includes(name),
  );
  const others = schema.references.filter((other) => other !== reference && other.child === entity.model);
  const own = nullable.filter((name) => !others.some((other) => other.columns.includes(name)));
  return own.length > 0 ? own : nullable;
}
