import type { ArchiveHeader, ArchiveObject, ArchiveValue } from '../archive/archive.js';
import { headerKeyShape } from '../archive/header-keys.js';
import type { Key } from '../closure/key.js';
import { keyTexts } from '../closure/key.js';
import type { KeyShape } from '../values/archive-value.js';
import { keyToPk, toArchiveValue } from '../values/archive-value.js';
import { groupBy } from '../schema/group-by.js';
import { absentText } from '../inside/absent-rule.js';
import type { KeyEdit } from '../inside/with-keys.js';
import { withKeys } from '../inside/with-keys.js';
import { memberKeys, memberText, objectKey } from '../values/object-values.js';
import type { HeldInside } from './held-inside.js';
import { heldInside } from './held-inside.js';
import type { HeldKey } from './held-keys.js';
import { followedKeys } from './held-keys.js';
import type { IdMap } from './id-map.js';
import { Translated } from './translated.js';

/**
 * Gives objects of a model the keys that they have in the second state, and those of what they refer to and are linked to. Undefined
 * for an object that the map does not name. References to what is no key stay as they are.
 */
export function translator(header: ArchiveHeader, model: string, map: IdMap): (object: ArchiveObject) => Translated | undefined {
  const entity = header.entities[model];
  const shape = headerKeyShape(header, model);
  const held = followedKeys(header, model);
  const inside = groupBy(heldInside(header, model), ({ member }) => member);
  const lists = Object.entries(entity?.links ?? {}).map(([member, link]) => ({
    ...{ member, model: link.model },
    shape: headerKeyShape(header, link.model),
  }));
  return (object) => {
    const own = objectKey(object, shape) ?? '';
    const key = map.counterpart(model, own);
    if (key === undefined) return undefined;
    const fields: Record<string, ArchiveObject['fields'][string]> = { ...object.fields };
    for (const one of held) {
      const old = one.value(object);
      const to = old === undefined ? undefined : map.counterpart(one.reference.parent, old);
      if (to !== undefined) assign(one, to, fields);
    }
    const otherwise = new Map<string, ArchiveValue>();
    for (const [member, group] of inside) translateInside(member, group, object, map, { fields, otherwise });
    const lost = new Map<string, readonly Key[]>();
    for (const list of lists) translateList(list, object, map, fields, lost);
    return new Translated({ model, pk: keyToPk(key, shape), fields }, own, lost, otherwise);
  };
}

/** What stands in the object's own key follows from the map. */
function assign({ members }: HeldKey, to: Key, fields: Record<string, ArchiveObject['fields'][string]>): void {
  const texts = keyTexts(to);
  members.forEach(({ member, kind }, at) => {
    if (Object.hasOwn(fields, member)) fields[member] = toArchiveValue(texts[at] ?? null, kind) satisfies ArchiveValue;
  });
}

function translateInside(
  member: string,
  group: readonly HeldInside[],
  object: ArchiveObject,
  map: IdMap,
  {
    fields,
    otherwise,
  }: { readonly fields: Record<string, ArchiveObject['fields'][string]>; readonly otherwise: Map<string, ArchiveValue> },
): void {
  const edits: KeyEdit[] = [];
  const absent: KeyEdit[] = [];
  for (const { reference, absent: rule, found } of group)
    for (const one of found(object)) {
      if (one.key === undefined) continue;
      const to = map.counterpart(reference.parent, one.key);
      const instead = to === undefined && rule !== undefined ? absentText(rule) : undefined;
      if (to !== undefined && to !== one.key) edits.push({ found: one, to });
      if (instead !== undefined) absent.push({ found: one, to: instead });
    }
  const value = memberText(object, member) ?? '';
  const kind = group[0]?.kind ?? 'text';
  const text = edits.length === 0 ? undefined : withKeys(value, edits);
  if (text !== undefined) fields[member] = toArchiveValue(text, kind);
  const other = absent.length === 0 ? undefined : withKeys(value, [...edits, ...absent]);
  if (other !== undefined) otherwise.set(member, toArchiveValue(other, kind));
}

function translateList(
  { member, model, shape }: { readonly member: string; readonly model: string; readonly shape: KeyShape },
  object: ArchiveObject,
  map: IdMap,
  fields: Record<string, ArchiveObject['fields'][string]>,
  lost: Map<string, readonly Key[]>,
): void {
  const list = memberKeys(object, member, shape);
  const keys = list.map((key) => map.counterpart(model, key));
  const unknown = list.filter((_, at) => keys[at] === undefined);
  if (unknown.length > 0) lost.set(member, unknown);
  fields[member] = keys.flatMap((key) => (key === undefined ? [] : [keyToPk(key, shape)]));
}
