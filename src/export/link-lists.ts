import type { Closure } from '../closure/closure.js';
import type { KeyRun } from '../closure/key-run.js';
import type { Findings } from '../findings/finding.js';
import type { KeyBatch, RowJoin, RowReader } from '../dialect/row-reader.js';
import type { Entity, Link, Reference, Schema } from '../schema/schema.js';
import { LinkedKeys } from './linked-keys.js';
import { keyShape } from '../values/archive-value.js';
import type { LinkMember } from '../values/line-writer.js';

/** A many-to-many member of some objects: for each owner, the keys of the other side that go out, in key order. */
export type LinkList = LinkMember;

export interface LinkLists {
  readonly lists: readonly LinkList[];
  /** Links by name. */
  readonly counts: ReadonlyMap<string, number>;
  /** By name of the link, rows of its join table that say what another says. */
  readonly repeated: ReadonlyMap<string, number>;
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
  keys: KeyRun,
): Promise<LinkLists> {
  const lists: LinkList[] = [];
  const counts = new Map<string, number>();
  const repeated = new Map<string, number>();
  for (const link of schema.links) {
    if (link.owner.parent !== entity.model || link.owner.columns.length === 0) continue;
    const inverse = schema.entities.get(link.inverse.parent);
    if (inverse === undefined) continue;
    const linked = new LinkedKeys(entity, inverse);
    if (closure.links.includes(link)) await readLinks(reader, schema, closure, link, keys, linked);
    const all = linked.count;
    linked.settle();
    const { count } = linked;
    if (count > 0) counts.set(link.name, count);
    if (all > count) repeated.set(link.name, all - count);
    const integers = linked.integers();
    lists.push({ member: link.member, of: (key) => linked.of(key), inverse: keyShape(inverse), integers });
  }
  return { lists, counts, repeated };
}

export function addCounts(sums: Map<string, number>, counts: ReadonlyMap<string, number>): void {
  for (const [name, count] of counts) sums.set(name, (sums.get(name) ?? 0) + count);
}

/** A list holds a link once. */
export function tellRepeated(findings: Findings, repeated: ReadonlyMap<string, number>): void {
  for (const [name, count] of repeated) {
    const rows = count === 1 ? '1 row of its join table says' : `${String(count)} rows of its join table say`;
    findings.warn('repeated-links', name, `${rows} what another says, and stayed at home: as an entity the table leaves whole`);
  }
}

async function readLinks(
  reader: RowReader,
  schema: Schema,
  closure: Closure,
  link: Link,
  keys: KeyRun,
  linked: LinkedKeys,
): Promise<void> {
  const owners = closure.taken.get(link.owner.parent);
  const inverses = closure.taken.get(link.inverse.parent);
  if (owners === undefined || inverses === undefined) return;
  for await (const { count, groups } of linkPairs(reader, schema, link, keys)) {
    const [ownerKeys = [], inverseKeys = []] = groups;
    for (let row = 0; row < count; row += 1) {
      const owner = ownerKeys[row];
      const inverse = inverseKeys[row];
      if (owner === null || owner === undefined || inverse === null || inverse === undefined) continue;
      if (!inverses.taken.has(inverse) || !(owners.expanded.has(owner) || inverses.expanded.has(inverse))) continue;
      linked.add(owner, inverse);
    }
  }
}

/** Keys of owners and of what they are linked to, in two groups. Columns that hold no keys are resolved by the database. */
export function linkPairs(reader: RowReader, schema: Schema, link: Link, keys: KeyRun): AsyncIterable<KeyBatch> {
  const { owner, inverse } = link;
  const holder = entityOf(schema, link.through);
  return [owner, inverse].every(({ direct, asText }) => direct && asText === undefined)
    ? reader.keys({ entity: holder, columns: owner.columns, values: keys }, [owner.columns, inverse.columns])
    : reader.pairs({ holder, references: [endOf(schema, owner), endOf(schema, inverse)] }, 0, keys);
}

function endOf(schema: Schema, { parent, columns, parentColumns }: Reference): RowJoin['references'][number] {
  return { entity: entityOf(schema, parent), columns, parentColumns };
}

function entityOf(schema: Schema, model: string): Entity {
  const entity = schema.entities.get(model);
  if (entity === undefined) throw new TypeError(`no entity ${model} in the schema`);
  return entity;
}
