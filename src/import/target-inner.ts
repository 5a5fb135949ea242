import type { ArchiveObject } from '../archive/archive.js';
import type { FoundKey, KeyFinder } from '../inside/key-finder.js';
import { keyFinder } from '../inside/key-finder.js';
import { keyFormOf } from '../inside/key-form.js';
import type { AbsentRule } from '../inside/absent-rule.js';
import type { Column, Entity, InnerReference, Mention, Schema } from '../schema/schema.js';
import { keyText, memberText } from '../values/object-values.js';

/** A reference whose keys stand inside a value of one model's objects. */
export interface TargetInner {
  readonly reference: InnerReference;
  readonly parent: Entity;
  /** Of its column, among the target's. */
  readonly place: number;
  readonly member: string;
  readonly find: KeyFinder;
  /** What is written for an object that has not come, where it is only mentioned; undefined where it is needed. */
  readonly absent: AbsentRule | undefined;
  /** What stands where keys should; nothing where the value is NULL, or where the reference does not hold for the object. */
  readonly found: (object: ArchiveObject) => readonly FoundKey[];
}

/** One that a value only mentions. */
export interface TargetMention extends TargetInner {
  readonly absent: AbsentRule;
}

/** A column of the archive, and that of the target to which it goes. */
interface HeldColumn {
  readonly member: string;
  readonly inKey: boolean;
  readonly column: Column;
}

const nothing: readonly FoundKey[] = Object.freeze([]);

export function targetInner(schema: Schema, entity: Entity, columns: readonly HeldColumn[]): readonly TargetInner[] {
  return findersOf(schema, schema.inner, entity, columns);
}

/** The same of what values only mention. */
export function targetMentions(schema: Schema, entity: Entity, columns: readonly HeldColumn[]): readonly TargetMention[] {
  return findersOf(schema, schema.mentions, entity, columns).filter((one): one is TargetMention => one.absent !== undefined);
}

function findersOf(
  schema: Schema,
  references: readonly (InnerReference | Mention)[],
  entity: Entity,
  columns: readonly HeldColumn[],
): readonly TargetInner[] {
  const placeOf = (name: string | undefined): number => columns.findIndex(({ column }) => column.name === name);
  return references.flatMap((reference): readonly TargetInner[] => {
    const { child, columns: own, parentColumns, when, inside } = reference;
    const parent = schema.entities.get(reference.parent);
    const place = placeOf(own[0]);
    const held = columns[place];
    const key = parent?.columns.find(({ name }) => name === parentColumns[0]);
    if (child !== entity.model || parent === undefined || held === undefined || key === undefined) return [];
    const find = keyFinder(inside, keyFormOf(key));
    const discriminator = columns[placeOf(when?.column)];
    const found = (object: ArchiveObject): readonly FoundKey[] => {
      if (when !== undefined && textOf(object, discriminator) !== when.value) return nothing;
      const text = memberText(object, held.member);
      return text === null ? nothing : find(text);
    };
    const absent = 'absent' in reference ? reference.absent : undefined;
    return [{ reference, parent, place, member: held.member, find, absent, found }];
  });
}

function textOf(object: ArchiveObject, column: HeldColumn | undefined): string | null {
  if (column === undefined) return null;
  return column.inKey ? keyText(object, column.member) : memberText(object, column.member);
}
