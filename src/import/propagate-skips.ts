import type { ArchiveReader } from '../archive/open-archive.js';
import { pkToKey } from '../values/archive-value.js';
import { valueReader } from './check-references.js';
import type { PlannedModel } from './plan.js';

/**
 * An object that needs a skipped one is skipped too, and what needs that: again until nothing changes. An object whose key a
 * different row has is not in the target, so that a reference to it would come to mean that other row.
 */
export async function propagateSkips(archive: ArchiveReader, models: ReadonlyMap<string, PlannedModel>): Promise<void> {
  const byEntity = new Map([...models.values()].map((planned) => [planned.target.entity.model, planned]));
  const readers = new Map(
    [...models].map(([model, { target }]) => [
      model,
      target.references
        .filter((reference) => reference.direct)
        .map((reference) => ({ parent: byEntity.get(reference.parent), value: valueReader(target, reference) })),
    ]),
  );
  for (let changed = true; changed;) {
    changed = false;
    const places = new Map<string, number>();
    for await (const objects of archive.objects()) {
      for (const object of objects) {
        const planned = models.get(object.model);
        if (planned === undefined) continue;
        const place = places.get(object.model) ?? 0;
        places.set(object.model, place + 1);
        const decision = planned.decisions.at(place);
        if (decision !== 'insert' && decision !== 'update') continue;
        const needsSkipped = readers.get(object.model)?.some(({ parent, value }) => {
          const held = value(object);
          return held !== undefined && parent?.skipped.has(held) === true;
        });
        if (needsSkipped !== true) continue;
        planned.decisions.change(place, 'skip');
        planned.skipped.add(pkToKey(object.pk, planned.target.shape) ?? '');
        changed = true;
      }
    }
  }
}
