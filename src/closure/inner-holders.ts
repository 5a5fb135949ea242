import type { RowReader } from '../dialect/row-reader.js';
import type { InnerReference } from '../schema/schema.js';
import type { Edges } from './edges.js';
import type { Key } from './key.js';
import { keyPairs } from './key-pairs.js';
import type { Membership } from './membership.js';

interface Taken {
  readonly edges: Edges;
  readonly reader: RowReader;
  readonly membership: Membership;
}

/**
 * The taken rows in whose values a key stands that is meant; undefined is what is no key. No index finds them: their values are read again,
 * which is done only where a key turns out to lead where none should.
 */
export async function* innerHolders(
  { edges, reader, membership }: Taken,
  reference: InnerReference,
  isMeant: (key: Key | undefined) => boolean,
): AsyncGenerator<readonly [holder: Key, found: Key | undefined]> {
  const { child, columns, when } = reference;
  const entity = edges.entity(child);
  const taken = membership.of(child)?.taken;
  if (taken === undefined) return;
  const find = edges.finder(reference);
  const selection = { entity, columns: entity.key, values: taken.sorted(), when };
  for await (const { count, groups } of reader.keys(selection, [entity.key, columns])) {
    for (let row = 0; row < count; row += 1) {
      const [key, value] = [groups[0]?.[row], groups[1]?.[row]];
      if (key === null || key === undefined || value === null || value === undefined) continue;
      for (const found of new Set(find(String(value)).map((one) => one.key))) if (isMeant(found)) yield [key, found];
    }
  }
}

/** The taken rows in whose values one of some parents is meant, each with the parent's key. */
export async function* innerPairs(
  taken: Taken,
  reference: InnerReference,
  parents: Iterable<Key>,
): AsyncGenerator<readonly [holder: Key, parent: Key]> {
  const meant = new Map<Key | undefined, Key>();
  const entity = taken.edges.entity(reference.parent);
  const { parentColumns } = reference;
  if (reference.direct) for (const key of parents) meant.set(key, key);
  else {
    const selection = { entity, columns: entity.key, values: parents };
    for await (const [key, value] of keyPairs(taken.reader.keys(selection, [entity.key, parentColumns]))) meant.set(value, key);
  }
  for await (const [holder, found] of innerHolders(taken, reference, (key) => meant.has(key))) {
    const parent = meant.get(found);
    if (parent !== undefined) yield [holder, parent];
  }
}
