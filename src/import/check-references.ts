import type { ArchiveObject } from '../archive/archive.js';
import { createKeySet } from '../closure/create-key-set.js';
import type { Key } from '../closure/key.js';
import type { KeySet } from '../closure/key-set.js';
import { equalValues } from '../dialect/postgres/equal-values.js';
import { createRowReader } from '../dialect/postgres/row-reader.js';
import { columnNamed } from '../dialect/postgres/sql.js';
import type { Reference } from '../schema/schema.js';
import { pkToKey } from '../values/archive-value.js';
import { holdRows } from './hold-rows.js';
import { valueReader } from './reference-value.js';
import type { StandIns } from './stand-ins.js';
import type { PlanOptions } from './plan-options.js';
import { plannedRuns } from './planned-runs.js';
import type { ConflictList } from './plan.js';
import type { PlannedModel } from './planned-model.js';
import { objectName } from './planned-model.js';
import type { TargetModel } from './target.js';

/** How to read what a reference holds out of an object. */
interface HeldReference {
  readonly reference: Reference;
  readonly value: (object: ArchiveObject) => Key | undefined;
  /** Values that no object of the archive before this one answers. */
  readonly open: KeySet;
  /** All values, where no constraint sees to it that their rows stay. */
  readonly relied: KeySet | undefined;
}

/** Gathers what references hold while the archive is read; what the archive itself does not answer is asked of the target. */
export class ReferenceCheck {
  readonly #models: ReadonlyMap<string, PlannedModel>;
  readonly #held = new Map<string, readonly HeldReference[]>();
  readonly #byEntity = new Map<string, PlannedModel>();

  constructor(models: ReadonlyMap<string, PlannedModel>) {
    this.#models = models;
    for (const planned of models.values()) this.#byEntity.set(planned.target.entity.model, planned);
  }

  /** Objects that will be written, as they will be written. */
  note(target: TargetModel, objects: readonly ArchiveObject[]): void {
    for (const { reference, value, open, relied } of this.of(target)) {
      const inArchive = reference.direct ? this.#byEntity.get(reference.parent)?.keys : undefined;
      for (const object of objects) {
        const held = value(object);
        if (held === undefined) continue;
        if (inArchive?.has(held) !== true) open.add(held);
        relied?.add(held);
      }
    }
  }

  of(target: TargetModel): readonly HeldReference[] {
    const known = this.#held.get(target.model);
    if (known !== undefined) return known;
    const held = target.references.map((reference) => ({
      reference,
      value: valueReader(target, reference),
      open: valueSet(target, reference),
      relied: reference.constraint === undefined ? valueSet(target, reference) : undefined,
    }));
    this.#held.set(target.model, held);
    return held;
  }

