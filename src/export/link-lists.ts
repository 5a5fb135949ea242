import type { Closure } from '../closure/closure.js';
import type { Key } from '../closure/key.js';
import { compareKeys } from '../closure/key-order.js';
import type { RowReader, RowSelection } from '../dialect/row-reader.js';
import type { Entity, Link, Reference, Schema } from '../schema/schema.js';
import type { KeyShape } from '../values/archive-value.js';
import { keyShape } from '../values/archive-value.js';

/** A many-to-many member of some objects: for each owner, the keys of the other side that go out, in key order. */
export interface LinkList {
  readonly member: string;
  of(key: Key): readonly Key[];
  readonly inverse: KeyShape;
}

/**
 * Reads the links of some owners, one query for each many-to-many relation. A link goes out when both its ends do and one
 * of them is owned (under `connected`: expanded).
 */
export async function linkLists(
  reader: RowReader,
  schema: Schema,
  closure: Closure,
  entity: Entity,
  keys: readonly Key[],
): Promise<{ readonly lists: readonly LinkList[]; readonly counts: ReadonlyMap<string, number> }> {
  const lists: LinkList[] = [];
  const counts = new Map<string, number>();
  for (const link of schema.links) {
    if (link.owner.parent !== entity.model || link.owner.columns.length === 0) continue;
    const inverse = schema.entities.get(link.inverse.parent);
    if (inverse === undefined) continue;
    const byOwner = closure.links.includes(link) ? await readLinks(reader, schema, closure, link, keys) : new Map<Key, Key[]>();
    const compare = compareKeys(inverse);
    let count = 0;
    for (const [owner, list] of byOwner) {
      if (list.length > 1) list.sort(compare);
      const distinct = list.every((key, at) => key !== list[at - 1]) ? list : list.filter((key, at) => key !== list[at - 1]);
      if (distinct !== list) byOwner.set(owner, distinct);
      count += distinct.length;
    }
    if (count > 0) counts.set(link.name, count);
    lists.push({ member: link.member, of: (key) => byOwner.get(key) ?? none, inverse: keyShape(inverse) });
  }
  return { lists, counts };
}

const none: readonly Key[] = Object.freeze([]);

async function readLinks(
  reader: RowReader,
  schema: Schema,
  closure: Closure,
  link: Link,
  keys: readonly Key[],
): Promise<Map<Key, Key[]>> {
  const owners = closure.taken.get(link.owner.parent);
  const inverses = closure.taken.get(link.inverse.parent);
  const byOwner = new Map<Key, Key[]>();
  if (owners === undefined || inverses === undefined) return byOwner;
  const pairs = await linkPairs(reader, schema, link, keys);
  for (let at = 0; at < pairs.length; at += 2) {
    const owner = pairs[at] as Key;
    const inverse = pairs[at + 1] as Key;
    if (!inverses.taken.has(inverse) || !(owners.expanded.has(owner) || inverses.expanded.has(inverse))) continue;
    const list = byOwner.get(owner);
    if (list === undefined) byOwner.set(owner, [inverse]);
    else list.push(inverse);
  }
  return byOwner;
}

/** Owner key, other key, owner key, … of the links of some owners; columns that hold no keys are resolved through their table. */
async function linkPairs(reader: RowReader, schema: Schema, link: Link, keys: readonly Key[]): Promise<readonly Key[]> {
  const through = entityOf(schema, link.through);
  const ownerOf = link.owner.direct ? undefined : await keysByValue(reader, schema, link.owner, 'key', keys);
  const selection: RowSelection = {
    entity: through,
    columns: link.owner.columns,
    values: keys,
    through: link.owner.direct
      ? undefined
      : {
          entity: entityOf(schema, link.owner.parent),
          columns: link.owner.parentColumns,
          keyColumns: entityOf(schema, link.owner.parent).key,
        },
  };
  const pairs: Key[] = [];
  for await (const batch of reader.keys(selection, [link.owner.columns, link.inverse.columns])) {
    const [owners = [], inverses = []] = batch.groups;
    for (let row = 0; row < batch.count; row += 1) {
      const owner = owners[row];
      const inverse = inverses[row];
      if (owner !== null && owner !== undefined && inverse !== null && inverse !== undefined) pairs.push(owner, inverse);
    }
  }
  if (ownerOf === undefined && link.inverse.direct) return pairs;
  const values = pairs.filter((_, at) => at % 2 === 1);
  const inverseOf = link.inverse.direct ? undefined : await keysByValue(reader, schema, link.inverse, 'value', values);
  const resolved: Key[] = [];
  for (let at = 0; at < pairs.length; at += 2) {
    const owner = ownerOf === undefined ? pairs[at] : ownerOf.get(pairs[at] as Key);
    const inverse = inverseOf === undefined ? pairs[at + 1] : inverseOf.get(pairs[at + 1] as Key);
    if (owner !== undefined && inverse !== undefined) resolved.push(owner, inverse);
  }
  return resolved;
}

/** What a reference holds → the key of the row it means. */
async function keysByValue(
  reader: RowReader,
  schema: Schema,
  reference: Reference,
  known: 'key' | 'value',
  values: readonly Key[],
): Promise<ReadonlyMap<Key, Key>> {
  const parent = entityOf(schema, reference.parent);
  const columns = known === 'key' ? parent.key : reference.parentColumns;
  const byValue = new Map<Key, Key>();
  for await (const batch of reader.keys({ entity: parent, columns, values }, [reference.parentColumns, parent.key])) {
    for (let row = 0; row < batch.count; row += 1) {
      const value = batch.groups[0]?.[row];
      const key = batch.groups[1]?.[row];
      if (value !== null && value !== undefined && key !== null && key !== undefined) byValue.set(value, key);
    }
  }
  return byValue;
}

function entityOf(schema: Schema, model: string): Entity {
  const entity = schema.entities.get(model);
  if (entity === undefined) throw new TypeError(`no entity ${model} in the schema`);
  return entity;
}
