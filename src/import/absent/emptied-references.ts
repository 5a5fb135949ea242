import type { ArchiveHeader, ArchiveObject } from '../../archive/archive.js';
import { headerKeyShape } from '../../archive/header-keys.js';
import type { Key } from '../../closure/key.js';
import { toKey } from '../../closure/key.js';
import type { Schema } from '../../schema/schema.js';
import { keyText, memberText } from '../../values/object-values.js';
import { targetEntity } from '../../schema/target-entity.js';

/** A reference that becomes NULL where it leads to an object that is nowhere. */
interface Emptied {
  readonly name: string;
  readonly members: readonly { readonly member: string; readonly inKey: boolean }[];
  /** Those of its members that become NULL. */
  readonly open: readonly string[];
  readonly when: { readonly member: string; readonly value: string } | undefined;
  readonly gone: ReadonlySet<Key>;
  readonly integer: boolean;
}

/** Writes NULL where a reference leads to one of some objects. */
export class EmptiedReferences {
  readonly #references = new Map<string, readonly Emptied[]>();

  /** @param gone by model: keys of objects that neither the archive nor the target has */
  constructor(header: ArchiveHeader, schema: Schema, gone: ReadonlyMap<string, ReadonlySet<Key>>) {
    for (const model of header.order) this.#references.set(model, referencesTo(header, schema, model, gone));
  }

  /** The object as it is imported, and the names of what was emptied in it. */
  empty(object: ArchiveObject): { readonly object: ArchiveObject; readonly emptied: readonly string[] } {
    const changes: Record<string, null> = {};
    const emptied: string[] = [];
    for (const reference of this.#references.get(object.model) ?? []) {
      if (!leadsAway(reference, object)) continue;
      for (const member of reference.open) changes[member] = null;
      emptied.push(reference.name);
    }
    if (emptied.length === 0) return { object, emptied };
    const { model, pk, fields, shared } = object;
    const changed = { model, pk, fields: { ...fields, ...changes } };
    return { object: shared === true ? { ...changed, shared } : changed, emptied };
  }
}

function leadsAway({ members, when, gone, integer }: Emptied, object: ArchiveObject): boolean {
  if (when !== undefined && memberText(object, when.member) !== when.value) return false;
  const texts = members.map(({ member, inKey }) => (inKey ? keyText(object, member) : memberText(object, member)));
  return texts.every((text) => text !== null) && gone.has(toKey(texts, integer));
}

/** References to gone objects that can be NULL in the target: others stay, and are conflicts. */
function referencesTo(
  header: ArchiveHeader,
  schema: Schema,
  model: string,
  gone: ReadonlyMap<string, ReadonlySet<Key>>,
): readonly Emptied[] {
  const described = header.entities[model];
  const entity = targetEntity(schema, header, model);
  if (described === undefined || entity === undefined) return [];
  const memberOf = new Map(Object.entries(described.columns).map(([member, { name }]) => [name, member]));
  return described.references.flatMap((reference): Emptied[] => {
    const keys = gone.get(reference.parent);
    const shape = headerKeyShape(header, reference.parent);
    const key = header.entities[reference.parent]?.key ?? [];
    if (keys === undefined || reference.parentColumns.join('\0') !== key.join('\0')) return [];
    const others = described.references.filter((one) => one !== reference).flatMap(({ columns }) => columns);
    const open = reference.columns.filter(
      (name) =>
        !described.key.includes(name) &&
        !others.includes(name) &&
        entity.columns.find((column) => column.name === name)?.nullable === true,
    );
    if (open.length === 0) return [];
    const { when } = reference;
    return [
      {
        name: `${model}.${reference.name.slice(reference.name.lastIndexOf('.') + 1)}`,
        members: reference.columns.map((name) => ({ member: memberOf.get(name) ?? name, inKey: described.key.includes(name) })),
        open: open.map((name) => memberOf.get(name) ?? name),
        when: when === undefined ? undefined : { member: memberOf.get(when.column) ?? when.column, value: when.value },
        gone: keys,
        integer: shape.members.length === 1 && shape.kinds[0] === 'integer',
      },
    ];
  });
}
