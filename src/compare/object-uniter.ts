import type { ArchiveHeader, ArchiveObject, ArchiveValue } from '../archive/archive.js';
import { headerKeyShape } from '../archive/header-keys.js';
import { compareKeysOf } from '../closure/key-order.js';
import type { Key } from '../closure/key.js';
import { groupBy } from '../schema/group-by.js';
import { keyToPk } from '../values/archive-value.js';
import { isShared, memberKeys, objectLine } from '../values/object-values.js';
import type { MergeConflicts } from './merge-conflicts.js';
import { modelComparer } from './model-comparer.js';
import { objectNamer } from './object-namer.js';

/** Makes one object of the versions that several archives have of it: links come together, the widest role counts. */
export type ObjectUniter = (key: Key, versions: readonly (ArchiveObject | undefined)[]) => ArchiveObject;

/** One archive of several. */
export interface MergedArchive {
  readonly path: string;
  /** By which database it comes from: what differs within one is never settled. */
  readonly origin: number;
}

/** What becomes of columns in which an object of one database and the same of another differ; the object, or undefined where that is a conflict. */
export type SettleColumns = (first: ArchiveObject, other: ArchiveObject, columns: readonly string[]) => ArchiveObject | undefined;

interface Version {
  readonly object: ArchiveObject;
  readonly archive: MergedArchive;
}

/** Versions that differ go into `conflicts`, unless they are settled. */
export function objectUniter(
  header: ArchiveHeader,
  model: string,
  archives: readonly MergedArchive[],
  conflicts: MergeConflicts,
  settle: SettleColumns = () => undefined,
): ObjectUniter {
  const compare = modelComparer(header, header, model);
  const nameOf = objectNamer(header, model);
  const links = Object.entries(header.entities[model]?.links ?? {}).map(([member, link]) => {
    const shape = headerKeyShape(header, link.model);
    return { member, shape, compare: compareKeysOf(shape.kinds) };
  });

  function together(objects: readonly ArchiveObject[], taken: ArchiveObject): ArchiveObject {
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
  }

  function tell(key: Key, first: Version, other: Version, columns: readonly string[]): void {
    const values =
      ({ fields }: ArchiveObject) =>
      (): Readonly<Record<string, ArchiveValue>> =>
        Object.fromEntries(columns.map((member) => [member, (fields[member] ?? null) as ArchiveValue]));
    conflicts.add(nameOf(key), columns, [
      { archive: first.archive.path, values: values(first.object) },
      { archive: other.archive.path, values: values(other.object) },
    ]);
  }

  /** Undefined where they differ, which is told. */
  function uniteEqual(key: Key, versions: readonly Version[]): ArchiveObject | undefined {
    const [first, ...others] = versions as readonly [Version, ...Version[]];
    if (others.length === 0) return first.object;
    const line = objectLine(first.object);
    if (others.every(({ object }) => objectLine(object).equals(line))) return first.object;
    for (const other of others) {
      const columns = compare(first.object, other.object)?.columns ?? [];
      if (columns.length === 0) continue;
      tell(key, first, other, columns);
      return undefined;
    }
    const objects = versions.map(({ object }) => object);
    // A value can be written in two ways by hand: whichever archive comes first, the same one is taken.
    const [taken = first.object] = [...objects].sort((a, b) => objectLine(a).compare(objectLine(b)));
    return together(objects, taken);
  }

  return (key, versions) => {
    const there = versions.flatMap((object, at): readonly Version[] => {
      const archive = archives[at];
      return object === undefined || archive === undefined ? [] : [{ object, archive }];
    });
    const [first] = there;
    if (first === undefined) throw new TypeError(`no version of ${nameOf(key)}`);
    const united = [...groupBy(there, ({ archive }) => archive.origin).values()].flatMap((group): readonly Version[] => {
      const object = uniteEqual(key, group);
      return object === undefined || group[0] === undefined ? [] : [{ object, archive: group[0].archive }];
    });
    const [kept, ...others] = united;
    if (kept === undefined || others.length === 0) return kept?.object ?? first.object;
    let taken = kept.object;
    for (const other of others) {
      const columns = compare(taken, other.object)?.columns ?? [];
      const settled = columns.length === 0 ? taken : settle(taken, other.object, columns);
      if (settled === undefined) {
        tell(key, kept, other, columns);
        return kept.object;
      }
      taken = settled;
    }
    return together(
      united.map(({ object }) => object),
      taken,
    );
  };
}
