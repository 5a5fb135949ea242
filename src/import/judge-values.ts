import type { Key } from '../closure/key.js';
import { createRowReader } from '../dialect/postgres/row-reader.js';
import type { Reference } from '../schema/schema.js';
import { objectKey } from '../values/object-values.js';
import { findReferenced } from './find-referenced.js';
import type { PlanOptions } from './plan-options.js';
import type { PlannedModel } from './planned-model.js';
import { plannedRuns } from './planned-runs.js';
import { valueReader } from './reference-value.js';

/** Those of some values of a reference that a row of the target has. */
export async function foundInTarget(
  { session, schema }: PlanOptions,
  reference: Reference,
  values: readonly Key[],
): Promise<ReadonlySet<Key>> {
  if (!reference.direct) return findReferenced(session, schema, reference, values, 'target');
  const found = new Set<Key>();
  const entity = schema.entities.get(reference.parent);
  if (entity === undefined) return new Set(values);
  for await (const batch of createRowReader(session).keys({ entity, columns: reference.parentColumns, values }, [
    reference.parentColumns,
  ])) {
    for (const value of batch.groups[0] ?? []) if (value !== null) found.add(value);
  }
  return found;
}

interface Judged {
  readonly absent: readonly Key[];
  readonly skipped: ReadonlySet<Key>;
  /** Those that an object of the archive answers, where that was asked. */
  readonly coming: ReadonlySet<Key>;
}

/**
 * What the target has is there, unless it is there in the place of a skipped object that no row is proven to be; what it has not
 * can still come with the archive, for references that do not hold the parent's key as it stands.
 */
export async function judge(
  { archive, session, schema }: PlanOptions,
  reference: Reference,
  {
    asked,
    found,
    parent,
  }: { readonly asked: readonly Key[]; readonly found: ReadonlySet<Key>; readonly parent: PlannedModel | undefined },
): Promise<Judged> {
  const open = asked.filter((value) => !found.has(value));
  if (reference.direct || parent === undefined || (open.length === 0 && parent.skipped.size === 0))
    return { absent: open, skipped: new Set(), coming: new Set() };
  const held = { coming: new Set<Key>(), proven: new Set<Key>(), unproven: new Set<Key>() };
  const read = valueReader(parent.target, { ...reference, columns: reference.parentColumns, when: undefined, asText: undefined });
  const isOfKey = parent.target.entity.key.every((name) => reference.parentColumns.includes(name));
  for await (const { from, objects } of plannedRuns(archive, new Map([[parent.target.model, parent]]))) {
    objects.forEach((object, at) => {
      const value = read(object);
      if (value === undefined) return;
      const key = objectKey(object, parent.target.shape) ?? '';
      const row = parent.standIns.get(key);
      if (parent.decisions.at(from + at) !== 'skip') held.coming.add(value);
      // Where the row that is proven the same has another key, who has this one is another.
      else if (row === undefined || (isOfKey && row !== key)) held.unproven.add(value);
      else held.proven.add(value);
    });
  }
  const leading = (to: ReadonlySet<Key>, values: readonly Key[]): Promise<ReadonlySet<Key>> =>
    to.size === 0 ? Promise.resolve(new Set()) : findReferenced(session, schema, reference, values, [...to]);
  const coming = await leading(held.coming, asked);
  const rest = asked.filter((value) => !coming.has(value));
  const skipped = new Set([
    ...(await leading(held.unproven, rest)),
    ...(await leading(
      held.proven,
      rest.filter((value) => !found.has(value)),
    )),
  ]);
  return { absent: rest.filter((value) => !found.has(value) && !skipped.has(value)), skipped, coming };
}
