import type { ArchiveObject } from '../archive/archive.js';
import type { ArchiveReader } from '../archive/open-archive.js';
import { hasIntegerKey } from '../schema/has-integer-key.js';
import { lent } from './lent.js';
import type { PlannedModel } from './planned-model.js';
import { readAhead } from './read-ahead.js';

/** Objects of one model that stand together, with the place of the first among all of that model: what decisions go by. */
export interface PlannedRun {
  readonly planned: PlannedModel;
  readonly from: number;
  readonly objects: readonly ArchiveObject[];
}

/** How much one look-up asks for: what it asks for is held until it is answered. */
export interface LookUpSize {
  readonly objects: number;
  /** Of the archive's lines. */
  readonly bytes: number;
}

export const usualLookUp: LookUpSize = Object.freeze({ objects: 100_000, bytes: 16 * 1024 * 1024 });

/** Of models with other keys than integers, of which each takes more: in the archive, in the statement and while its answer is awaited. */
const longKeysLookUp: LookUpSize = Object.freeze({ objects: 25_000, bytes: 8 * 1024 * 1024 });

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

interface GatherOptions {
  readonly signal?: AbortSignal | undefined;
  readonly size?: LookUpSize | undefined;
  /** Whether runs of a model stay as they are. */
  readonly isAlone?: (planned: PlannedModel) => boolean;
}

/**
 * The same in runs that are worth a look-up each, where the table has rows; objects of an empty one need not wait for others. A run has its
 * objects until the next one is asked for.
 */
export async function* gatheredRuns(
  archive: ArchiveReader,
  models: ReadonlyMap<string, PlannedModel>,
  { signal, size: given, isAlone = () => false }: GatherOptions,
): AsyncGenerator<PlannedRun, void> {
  let waiting: Gathered | undefined;
  let read = 0;
  for await (const run of readAhead(plannedRuns(archive, models, signal))) {
    const { bytes } = archive.position;
    const size = given ?? (hasIntegerKey(run.planned.target.entity) ? usualLookUp : longKeysLookUp);
    if (waiting !== undefined && waiting.planned !== run.planned) {
      yield* lent(waiting, waiting.objects);
      waiting = undefined;
    }
    waiting ??= { ...run, objects: [], bytes: 0 };
    for (const object of run.objects) {
      if (waiting.objects.length === size.objects) {
        const from: number = waiting.from + waiting.objects.length;
        yield* lent(waiting, waiting.objects);
        waiting = { ...waiting, from, objects: [], bytes: 0 };
      }
      waiting.objects.push(object);
    }
    waiting.bytes += bytes - read;
    read = bytes;
    if (!run.planned.empty && !isAlone(run.planned) && waiting.bytes < size.bytes) continue;
    yield* lent(waiting, waiting.objects);
    waiting = undefined;
  }
  if (waiting !== undefined) yield* lent(waiting, waiting.objects);
}

interface Gathered extends PlannedRun {
  readonly objects: ArchiveObject[];
  /** About as many as the objects' lines have. */
  bytes: number;
}

function* runsOf(objects: readonly ArchiveObject[]): Generator<readonly ArchiveObject[]> {
  let from = 0;
  for (let at = 1; at <= objects.length; at += 1) {
    if (at < objects.length && at - from < usualLookUp.objects && objects[at]?.model === objects[from]?.model) continue;
    if (at > from) yield objects.slice(from, at);
    from = at;
  }
}
