import type { ArchiveObject } from '../archive/archive.js';
import type { ArchiveReader } from '../archive/open-archive.js';
import type { PlannedModel } from './planned-model.js';

/** Objects of one model that stand together, with the place of the first among all of that model: what decisions go by. */
export interface PlannedRun {
  readonly planned: PlannedModel;
  readonly from: number;
  readonly objects: readonly ArchiveObject[];
}

/** Objects of one look-up. */
const batchSize = 50_000;

/** One pass over an archive, in runs; other models than those given are passed over. */
export async function* plannedRuns(
  archive: ArchiveReader,
  models: ReadonlyMap<string, PlannedModel>,
  signal?: AbortSignal,
): AsyncGenerator<PlannedRun, void> {
  const places = new Map<string, number>();
  for await (const batch of archive.encoded(new Set(models.keys()))) {
    signal?.throwIfAborted();
    for (const objects of runsOf(batch)) {
      const model = objects[0]?.model ?? '';
      const planned = models.get(model);
      if (planned === undefined) continue;
      const from = places.get(model) ?? 0;
      places.set(model, from + objects.length);
      yield { planned, from, objects };
    }
  }
}

function* runsOf(objects: readonly ArchiveObject[]): Generator<readonly ArchiveObject[]> {
  let from = 0;
  for (let at = 1; at <= objects.length; at += 1) {
    if (at < objects.length && at - from < batchSize && objects[at]?.model === objects[from]?.model) continue;
    if (at > from) yield objects.slice(from, at);
    from = at;
  }
}
