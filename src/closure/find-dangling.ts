import type { RowReader } from '../dialect/row-reader.js';
import type { Reference } from '../schema/schema.js';
import type { DanglingReference } from './closure.js';
import type { Edges } from './edges.js';
import type { Key } from './key.js';
import type { KeySet } from './key-set.js';
import type { Membership } from './membership.js';

/** The taken rows whose references have no row in the source: found from the values for which none came back. */
export async function findDangling(
  edges: Edges,
  reader: RowReader,
  membership: Membership,
  unresolved: ReadonlyMap<Reference, KeySet>,
): Promise<readonly DanglingReference[]> {
  const dangling: DanglingReference[] = [];
  for (const [reference, values] of unresolved) {
    const child = edges.entity(reference.child);
    if (child.role === 'link') continue;
    const answered = reference.direct ? undefined : await answeredOtherwise(edges, reader, reference, values);
    const selection = { entity: child, columns: reference.columns, values: values.sorted(), when: reference.when };
    for await (const batch of reader.keys(selection, [child.key, reference.columns])) {
      for (let row = 0; row < batch.count; row += 1) {
        const key = batch.groups[0]?.[row];
        const value = batch.groups[1]?.[row];
        if (key === null || key === undefined || value === null || value === undefined) continue;
        if (answered?.has(value) === true) continue;
        if (membership.has(child.model, key, 'shared')) dangling.push({ reference, child: key, value });
      }
    }
  }
  return dangling;
}

/** Of values that came back with no row, those that equal what a row has, but are written otherwise: `0.50` and `0.5`. */
async function answeredOtherwise(
  edges: Edges,
  reader: RowReader,
  reference: Reference,
  values: KeySet,
): Promise<ReadonlySet<Key>> {
  const parent = edges.entity(reference.parent);
  const through = { entity: parent, columns: reference.parentColumns, keyColumns: reference.parentColumns };
  const selection = { entity: edges.entity(reference.child), columns: reference.columns, values: values.sorted(), through };
  const answered = new Set<Key>();
  for await (const batch of reader.keys(selection, [reference.columns])) {
    for (const value of batch.groups[0] ?? []) if (value !== null) answered.add(value);
  }
  return answered;
}
