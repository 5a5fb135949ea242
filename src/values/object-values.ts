import stringify from 'fast-json-stable-stringify';
import type { ArchiveObject, ArchiveValue } from '../archive/archive.js';
import type { Key } from '../closure/key.js';
import type { KeyShape } from './archive-value.js';
import { pkToKey, toServerText } from './archive-value.js';
import { EncodedObject } from './encoded-object.js';

/** An object's key; undefined where its `pk` has not the shape of one. */
export function objectKey(object: ArchiveObject, shape: KeyShape): Key | undefined {
  return object instanceof EncodedObject ? object.key : pkToKey(object.pk, shape);
}

/** Whether it is only there because another needs it. */
export function isShared(object: ArchiveObject): boolean {
  return object instanceof EncodedObject ? object.isShared : object.shared === true;
}

/** The value of a member of the key, as the server's text. */
export function keyText(object: ArchiveObject, member: string): string | null {
  // Its key is one column.
  if (object instanceof EncodedObject) return String(object.key);
  const { pk } = object;
  return toServerText(typeof pk === 'object' && pk !== null ? (pk[member] ?? null) : pk);
}

/** The value of a member that is no part of the key, as the server's text. */
export function memberText(object: ArchiveObject, member: string): string | null {
  if (!(object instanceof EncodedObject)) return toServerText((object.fields[member] ?? null) as ArchiveValue);
  const place = object.layout.places.get(member);
  return place === undefined ? null : object.textAt(place);
}

/** The keys in a many-to-many member; none where it is no list. What is no key is passed over. */
export function memberKeys(object: ArchiveObject, member: string, shape: KeyShape): readonly Key[] {
  if (object instanceof EncodedObject) {
    const place = object.layout.places.get(member);
    return place === undefined || object.layout.members[place]?.holds.is !== 'keys' ? [] : object.keysAt(place);
  }
  const list = object.fields[member];
  if (!Array.isArray(list)) return [];
  return (list as readonly ArchiveObject['pk'][]).flatMap((pk) => pkToKey(pk, shape) ?? []);
}

/** An object as it stands in a line of an archive. */
export function objectLine(object: ArchiveObject): Buffer {
  return object instanceof EncodedObject ? object.line : Buffer.from(stringify(object));
}
