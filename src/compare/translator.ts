import type { ArchiveEntity, ArchiveHeader, ArchiveObject, ArchiveReference, ArchiveValue } from '../archive/archive.js';
import { headerKeyShape } from '../archive/header-keys.js';
import type { Key } from '../closure/key.js';
import { isIntegerText, keyTexts, toKey } from '../closure/key.js';
import type { KeyShape } from '../values/archive-value.js';
import { keyToPk, toArchiveValue } from '../values/archive-value.js';
import { keyText, memberKeys, memberText, objectKey } from '../values/object-values.js';
import type { IdMap } from './id-map.js';
import { Translated } from './translated.js';

interface HeldKey {
  readonly reference: ArchiveReference;
  /** In the order of the parent's key. */
  readonly members: readonly { readonly member: string; readonly kind: 'integer' | 'number' | 'boolean' | 'text' }[];
  readonly integer: boolean;
  readonly when: { readonly member: string; readonly inKey: boolean; readonly value: string } | undefined;
}

/**
 * Gives objects of a model the keys that they have in the second state, and those of what they refer to and are linked to. Undefined
 * for an object that the map does not name. References to what is no key stay as they are, and so do ids in the midst of a text.
 */
export function translator(header: ArchiveHeader, model: string, map: IdMap): (object: ArchiveObject) => Translated | undefined {
  const entity = header.entities[model];
  const shape = headerKeyShape(header, model);
  const held = entity === undefined ? [] : entity.references.flatMap((reference) => heldKey(header, entity, reference) ?? []);
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
      const texts = heldTexts(entity, one, object);
      const to = texts === undefined ? undefined : map.counterpart(one.reference.parent, texts);
      if (to !== undefined) assign(one, to, fields);
    }
    const lost = new Map<string, readonly Key[]>();
    for (const list of lists) translateList(list, object, map, fields, lost);
    return new Translated({ model, pk: keyToPk(key, shape), fields }, own, lost);
  };
}

/** Undefined for a reference that holds something else than the parent's key. */
function heldKey(header: ArchiveHeader, entity: ArchiveEntity, reference: ArchiveReference): HeldKey | undefined {
  const parent = header.entities[reference.parent];
  const places = parent?.key.map((name) => reference.parentColumns.indexOf(name)) ?? [-1];
  if (places.includes(-1) || places.length !== reference.parentColumns.length) return undefined;
  const members = Object.entries(entity.columns);
  const memberOf = (name: string): readonly [string, ArchiveEntity['columns'][string]] | undefined =>
    members.find(([, column]) => column.name === name);
  const own = places.map((place) => memberOf(reference.columns[place] ?? ''));
  const condition = reference.when === undefined ? undefined : memberOf(reference.when.column);
  return {
    reference,
    members: own.map((one) => ({ member: one?.[0] ?? '', kind: one?.[1].kind ?? 'text' })),
    integer: headerKeyShape(header, reference.parent).kinds.join() === 'integer',
    when:
      reference.when === undefined
        ? undefined
        : {
            ...{ member: condition?.[0] ?? '', value: reference.when.value },
            inKey: entity.key.includes(reference.when.column),
          },
  };
}

/** What it holds, as the parent's key is written; undefined for NULL, and where the reference does not hold. */
function heldTexts(entity: ArchiveEntity | undefined, held: HeldKey, object: ArchiveObject): Key | undefined {
  const textOf = (member: string, inKey: boolean): string | null =>
    inKey ? keyText(object, member) : memberText(object, member);
  const { when } = held;
  if (when !== undefined && textOf(when.member, when.inKey)?.trimEnd() !== when.value) return undefined;
  const texts: string[] = [];
  for (const { member } of held.members) {
    const name = entity?.columns[member]?.name ?? '';
    const text = textOf(member, entity?.key.includes(name) === true);
    if (text === null) return undefined;
    texts.push(text);
  }
  return toKey(texts, held.integer && isIntegerText(texts[0] ?? ''));
}

/** What stands in the object's own key follows from the map. */
function assign({ members }: HeldKey, to: Key, fields: Record<string, ArchiveObject['fields'][string]>): void {
  const texts = keyTexts(to);
  members.forEach(({ member, kind }, at) => {
    if (Object.hasOwn(fields, member)) fields[member] = toArchiveValue(texts[at] ?? null, kind) satisfies ArchiveValue;
  });
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
