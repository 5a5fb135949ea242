import type { ArchiveEntity, ArchiveHeader, ArchiveObject, ExternalObject } from '../../archive/archive.js';
import { headerKeyShape } from '../../archive/header-keys.js';
import type { Key } from '../../closure/key.js';
import { toKey } from '../../closure/key.js';
import type { Schema } from '../../schema/schema.js';
import { keyText, memberText } from '../../values/object-values.js';
import { targetEntity } from '../../schema/target-entity.js';
import { toServerText } from '../../values/archive-value.js';
import type { AbsentObject } from './find-absent.js';

/** A reference that becomes NULL where it leads to an object that is nowhere. */
interface Emptied {
  readonly name: string;
  readonly members: readonly { readonly member: string; readonly inKey: boolean }[];
  /** Those of its members that become NULL; none where none can. */
  readonly open: readonly string[];
  /** Whether the target itself refuses what leads nowhere. */
  readonly constrained: boolean;
  readonly when: { readonly member: string; readonly value: string } | undefined;
  readonly gone: ReadonlyMap<Key, ExternalObject>;
  readonly integer: boolean;
}

/** Writes NULL where a reference leads to one of some objects. */
export class EmptiedReferences {
  readonly #references = new Map<string, readonly Emptied[]>();

  /** @param gone by model: objects that neither the archive nor the target has */
  constructor(header: ArchiveHeader, schema: Schema, gone: ReadonlyMap<string, readonly AbsentObject[]>) {
    for (const model of header.order) this.#references.set(model, referencesTo(header, schema, model, gone));
  }

  /** The object as it is imported, and the names of what was emptied in it. */
  empty(object: ArchiveObject): { readonly object: ArchiveObject; readonly emptied: readonly string[] } {
    const changes: Record<string, null> = {};
    const emptied: string[] = [];
    for (const reference of this.#references.get(object.model) ?? []) {
      if (reference.open.length === 0 || leadTo(reference, object) === undefined) continue;
      for (const member of reference.open) changes[member] = null;
      emptied.push(reference.name);
    }
    if (emptied.length === 0) return { object, emptied };
    const { model, pk, fields, shared } = object;
    const changed = { model, pk, fields: { ...fields, ...changes } };
    return { object: shared === true ? { ...changed, shared } : changed, emptied };
  }

  /** Gone objects to which the object leads by references that cannot be empty, and that no constraint would refuse. */
  needed(object: ArchiveObject): readonly ExternalObject[] {
    return (this.#references.get(object.model) ?? []).flatMap((reference) =>
      reference.open.length > 0 || reference.constrained ? [] : (leadTo(reference, object) ?? []),
    );
  }
}

function leadTo({ members, when, gone, integer }: Emptied, object: ArchiveObject): ExternalObject | undefined {
  if (when !== undefined && memberText(object, when.member) !== when.value) return undefined;
  const texts = members.map(({ member, inKey }) => (inKey ? keyText(object, member) : memberText(object, member)));
  return texts.every((text) => text !== null) ? gone.get(toKey(texts, integer)) : undefined;
}

/** Gone objects by the values of some columns: of their key, or such as are in their natural key. */
function byColumns(
  { key, columns }: ArchiveEntity,
  names: readonly string[],
  objects: readonly AbsentObject[],
): ReadonlyMap<Key, ExternalObject> {
  if (names.join('\0') === key.join('\0')) return new Map(objects.map(({ key: own, external }) => [own, external]));
  const members = names.map((name) => Object.entries(columns).find(([, column]) => column.name === name)?.[0] ?? name);
  return new Map(
    objects.flatMap(({ external }) => {
      const texts = members.flatMap((member) => toServerText(external.naturalKey[member] ?? null) ?? []);
      return texts.length === members.length ? [[toKey(texts, false), external] as const] : [];
    }),
  );
}

/** References to gone objects: those that cannot be NULL in the target stay, and are conflicts. */
function referencesTo(
  header: ArchiveHeader,
  schema: Schema,
  model: string,
  gone: ReadonlyMap<string, readonly AbsentObject[]>,
): readonly Emptied[] {
  const described = header.entities[model];
  const entity = targetEntity(schema, header, model);
  if (described === undefined || entity === undefined) return [];
  const memberOf = new Map(Object.entries(described.columns).map(([member, { name }]) => [name, member]));
  return described.references.flatMap((reference): Emptied[] => {
    const objects = gone.get(reference.parent);
    const parent = header.entities[reference.parent];
    if (objects === undefined || parent === undefined) return [];
    const shape = headerKeyShape(header, reference.parent);
    const byKey = reference.parentColumns.join('\0') === parent.key.join('\0');
    const others = described.references.filter((one) => one !== reference).flatMap(({ columns }) => columns);
    const open = reference.columns.filter(
      (name) =>
        !described.key.includes(name) &&
        !others.includes(name) &&
        entity.columns.find((column) => column.name === name)?.nullable === true,
    );
    const { when } = reference;
    return [
      {
        name: `${model}.${reference.name.slice(reference.name.lastIndexOf('.') + 1)}`,
        members: reference.columns.map((name) => ({ member: memberOf.get(name) ?? name, inKey: described.key.includes(name) })),
        open: open.map((name) => memberOf.get(name) ?? name),
        when: when === undefined ? undefined : { member: memberOf.get(when.column) ?? when.column, value: when.value },
        constrained: schema.references.some(
          (one) =>
            one.child === entity.model && one.constraint !== undefined && one.columns.join('\0') === reference.columns.join('\0'),
        ),
        gone: byColumns(parent, reference.parentColumns, objects),
        integer: byKey && shape.members.length === 1 && shape.kinds[0] === 'integer',
      },
    ];
  });
}
