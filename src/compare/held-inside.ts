import type { ArchiveHeader, ArchiveInnerReference, ArchiveMention, ArchiveObject } from '../archive/archive.js';
import type { AbsentRule } from '../inside/absent-rule.js';
import type { FoundKey } from '../inside/key-finder.js';
import { keyFinder } from '../inside/key-finder.js';
import { keyFormOf } from '../inside/key-form.js';
import type { ValueKind } from '../schema/schema.js';
import { keyText, memberText } from '../values/object-values.js';

/** A reference of a model whose parents' keys stand inside a value, as an archive's header tells of it. */
export interface HeldInside {
  readonly reference: ArchiveInnerReference;
  /** Set where the value only mentions the object: what is written where that has not come. */
  readonly absent: AbsentRule | undefined;
  readonly kind: ValueKind;
  readonly member: string;
  /** Where in the object's value keys stand; nothing where it is NULL, and where the reference does not hold. */
  readonly found: (object: ArchiveObject) => readonly FoundKey[];
}

/** As among other references, those to other unique columns than the key are not among them. */
export function heldInside(header: ArchiveHeader, model: string): readonly HeldInside[] {
  return allInside(header, model).filter(
    ({ reference }) => header.entities[reference.parent]?.key.join() === reference.parentColumns[0],
  );
}

/** The same with those to other unique columns. */
export function allInside(header: ArchiveHeader, model: string): readonly HeldInside[] {
  const entity = header.entities[model];
  const all: readonly (ArchiveInnerReference | ArchiveMention)[] = [...(entity?.inner ?? []), ...(entity?.mentions ?? [])];
  return all.flatMap((reference): readonly HeldInside[] => {
    const parent = header.entities[reference.parent];
    const column = Object.values(parent?.columns ?? {}).find(({ name }) => name === reference.parentColumns[0]);
    const memberOf = (name: string | undefined): string | undefined =>
      Object.entries(entity?.columns ?? {}).find(([, one]) => one.name === name)?.[0];
    const member = memberOf(reference.columns[0]);
    if (column === undefined || member === undefined) return [];
    const { when } = reference;
    const discriminator = memberOf(when?.column);
    const inKey = entity?.key.includes(when?.column ?? '') === true;
    const find = keyFinder(reference, keyFormOf(column));
    const found = (object: ArchiveObject): readonly FoundKey[] => {
      const held = discriminator === undefined ? null : (inKey ? keyText : memberText)(object, discriminator);
      const text = when === undefined || held === when.value ? memberText(object, member) : null;
      return text === null ? [] : find(text);
    };
    const absent = 'absent' in reference ? reference.absent : undefined;
    return [{ reference, absent, member, kind: entity?.columns[member]?.kind ?? 'text', found }];
  });
}
