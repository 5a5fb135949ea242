import type { ArchiveHeader, ArchiveObject, ArchiveTrailer, ArchiveValue, ExternalObject } from '../archive/archive.js';
import { headerKeyShape } from '../archive/header-keys.js';
import { compareKeysOf } from '../closure/key-order.js';
import type { Key } from '../closure/key.js';
import { pkToKey, toServerText } from '../values/archive-value.js';
import { keyText, memberText } from '../values/object-values.js';
import type { MergeConflicts, Version } from './merge-conflicts.js';
import { objectNamer } from './object-namer.js';

/** With the archive that told of it first. */
interface KnownExternal extends ExternalObject {
  readonly archive: string;
}

/** Objects that stayed at home when one of several archives was written, by model and key. */
export class UnitedExternal {
  readonly #header: ArchiveHeader;
  readonly #conflicts: MergeConflicts;
  readonly #models = new Map<string, Map<Key, KnownExternal>>();

  constructor(header: ArchiveHeader, conflicts: MergeConflicts) {
    this.#header = header;
    this.#conflicts = conflicts;
  }

  /** What is known of one by several archives must agree. */
  admit(archive: string, { external }: Pick<ArchiveTrailer, 'external'>): void {
    for (const one of external) {
      const { model } = one;
      const key = pkToKey(one.pk, headerKeyShape(this.#header, model));
      if (key === undefined) continue;
      let known = this.#models.get(model);
      if (known === undefined) this.#models.set(model, (known = new Map<Key, KnownExternal>()));
      const other = known.get(key);
      if (other === undefined) {
        known.set(key, { ...one, archive });
        continue;
      }
      const differing = Object.keys(one.naturalKey).filter(
        (member) => Object.hasOwn(other.naturalKey, member) && one.naturalKey[member] !== other.naturalKey[member],
      );
      if (differing.length > 0) {
        this.#conflicts.add(objectNamer(this.#header, model)(key), differing, [
          version(other.archive, other.naturalKey, differing),
          version(archive, one.naturalKey, differing),
        ]);
      }
      known.set(key, { ...other, naturalKey: { ...one.naturalKey, ...other.naturalKey } });
    }
  }

  /** One that another archive has whole is no external object any more, if it is the same. */
  resolve(object: ArchiveObject, key: Key, archive: string): void {
    const known = this.#models.get(object.model);
    const external = known?.get(key);
    if (known === undefined || external === undefined) return;
    known.delete(key);
    const { columns = {}, key: keyColumns = [] } = this.#header.entities[object.model] ?? {};
    const differing = Object.entries(external.naturalKey).flatMap(([member, value]) => {
      const column = Object.hasOwn(columns, member) ? columns[member] : undefined;
      if (column === undefined) return [];
      const text = keyColumns.includes(column.name) ? keyText(object, member) : memberText(object, member);
      return text === toServerText(value) ? [] : [member];
    });
    if (differing.length === 0) return;
    this.#conflicts.add(objectNamer(this.#header, object.model)(key), differing, [
      version(external.archive, external.naturalKey, differing),
      version(archive, object.fields as Readonly<Record<string, ArchiveValue>>, differing),
    ]);
  }

  /** Those that are left, by model and key. */
  list(): readonly ExternalObject[] {
    return [...this.#models]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([model, known]) => {
        const compare = compareKeysOf(headerKeyShape(this.#header, model).kinds);
        return [...known].sort(([a], [b]) => compare(a, b)).map(([, { pk, naturalKey }]) => ({ model, pk, naturalKey }));
      });
  }
}

function version(archive: string, values: Readonly<Record<string, ArchiveValue>>, members: readonly string[]): Version {
  return { archive, values: () => Object.fromEntries(members.map((member) => [member, values[member] ?? null])) };
}
