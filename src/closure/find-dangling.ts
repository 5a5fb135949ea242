import type { RowReader } from '../dialect/row-reader.js';
import type { Reference } from '../schema/schema.js';
import type { DanglingReference } from './closure.js';
import { createKeySet } from './create-key-set.js';
import type { Edges } from './edges.js';
import { isInner } from './edges.js';
import { innerHolders } from './inner-holders.js';
import type { Key } from './key.js';
import { heldIn } from './held-in.js';
import { keyPairs } from './key-pairs.js';
import type { KeySet } from './key-set.js';
import { keySetIn } from './key-sets.js';
import type { Membership } from './membership.js';
import { toParentValue } from './parent-value.js';

/** The references and links of taken rows that have no row in the source: found from the values for which none came back. */
export async function findDangling(
  edges: Edges,
  reader: RowReader,
  membership: Membership,
  unresolved: ReadonlyMap<Reference, KeySet>,
): Promise<readonly DanglingReference[]> {
  const dangling: DanglingReference[] = [];
  for (const [reference, values] of unresolved) {
    const answered = reference.direct ? undefined : await answeredOtherwise(edges, reader, reference, values);
    const told = new Map<string, KeySet>();
    const isLink = edges.entity(reference.child).role === 'link';
    if (isInner(reference)) {
      const leadsNowhere = (key: Key | undefined): boolean => key === undefined || values.has(key);
      const told = createKeySet(edges.entity(reference.child));
      for await (const [key] of innerHolders({ edges, reader, membership }, reference, leadsNowhere))
        if (told.add(key)) dangling.push({ model: reference.child, key, name: reference.name, reference, value: '' });
      continue;
    }
    const found = isLink ? openLinks(edges, reader, reference, values) : holders(edges, reader, reference, values);
    for await (const one of found) {
      if (answered?.has(one.value) === true) continue;
      // Links go out from rows that lead across. Of several that lead nowhere, one is told.
      if (!membership.has(one.model, one.key, isLink ? 'expanded' : 'shared') || told.get(one.name)?.has(one.key) === true)
        continue;
      keySetIn(told, one.name, edges.entity(one.model)).add(one.key);
      dangling.push(one);
    }
  }
  return dangling;
}

async function* holders(
  edges: Edges,
  reader: RowReader,
  reference: Reference,
  values: KeySet,
): AsyncGenerator<DanglingReference> {
  const { name, child: model, columns, when } = reference;
  const entity = edges.entity(model);
  const selection = { entity, columns, values: values.sorted(), when };
  for await (const [key, value] of keyPairs(reader.keys(selection, [entity.key, columns]))) {
    yield { model, key, name, reference, value };
  }
}

/** The rows at the other end of links that hold one of these values. */
async function* openLinks(
  edges: Edges,
  reader: RowReader,
  reference: Reference,
  values: KeySet,
): AsyncGenerator<DanglingReference> {
  // What the join table itself has for a key says nothing: it is looked up, and shown, by what it holds.
  const holder = { ...edges.entity(reference.child), key: reference.columns };
  for (const { name, owner, inverse } of edges.schema.links) {
    if (reference !== owner && reference !== inverse) continue;
    const { parent: model, columns, parentColumns } = reference === owner ? inverse : owner;
    const join = { holder, references: [{ entity: edges.entity(model), columns, parentColumns }] };
    for await (const [value, key] of keyPairs(reader.pairs(join, 0, values.sorted()))) {
      yield { model, key, name, reference, value };
    }
  }
}

/** Text that is no id at all is like nothing that the parent holds, and the database would not take it for one. */
function* possible(reference: Reference, values: KeySet): Iterable<Key> {
  const toParent = toParentValue(reference);
  for (const value of values.sorted()) if (toParent === undefined || toParent(value) !== undefined) yield value;
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
  const selection = {
    entity: edges.entity(reference.child),
    columns: reference.columns,
    values: possible(reference, values),
    ...{ through, heldIn: heldIn(edges, reference) },
  };
  const answered = new Set<Key>();
  for await (const batch of reader.keys(selection, [reference.columns])) {
    for (const value of batch.groups[0] ?? []) if (value !== null) answered.add(value);
  }
  return answered;
}
