import type { ArchiveHeader } from '../archive/archive.js';
import type { Key } from '../closure/key.js';
import type { KeyMap } from '../import/key-map.js';
import type { NamedModel } from '../import/object-named.js';
import { readIdMaps } from '../import/read-id-map.js';

/** Which object of the second state is which of the first: what an import wrote with `--id-map`. */
export class IdMap {
  readonly #models: ReadonlyMap<string, KeyMap>;

  private constructor(models: ReadonlyMap<string, KeyMap>) {
    this.#models = models;
  }

  /** Files in the names that the archive gives its objects. @throws UsageError ID_MAP_INVALID */
  static async read(paths: readonly string[], { entities }: ArchiveHeader): Promise<IdMap> {
    const known = new Map(Object.keys(entities).map((model) => [model, namedModel(entities, model)]));
    return new IdMap((await readIdMaps(paths, (name) => known.get(name))).keys);
  }

  /** Undefined where the map does not name the object: it has no counterpart that anybody knows of. */
  counterpart(model: string, key: Key): Key | undefined {
    return this.#models.get(model)?.get(key);
  }
}

/** How the objects of a model are named, as an archive's header tells of it. */
export function namedModel(entities: ArchiveHeader['entities'], model: string): NamedModel {
  const { key = [], columns = {} } = entities[model] ?? {};
  const members = Object.entries(columns);
  return {
    name: model,
    key: key.map((name) => {
      const [member, column] = members.find(([, one]) => one.name === name) ?? [name, undefined];
      return { names: [column?.property, name, member], kind: column?.kind ?? 'text' };
    }),
  };
}
