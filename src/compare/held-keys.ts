import type { ArchiveEntity, ArchiveHeader, ArchiveObject, ArchiveReference } from '../archive/archive.js';
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
  return heldBy(header, model, (reference) => {
    const key = header.entities[reference.parent]?.key ?? [];
    return isOfKey(reference, key) ? key : undefined;
  });
}

/**
 * The same, and references to unique columns of a model that are themselves a reference: what they hold is the key of the row that this one
 * leads to, and changes with it.
 */
export function followedKeys(header: ArchiveHeader, model: string): readonly HeldKey[] {
  const through = heldValues(header, model).flatMap(({ reference }) => towardsKey(header, reference) ?? []);
  const entity = header.entities[model];
  return entity === undefined
    ? []
    : [
        ...heldKeys(header, model),
        ...through.map((reference) => heldKey(header, entity, reference, header.entities[reference.parent]?.key ?? [])),
      ];
}

/** The reference as one to the row whose key its parent's columns hold, by however many steps. */
function towardsKey(
  header: ArchiveHeader,
  reference: ArchiveReference,
  passed: ReadonlySet<string> = new Set(),
): ArchiveReference | undefined {
  const parent = header.entities[reference.parent];
  if (parent === undefined || isOfKey(reference, parent.key)) return parent && reference;
  for (const { name, when, columns, parent: next, parentColumns } of parent.references) {
    const places = reference.parentColumns.map((column) => columns.indexOf(column));
    if (when !== undefined || passed.has(name) || columns.length !== places.length || places.includes(-1)) continue;
    const onward = { ...reference, parent: next, parentColumns: places.map((place) => parentColumns[place] ?? '') };
    const found = towardsKey(header, onward, new Set([...passed, name]));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The references that are not among {@link heldKeys}, with what they hold in the order of the parent's columns. */
export function heldValues(header: ArchiveHeader, model: string): readonly HeldKey[] {
  return heldBy(header, model, (reference) => {
    const parent = header.entities[reference.parent];
    return parent === undefined || isOfKey(reference, parent.key) ? undefined : reference.parentColumns;
  });
}

/** Whether a reference holds its parent's key, in whatever order. */
function isOfKey({ parentColumns }: ArchiveReference, key: readonly string[]): boolean {
  return key.length > 0 && key.length === parentColumns.length && key.every((name) => parentColumns.includes(name));
}

function heldBy(
  header: ArchiveHeader,
  model: string,
  columnsOf: (reference: ArchiveReference) => readonly string[] | undefined,
): readonly HeldKey[] {
  const entity = header.entities[model];
  return (entity?.references ?? []).flatMap((reference): readonly HeldKey[] => {
    const columns = columnsOf(reference);
    return entity === undefined || columns === undefined ? [] : [heldKey(header, entity, reference, columns)];
  });
}

function heldKey(
  header: ArchiveHeader,
  entity: ArchiveEntity,
  reference: ArchiveReference,
  parentColumns: readonly string[],
): HeldKey {
  const members = parentColumns.map((name) => heldMember(entity, reference.columns[reference.parentColumns.indexOf(name)] ?? ''));
  const { when } = reference;
  const condition = when === undefined ? undefined : heldMember(entity, when.column);
  const parent = Object.values(header.entities[reference.parent]?.columns ?? {});
  const integer = parentColumns.length === 1 && parent.find(({ name }) => name === parentColumns[0])?.kind === 'integer';
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
