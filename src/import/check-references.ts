import type { ArchiveObject, ArchiveValue } from '../archive/archive.js';
import { createKeySet } from '../closure/create-key-set.js';
import type { Key } from '../closure/key.js';
import { toKey } from '../closure/key.js';
import type { KeySet } from '../closure/key-set.js';
import { createRowReader } from '../dialect/postgres/row-reader.js';
import type { Reference } from '../schema/schema.js';
import { pkToKey, toServerText } from '../values/archive-value.js';
import type { PlanOptions } from './plan-options.js';
import { plannedRuns } from './planned-runs.js';
import type { ConflictList, PlannedModel } from './plan.js';
import { objectName } from './plan.js';
import type { TargetModel } from './target.js';

/** How to read what a reference holds out of an object. */
interface HeldReference {
  readonly reference: Reference;
  readonly value: (object: ArchiveObject) => Key | undefined;
  /** Values that no object of the archive before this one answers. */
  readonly open: KeySet;
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

  note(target: TargetModel, objects: readonly ArchiveObject[], keys: readonly Key[]): void {
    for (const { reference, value, open } of this.of(target)) {
      const inArchive = reference.direct ? this.#byEntity.get(reference.parent)?.keys : undefined;
      for (let at = 0; at < keys.length; at += 1) {
        const held = value(objects[at] as ArchiveObject);
        if (held !== undefined && inArchive?.has(held) !== true) open.add(held);
      }
    }
  }

  of(target: TargetModel): readonly HeldReference[] {
    const known = this.#held.get(target.model);
    if (known !== undefined) return known;
    const held = target.references.map((reference) => ({
      reference,
      value: valueReader(target, reference),
      open: this.#openSet(reference, target),
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

  #openSet(reference: Reference, target: TargetModel): KeySet {
    return createKeySet({ columns: target.entity.columns, key: reference.columns });
  }
}

/** Asks the target for every value that the archive leaves open, one query for each reference; what is nowhere is a conflict. */
export async function checkReferences(
  options: PlanOptions,
  models: ReadonlyMap<string, PlannedModel>,
  check: ReferenceCheck,
  conflicts: ConflictList,
): Promise<void> {
  const missing = new Map<HeldReference['reference'], KeySet>();
  for (const { reference, open, planned } of check.all) {
    const parent = check.parentOf(reference);
    const asked = [...open.sorted()].filter((value) => !(reference.direct && parent?.keys.has(value) === true));
    if (asked.length === 0) continue;
    const found = await foundInTarget(options, reference, asked);
    const fromArchive = reference.direct ? undefined : await valuesInArchive(options, reference, parent);
    const absent = asked.filter((value) => !found.has(value) && fromArchive?.has(value) !== true);
    if (absent.length === 0) continue;
    const set = createKeySet({ columns: planned.target.entity.columns, key: reference.columns });
    for (const value of absent) set.add(value);
    missing.set(reference, set);
  }
  if (missing.size > 0) await reportMissing(options, models, check, missing, conflicts);
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

/** What the parent's referenced columns hold in the archive, for references to columns that are no key. */
async function valuesInArchive(
  { archive }: PlanOptions,
  reference: Reference,
  parent: PlannedModel | undefined,
): Promise<ReadonlySet<Key>> {
  const values = new Set<Key>();
  if (parent === undefined) return values;
  const read = valueReader(parent.target, { ...reference, columns: reference.parentColumns, when: undefined });
  for await (const objects of archive.objects()) {
    for (const object of objects) {
      const value = object.model === parent.target.model ? read(object) : undefined;
      if (value !== undefined) values.add(value);
    }
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
): Promise<void> {
  for await (const { planned, from, objects } of plannedRuns(archive, models, signal)) {
    for (const [at, object] of objects.entries()) {
      const place = from + at;
      const decision = planned.decisions.at(place);
      if (decision !== 'insert' && decision !== 'update') continue;
      for (const { reference, value } of check.of(planned.target)) {
        const held = missing.has(reference) ? value(object) : undefined;
        if (held === undefined || missing.get(reference)?.has(held) !== true) continue;
        const name = objectName(planned.target, pkToKey(object.pk, planned.target.shape) ?? '');
        if (reference.constraint === undefined) {
          findings.warn('dangling-reference', name, `${reference.name} holds a key that neither the archive nor the target has`);
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
}

/** Reads what a reference holds; undefined where it is NULL or does not hold for this object. */
export function valueReader(
  target: TargetModel,
  reference: Pick<Reference, 'columns' | 'when'>,
): (object: ArchiveObject) => Key | undefined {
  const members = reference.columns.map((name) => target.columns.find(({ column }) => column.name === name));
  const integer = members.length === 1 && members[0]?.column.kind === 'integer';
  const discriminator = target.columns.find(({ column }) => column.name === reference.when?.column);
  const textOf = (object: ArchiveObject, one: TargetModel['columns'][number] | undefined): string | null => {
    if (one === undefined) return null;
    if (!one.inKey) return toServerText((object.fields[one.member] ?? null) as ArchiveValue);
    const value =
      target.shape.members.length === 1 ? object.pk : (object.pk as Readonly<Record<string, ArchiveValue>>)[one.member];
    return toServerText((value ?? null) as ArchiveValue);
  };
  return (object) => {
    if (reference.when !== undefined && textOf(object, discriminator) !== reference.when.value) return undefined;
    const texts: string[] = [];
    for (const member of members) {
      const text = textOf(object, member);
      if (text === null) return undefined;
      texts.push(text);
    }
    return toKey(texts, integer);
  };
}

function memberOf(target: TargetModel, name: string): string {
  return target.columns.find(({ column }) => column.name === name)?.member ?? name;
}
