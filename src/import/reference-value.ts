import type { ArchiveObject } from '../archive/archive.js';
import type { Key } from '../closure/key.js';
import { toKey } from '../closure/key.js';
import { toParentValue } from '../closure/parent-value.js';
import type { Reference } from '../schema/schema.js';
import { EncodedObject } from '../values/encoded-object.js';
import { keyText, memberText } from '../values/object-values.js';
import type { TargetModel } from './target.js';

/**
 * Reads what a reference holds, as its parent holds it; undefined where it is NULL or does not hold for this object. Text that stands for ids and
 * is none stays as it is: no key is like it.
 */
export function valueReader(
  target: TargetModel,
  reference: Pick<Reference, 'columns' | 'when' | 'asText'>,
): (object: ArchiveObject) => Key | undefined {
  const members = reference.columns.map((name) => target.columns.find(({ column }) => column.name === name));
  const integer = members.length === 1 && members[0]?.column.kind === 'integer';
  const discriminator = target.columns.find(({ column }) => column.name === reference.when?.column);
  const textOf = (object: ArchiveObject, one: TargetModel['columns'][number] | undefined): string | null => {
    if (one === undefined) return null;
    return one.inKey ? keyText(object, one.member) : memberText(object, one.member);
  };
  const toParent = toParentValue(reference);
  const [only] = members;
  const single = integer && only !== undefined && !only.inKey && reference.when === undefined ? only.member : undefined;
  return (object) => {
    if (single !== undefined && object instanceof EncodedObject) {
      const place = object.layout.places.get(single);
      const key = place === undefined ? undefined : object.integerAt(place);
      return key === undefined ? undefined : (toParent?.(key) ?? key);
    }
    if (reference.when !== undefined && textOf(object, discriminator) !== reference.when.value) return undefined;
    const texts: string[] = [];
    for (const member of members) {
      const text = textOf(object, member);
      if (text === null) return undefined;
      texts.push(text);
    }
    const held = toKey(texts, integer);
    return toParent?.(held) ?? held;
  };
}
