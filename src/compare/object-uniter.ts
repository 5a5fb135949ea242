import type { ArchiveHeader, ArchiveObject, ArchiveValue } from '../archive/archive.js';
import { headerKeyShape } from '../archive/header-keys.js';
import { compareKeysOf } from '../closure/key-order.js';
import type { Key } from '../closure/key.js';
import { keyToPk } from '../values/archive-value.js';
import { isShared, memberKeys, objectLine } from '../values/object-values.js';
import type { MergeConflicts } from './merge-conflicts.js';
import { modelComparer } from './model-comparer.js';
import { objectNamer } from './object-namer.js';

/** Makes one object of the versions that several archives have of it: all columns must be equal, links come together, the widest role counts. */
export type ObjectUniter = (key: Key, versions: readonly (ArchiveObject | undefined)[]) => ArchiveObject;

/** Versions that differ go into `conflicts`. */
export function objectUniter(
  header: ArchiveHeader,
  model: string,
  names: readonly string[],
  conflicts: MergeConflicts,
): ObjectUniter {
  const compare = modelComparer(header, header, model);
  const nameOf = objectNamer(header, model);
  const links = Object.entries(header.entities[model]?.links ?? {}).map(([member, link]) => {
    const shape = headerKeyShape(header, link.model);
    return { member, shape, compare: compareKeysOf(shape.kinds) };
  });
  return (key, versions) => {
    const there = versions.flatMap((object, at) => (object === undefined ? [] : [{ object, archive: names[at] ?? '' }]));
    const [first, ...others] = there;
    if (first === undefined) throw new TypeError(`no version of ${nameOf(key)}`);
    if (others.length === 0) return first.object;
    const line = objectLine(first.object);
    if (others.every(({ object }) => objectLine(object).equals(line))) return first.object;
    for (const other of others) {
      const columns = compare(first.object, other.object)?.columns ?? [];
      if (columns.length === 0) continue;
      const values =
        ({ fields }: ArchiveObject) =>
        (): Readonly<Record<string, ArchiveValue>> =>
          Object.fromEntries(columns.map((member) => [member, (fields[member] ?? null) as ArchiveValue]));
      conflicts.add(nameOf(key), columns, [
        { archive: first.archive, values: values(first.object) },
        { archive: other.archive, values: values(other.object) },
      ]);
      return first.object;
    }
    const objects = there.map(({ object }) => object);
    // A value can be written in two ways by hand: whichever archive comes first, the same one is taken.
    const [taken = first.object] = [...objects].sort((a, b) => objectLine(a).compare(objectLine(b)));
    const lists = links.map(({ member, shape, compare: order }) => {
      const keys = new Set(objects.flatMap((object) => memberKeys(object, member, shape)));
      return [member, [...keys].sort(order).map((one) => keyToPk(one, shape))] as const;
    });
    return {
      model,
      pk: taken.pk,
      fields: { ...taken.fields, ...Object.fromEntries(lists) },
      ...(objects.every(isShared) ? { shared: true as const } : {}),
    };
  };
}
