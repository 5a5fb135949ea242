import type { ArchiveObject, ExternalObject } from '../../archive/archive.js';
import { headerKeyShape } from '../../archive/header-keys.js';
import { pkToKey } from '../../values/archive-value.js';
import type { Gathering } from './gathering.js';

/** Objects that stayed at home, as far as archives tell of them: of each its key and its natural key. */
export class StayedAtHome {
  /** By database, by model. */
  readonly #all: readonly ReadonlyMap<string, readonly ArchiveObject[]>[];

  /** The archives have been read to their end. */
  constructor({ header, origins, keys }: Gathering) {
    this.#all = origins.map(({ archives, place }) => {
      const byModel = new Map<string, ArchiveObject[]>();
      for (const one of archives.flatMap(({ trailer }) => trailer?.external ?? [])) {
        const key = pkToKey(one.pk, headerKeyShape(header, one.model));
        // Another archive of its database has it whole.
        if (key === undefined || keys[place]?.of(one.model).keys.has(key) === true) continue;
        const known = byModel.get(one.model);
        if (known === undefined) byModel.set(one.model, [asObject(one)]);
        else known.push(asObject(one));
      }
      return byModel;
    });
  }

  of(place: number, model: string): readonly ArchiveObject[] {
    return this.#all[place]?.get(model) ?? [];
  }
}

/** With what is known of it. */
export function asObject({ model, pk, naturalKey }: ExternalObject): ArchiveObject {
  return { model, pk, fields: naturalKey };
}