  get all(): readonly (HeldReference & { readonly planned: PlannedModel })[] {
    return [...this.#models.values()].flatMap((planned) => this.of(planned.target).map((held) => ({ ...held, planned })));
  }

  /** The planned model of a reference's parent, where the archive has it. */
  parentOf(reference: Reference): PlannedModel | undefined {
    return this.#byEntity.get(reference.parent);
  }
}

function valueSet({ entity }: TargetModel, { columns }: Reference): KeySet {
  return createKeySet({ columns: entity.columns, key: columns });
}

/**
 * Asks the target for every value that the archive leaves open, one query for each reference, and holds the rows that answer. What
 * is nowhere is a conflict. Returns what tells of references that lead nowhere and need not: it is to be called once.
 */
export async function checkReferences(
  options: PlanOptions,
  models: ReadonlyMap<string, PlannedModel>,
  check: ReferenceCheck,
  conflicts: ConflictList,
  standIns: StandIns,
): Promise<() => void> {
  const missing = new Map<HeldReference['reference'], KeySet>();
  for (const { reference, open, relied, planned } of check.all) {
    const parent = check.parentOf(reference);
    const asked = [...open.sorted()].filter((value) => !(reference.direct && parent?.keys.has(value) === true));
    const found = asked.length === 0 ? new Set<Key>() : await foundInTarget(options, reference, asked);
    await hold(options, reference, relied === undefined ? [...found] : parent?.empty === true ? [] : relied.sorted());
    if (asked.length === 0) continue;
    const fromArchive = reference.direct ? undefined : await valuesInArchive(options, reference, parent);
    const unanswered = asked.filter((value) => !found.has(value) && fromArchive?.has(value) !== true);
    const absent = reference.direct
      ? unanswered
      : await unequal(options, reference, unanswered, [...found, ...(fromArchive ?? [])]);
    if (absent.length === 0) continue;
    const set = valueSet(planned.target, reference);
    for (const value of absent) set.add(value);
    missing.set(reference, set);
  }
  return missing.size > 0 ? reportMissing(options, models, check, missing, conflicts, standIns) : () => undefined;
}

async function hold({ session, schema, findings }: PlanOptions, reference: Reference, values: Iterable<Key>): Promise<void> {
  const entity = schema.entities.get(reference.parent);
  if (entity === undefined) return;
  const constrained = reference.constraint !== undefined;
  await holdRows(session, findings, { entity, columns: reference.parentColumns, values, constrained });
}

async function foundInTarget(
  { session, schema }: PlanOptions,
  reference: Reference,
  values: readonly Key[],
): Promise<ReadonlySet<Key>> {
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

/** The values that equal none of the others, as the database compares them: `0.50` and `0.5` are one number. */
async function unequal(
  { session, schema }: PlanOptions,
  reference: Reference,
  values: readonly Key[],
  others: readonly Key[],
): Promise<readonly Key[]> {
  const entity = schema.entities.get(reference.parent);
  if (entity === undefined || values.length === 0 || others.length === 0) return values;
  const equal = await equalValues(
    session,
    reference.parentColumns.map((name) => columnNamed(entity, name)),
    values,
    others,
  );
  return values.filter((value) => !equal.has(value));
}

/** What the parent's referenced columns hold in the archive where it is not skipped, for references to columns that are no key. */
async function valuesInArchive(
  { archive }: PlanOptions,
  reference: Reference,
  parent: PlannedModel | undefined,
): Promise<ReadonlySet<Key>> {
  const values = new Set<Key>();
  if (parent === undefined) return values;
  const read = valueReader(parent.target, { ...reference, columns: reference.parentColumns, when: undefined });
  for await (const { from, objects } of plannedRuns(archive, new Map([[parent.target.model, parent]]))) {
    objects.forEach((object, at) => {
      const value = parent.decisions.at(from + at) === 'skip' ? undefined : read(object);
      if (value !== undefined) values.add(value);
    });
  }
  return values;
}

/** Another pass, only where something is missing: which objects hold the missing values. */
async function reportMissing(
  { archive, findings, signal }: PlanOptions,
  models: ReadonlyMap<string, PlannedModel>,
  check: ReferenceCheck,
  missing: ReadonlyMap<Reference, KeySet>,
  conflicts: ConflictList,
  standIns: StandIns,
): Promise<() => void> {
  const dangling: (readonly [name: string, reference: Reference])[] = [];
  for await (const { planned, from, objects } of plannedRuns(archive, models, signal)) {
    for (const [at, object] of objects.entries()) {
      const place = from + at;
      const decision = planned.decisions.at(place);
      if (decision !== 'insert' && decision !== 'update') continue;
      for (const { reference, value } of check.of(planned.target)) {
        const followed = missing.has(reference) ? standIns.follow(planned, object) : undefined;
        const held = followed?.is === 'kept' ? value(followed.object) : undefined;
        if (held === undefined || missing.get(reference)?.has(held) !== true) continue;
        const name = objectName(planned.target, pkToKey(object.pk, planned.target.shape) ?? '');
        if (reference.constraint === undefined) {
          dangling.push([name, reference]);
          continue;
        }
        if (planned.target.strategy === 'skip') {
          planned.decisions.change(place, 'skip');
          planned.skipped.add(pkToKey(object.pk, planned.target.shape) ?? '');
          continue;
        }
        planned.decisions.change(place, 'conflict');
        const columns = reference.columns.map((column) => memberOf(planned.target, column));
        conflicts.add({
          object: name,
          reason: 'missing-reference',
          constraint: reference.constraint.name,
          columns,
          inTheWay: '',
        });
      }
    }
  }
  return () => {
    for (const [name, reference] of dangling)
      findings.warn('dangling-reference', name, `${reference.name} holds a key that neither the archive nor the target has`);
  };
}

function memberOf(target: TargetModel, name: string): string {
  return target.columns.find(({ column }) => column.name === name)?.member ?? name;
}
