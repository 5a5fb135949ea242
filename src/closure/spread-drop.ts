import type { RowReader } from '../dialect/row-reader.js';
import type { Reference } from '../schema/schema.js';
import { keySetIn } from './create-key-set.js';
import type { Edges } from './edges.js';
import type { Key } from './key.js';
import type { KeySet } from './key-set.js';
import type { Membership } from './membership.js';

/** What must go, and what is written as NULL, because rows it needs stay out. */
export interface DropResult {
  /** Taken rows that need a dropped row in a column that cannot be NULL. */
  readonly goes: readonly { readonly model: string; readonly key: Key }[];
}

/**
 * From rows that stay out to the taken rows that need them: where the reference can be NULL its value is cut, else the row
 * goes too, and what needs that one. `blocked` and `cut` are extended; the caller walks again when anything went.
 */
export async function spreadDrop(
  edges: Edges,
  reader: RowReader,
  membership: Membership,
  dropped: ReadonlyMap<string, KeySet>,
  blocked: Map<string, KeySet>,
  cut: Map<Reference, KeySet>,
): Promise<DropResult> {
  const goes: { model: string; key: Key }[] = [];
  const queue: { model: string; keys: Key[] }[] = [];
  for (const [model, set] of dropped) queue.push({ model, keys: [...set.sorted()] });
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const parent = edges.entity(next.model);
    const blockedHere = keySetIn(blocked, next.model, parent);
    for (const key of next.keys) blockedHere.add(key);
    for (const reference of edges.down(next.model)) {
      if (reference.follow.up === 'cut') continue;
      const child = edges.entity(reference.child);
      if (child.key.length === 0) continue;
      const through = reference.direct ? undefined : { entity: parent, columns: reference.parentColumns, keyColumns: parent.key };
      const selection = { entity: child, columns: reference.columns, values: next.keys, through, when: reference.when };
      const gone: Key[] = [];
      for await (const batch of reader.keys(selection, [child.key, reference.columns])) {
        for (let row = 0; row < batch.count; row += 1) {
          const key = batch.groups[0]?.[row];
          const value = batch.groups[1]?.[row];
          if (key === null || key === undefined || !membership.has(child.model, key, 'shared')) continue;
          if (!reference.nullable) gone.push(key);
          else if (value !== null && value !== undefined) {
            keySetIn(cut, reference, { ...parent, key: reference.parentColumns }).add(value);
          }
        }
      }
      if (gone.length === 0) continue;
      const set = keySetIn(blocked, child.model, child);
      const fresh = gone.filter((key) => set.add(key));
      if (fresh.length === 0) continue;
      for (const key of fresh) goes.push({ model: child.model, key });
      queue.push({ model: child.model, keys: fresh });
    }
  }
  return { goes };
}
