import type { KeyBatch, RowSelection } from '../dialect/row-reader.js';
import type { Reference } from '../schema/schema.js';
import type { Arrival } from './arrival.js';
import type { ScanPlan } from './edges.js';
import type { Intake } from './intake.js';
import type { KeySet } from './key-set.js';
import { oneOf } from './key-sets.js';
import type { WalkOptions } from './walk-options.js';

/** Reads the selected rows into the closure. */
export async function scan(
  options: WalkOptions,
  intake: Intake,
  plan: ScanPlan,
  selection: RowSelection,
  arrival: Arrival,
): Promise<void> {
  const rules = options.border.conditions(plan.entity.model);
  await takeIn(options, intake, options.reader.keys({ ...selection, rules }, plan.groups), arrival, (batch) => {
    intake.arrive(plan, batch, arrival);
  });
}

/** As {@link scan}; returns which values had a row, as `track` holds them. */
export async function scanTracked(
  options: WalkOptions,
  intake: Intake,
  plan: ScanPlan,
  selection: RowSelection,
  arrival: Arrival,
  track: Reference,
): Promise<KeySet> {
  const found = oneOf(options.keySets, { ...plan.entity, key: track.parentColumns });
  const groups = track.direct ? plan.groups : [...plan.groups, track.parentColumns];
  const foundGroup = track.direct ? 0 : groups.length - 1;
  const rules = options.border.conditions(plan.entity.model);
  await takeIn(options, intake, options.reader.keys({ ...selection, rules }, groups), arrival, (batch) => {
    intake.arrive(plan, batch, arrival);
    for (const value of batch.groups[foundGroup] ?? []) if (value !== null) found.add(value);
  });
  return found;
}

/** Gives batches to `take` for as long as more may come in. */
export async function takeIn(
  { signal }: WalkOptions,
  intake: Intake,
  batches: AsyncIterable<KeyBatch>,
  { direction }: Pick<Arrival, 'direction'>,
  take: (batch: KeyBatch) => void,
): Promise<void> {
  for await (const batch of batches) {
    signal?.throwIfAborted();
    take(batch);
    if (intake.stopped || (intake.spent && direction === 'down')) break;
  }
}
