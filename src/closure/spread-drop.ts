import type { RowReader } from '../dialect/row-reader.js';
import type { Entity, Reference } from '../schema/schema.js';
import { keySetIn } from './create-key-set.js';
import type { Edges } from './edges.js';
import type { Key } from './key.js';
import type { KeySet } from './key-set.js';
import type { LeftOut, LeftOutRule } from './left-out.js';
import type { Membership } from './membership.js';

/** A taken row that needs one that stays out, in a column that cannot be NULL. */
export interface FallenRow {
  readonly model: string;
  readonly key: Key;
}

interface RowsOut {
  readonly entity: Entity;
  readonly keys: readonly Key[];
  readonly rule: LeftOutRule;
}

/**
 * From rows that stay out to the taken rows that need them: where the reference can be NULL its value is cut, else the row
 * falls too, and what needs that one. `leftOut` and `cut` are extended; the caller walks again when anything fell.
 */
export async function spreadDrop(
  edges: Edges,
  reader: RowReader,
  membership: Membership,
  dropped: ReadonlyMap<string, KeySet>,
  ruleOf: (model: string) => LeftOutRule,
  leftOut: LeftOut,
  cut: Map<Reference, KeySet>,
): Promise<readonly FallenRow[]> {
  const fallen: FallenRow[] = [];
  const queue = [...dropped].flatMap(([model, keys]) => byRule(edges.entity(model), keys, ruleOf(model), leftOut));
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const { entity: parent, keys, rule } = next;
    for (const reference of edges.down(parent.model)) {
      if (reference.follow.up === 'cut') continue;
      const child = edges.entity(reference.child);
      if (child.key.length === 0) continue;
      const through = reference.direct ? undefined : { entity: parent, columns: reference.parentColumns, keyColumns: parent.key };
      const selection = { entity: child, columns: reference.columns, values: keys, through, when: reference.when };
      const fresh: Key[] = [];
      for await (const batch of reader.keys(selection, [child.key, reference.columns])) {
        for (let row = 0; row < batch.count; row += 1) {
          const key = batch.groups[0]?.[row];
          const value = batch.groups[1]?.[row];
          if (key === null || key === undefined || !membership.has(child.model, key, 'shared')) continue;
          if (!reference.nullable) {
            if (leftOut.add(child, key, rule)) fresh.push(key);
          } else if (value !== null && value !== undefined) {
            keySetIn(cut, reference, { ...child, key: reference.columns }).add(value);
          }
        }
      }
      for (const key of fresh) fallen.push({ model: child.model, key });
      if (fresh.length > 0) queue.push({ entity: child, keys: fresh, rule });
    }
  }
  return fallen;
}

/** Rows that were met and kept out. Those that fell before stay out for the reason that they had. */
function byRule(entity: Entity, keys: KeySet, rule: LeftOutRule, leftOut: LeftOut): readonly RowsOut[] {
  const groups = new Map<LeftOutRule, Key[]>();
  for (const key of keys.sorted()) {
    leftOut.add(entity, key, rule);
    const own = leftOut.ruleOf(entity.model, key) ?? rule;
    const group = groups.get(own);
    if (group === undefined) groups.set(own, [key]);
    else group.push(key);
  }
  return [...groups].map(([own, some]) => ({ entity, keys: some, rule: own }));
}
