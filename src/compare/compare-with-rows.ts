import type { ArchiveObject } from '../archive/archive.js';
import { compareKeys } from '../closure/key-order.js';
import type { Key } from '../closure/key.js';
import { createRowReader } from '../dialect/postgres/row-reader.js';
import type { Session } from '../dialect/session.js';
import { linkPairs } from '../export/link-lists.js';
import { differingColumns, lookUpRows } from '../import/look-up-rows.js';
import { objectName } from '../import/planned-model.js';
import type { TargetModel } from '../import/target.js';
import type { Schema } from '../schema/schema.js';
import { toArchiveValue } from '../values/archive-value.js';
import { decodeRow } from '../values/copy-text.js';
import { memberKeys, objectKey } from '../values/object-values.js';
import type { Difference, LinkDifference } from './difference.js';
import { Translated } from './translated.js';
import { withoutOther } from './without-other.js';

/** Objects of one model against the rows that they are in a database: those that have none, or differ. One look-up, one more for each relation. */
export async function compareWithRows(
  session: Session,
  schema: Schema,
  target: TargetModel,
  objects: readonly ArchiveObject[],
  nameOf: (key: Key) => string,
): Promise<readonly Difference[]> {
  const { model } = target;
  const keys = objects.map((object) => objectKey(object, target.shape) ?? '');
  const rows = await lookUpRows(session, target, [...new Set(keys)].sort(compareKeys(target.entity)));
  const present = objects.filter((_, at) => rows.has(keys[at] ?? ''));
  const unlinked = await missingLinks(session, schema, target, present);
  return objects.flatMap((object, at): readonly Difference[] => {
    const key = keys[at] ?? '';
    const theirs = rows.get(key);
    const [own, to] = namesOf(target, object, key, nameOf);
    if (theirs === undefined) {
      const before = (): ArchiveObject['fields'] => object.fields;
      return [{ model, object: own, to, decision: 'delete', columns: [], links: [], before, after: () => ({}) }];
    }
    const mine = target.line(object);
    const differing = mine === theirs ? [] : differingColumns(target, mine, theirs);
    const columns = withoutOther(object, differing, (other) => differingColumns(target, target.line(other), theirs));
    const links = unlinked.get(object) ?? [];
    if (columns.length === 0 && links.length === 0) return [];
    const before = (): ArchiveObject['fields'] =>
      Object.fromEntries(columns.map((member) => [member, object.fields[member] ?? null]));
    return [
      { model, object: own, to, decision: 'update', columns, links, before, after: () => rowValues(target, theirs, columns) },
    ];
  });
}

function namesOf(
  target: TargetModel,
  object: ArchiveObject,
  key: Key,
  nameOf: (key: Key) => string,
): readonly [own: string, to: string | undefined] {
  if (!(object instanceof Translated)) return [nameOf(key), undefined];
  const [own, to] = [nameOf(object.from), objectName(target, key)];
  return [own, own === to ? undefined : to];
}

function rowValues({ columns }: TargetModel, line: string, members: readonly string[]): ArchiveObject['fields'] {
  const texts = decodeRow(line);
  return Object.fromEntries(
    columns.flatMap(({ member, column }, at) =>
      members.includes(member) ? [[member, toArchiveValue(texts[at] ?? null, column.kind)] as const] : [],
    ),
  );
}

/** Links of the archive that the database lacks. */
async function missingLinks(
  session: Session,
  schema: Schema,
  target: TargetModel,
  objects: readonly ArchiveObject[],
): Promise<ReadonlyMap<ArchiveObject, readonly LinkDifference[]>> {
  const missing = new Map<ArchiveObject, LinkDifference[]>();
  for (const { member, link, inverse, inverseModel } of target.links) {
    const wanted = new Map<Key, Set<Key>>();
    for (const object of objects) {
      const list = memberKeys(object, member, inverse);
      const owner = objectKey(object, target.shape);
      if (list.length > 0 && owner !== undefined) wanted.set(owner, new Set([...list, ...(wanted.get(owner) ?? [])]));
    }
    const owners = [...wanted.keys()].sort(compareKeys(target.entity));
    const there = new Set<string>();
    for await (const { count, groups } of linkPairs(createRowReader(session), schema, link, owners)) {
      for (let row = 0; row < count; row += 1) {
        const [owner, other] = [groups[0]?.[row] ?? undefined, groups[1]?.[row] ?? undefined];
        if (owner !== undefined && other !== undefined && wanted.get(owner)?.has(other) === true) there.add(pairOf(owner, other));
      }
    }
    const other = schema.entities.get(link.inverse.parent);
    const nameOf = (key: Key): string => objectName({ ...target, model: inverseModel, entity: other ?? target.entity }, key);
    for (const object of objects) {
      const owner = objectKey(object, target.shape) ?? '';
      const lost = object instanceof Translated ? (object.lost.get(member) ?? []) : [];
      const gone = memberKeys(object, member, inverse).filter((key) => !there.has(pairOf(owner, key)));
      if (lost.length + gone.length === 0) continue;
      const difference = { member, insert: [], delete: [...lost, ...gone].map(nameOf) };
      missing.set(object, [...(missing.get(object) ?? []), difference]);
    }
  }
  return missing;
}

function pairOf(owner: Key, other: Key): string {
  return `${String(owner)}\0\0${String(other)}`;
}
