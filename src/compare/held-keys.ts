import type { ArchiveEntity, ArchiveHeader, ArchiveObject, ArchiveReference } from '../archive/archive.js';
import { headerKeyShape } from '../archive/header-keys.js';
import type { Key } from '../closure/key.js';
import { isIntegerText, toKey } from '../closure/key.js';
import type { ValueKind } from '../schema/schema.js';
import { keyText, memberText } from '../values/object-values.js';

/** A reference of a model that holds its parent's key, as an archive's header tells of it. */
export interface HeldKey {
  readonly reference: ArchiveReference;
  /** Where it stands, in the order of the parent's key. */
  readonly members: readonly HeldMember[];
  /** The parent's key; undefined for NULL, and where the reference does not hold. */
  readonly value: (object: ArchiveObject) => Key | undefined;
}

interface HeldMember {
  readonly member: string;
  readonly kind: ValueKind;
  readonly inKey: boolean;
}

/** References to other unique columns than the key hold values like any other, and are not among them. */
export function heldKeys(header: ArchiveHeader, model: string): readonly HeldKey[] {
  const entity = header.entities[model];
  return entity === undefined ? [] : entity.references.flatMap((reference) => heldKey(header, entity, reference) ?? []);
}

function heldKey(header: ArchiveHeader, entity: ArchiveEntity, reference: ArchiveReference): HeldKey | undefined {
  const places = header.entities[reference.parent]?.key.map((name) => reference.parentColumns.indexOf(name)) ?? [-1];
  if (places.includes(-1) || places.length !== reference.parentColumns.length) return undefined;
  const members = places.map((place) => heldMember(entity, reference.columns[place] ?? ''));
  const { when } = reference;
  const condition = when === undefined ? undefined : heldMember(entity, when.column);
  const integer = headerKeyShape(header, reference.parent).kinds.join() === 'integer';
  const value = (object: ArchiveObject): Key | undefined => {
    // A char(n) column has blanks that the policy has not.
    if (condition !== undefined && textOf(object, condition)?.trimEnd() !== when?.value) return undefined;
    const texts: string[] = [];
    for (const member of members) {
      const text = textOf(object, member);
      if (text === null) return undefined;
      texts.push(text);
    }
    return toKey(texts, integer && isIntegerText(texts[0] ?? ''));
  };
  return { reference, members, value };
}

function heldMember({ columns, key }: ArchiveEntity, name: string): HeldMember {
  const [member, column] = Object.entries(columns).find(([, one]) => one.name === name) ?? ['', undefined];
  return { member, kind: column?.kind ?? 'text', inKey: key.includes(name) };
}

function textOf(object: ArchiveObject, { member, inKey }: HeldMember): string | null {
  return inKey ? keyText(object, member) : memberText(object, member);
}
