import type { ArchiveReader } from '../archive/open-archive.js';
import { pkToKey } from '../values/archive-value.js';
import { valueReader } from './check-references.js';
import type { PlannedModel } from './plan.js';
import { plannedRuns } from './planned-runs.js';

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
    for await (const { planned, from, objects } of plannedRuns(archive, models)) {
      for (const [at, object] of objects.entries()) {
        const place = from + at;
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
