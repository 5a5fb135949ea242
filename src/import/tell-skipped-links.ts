import type { ArchiveObject } from '../archive/archive.js';
import type { ArchiveReader } from '../archive/open-archive.js';
import type { Findings } from '../findings/finding.js';
import { pkToKey } from '../values/archive-value.js';
import { objectKey } from '../values/object-values.js';
import type { Plan } from './plan.js';
import type { PlannedModel } from './planned-model.js';
import { plannedRuns } from './planned-runs.js';
import type { TargetLink } from './target.js';

/** Links of objects that are there to skipped ones that no row is proven to be; those of skipped owners go without saying. */
export async function tellSkippedLinks(archive: ArchiveReader, { models }: Plan, findings: Findings): Promise<void> {
  const concerns = ({ inverseModel }: TargetLink): boolean => (models.get(inverseModel)?.skipped.size ?? 0) > 0;
  const owners = new Map([...models].filter(([, { target }]) => target.links.some(concerns)));
  if (owners.size === 0) return;
  const counts = new Map<string, number>();
  for await (const { planned, objects } of plannedRuns(archive, owners)) {
    for (const link of planned.target.links.filter(concerns)) {
      const count = leftOut(planned, link, models.get(link.inverseModel), objects);
      counts.set(link.name, (counts.get(link.name) ?? 0) + count);
    }
  }
  for (const [name, count] of counts) {
    if (count > 0)
      findings.note('skipped', name, `left out: ${String(count)} ${count === 1 ? 'link' : 'links'} to what is left out`);
  }
}

function leftOut(
  { target, skipped }: PlannedModel,
  link: TargetLink,
  other: PlannedModel | undefined,
  objects: readonly ArchiveObject[],
): number {
  let count = 0;
  for (const object of objects) {
    const list = object.fields[link.member];
    if (!Array.isArray(list) || skipped.has(objectKey(object, target.shape) ?? '')) continue;
    for (const pk of list as readonly ArchiveObject['pk'][]) {
      const end = pkToKey(pk, link.inverse) ?? '';
      if (other?.skipped.has(end) === true && !other.standIns.has(end)) count += 1;
    }
  }
  return count;
}
