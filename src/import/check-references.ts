import type { ArchiveObject } from '../archive/archive.js';
import { createKeySet } from '../closure/create-key-set.js';
import type { Key } from '../closure/key.js';
import { toParentValue } from '../closure/parent-value.js';
import type { KeySet } from '../closure/key-set.js';
import type { Reference } from '../schema/schema.js';
import { objectKey } from '../values/object-values.js';
import { holdRows } from './hold-rows.js';
import { foundInTarget, judge } from './judge-values.js';
import { valueReader } from './reference-value.js';
import type { RemappedRows } from './remapped-rows.js';
import type { PlanOptions } from './plan-options.js';
import { plannedRuns } from './planned-runs.js';
import type { ConflictList } from './plan.js';
import type { PlannedModel } from './planned-model.js';
import { objectName } from './planned-model.js';
import type { TargetModel } from './target.js';
import type { TargetInner } from './target-inner.js';
import { valueRefused } from './value-refused.js';
import type { WrittenRows } from './written-rows.js';

/** How to read what a reference holds out of an object. */
interface HeldReference {
  readonly reference: Reference;
  /** Set where any number of keys stand inside a value. */
  readonly inside: { readonly inner: TargetInner; hasNoKey: boolean } | undefined;
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
  readonly #canSkip: boolean;

  constructor(models: ReadonlyMap<string, PlannedModel>) {
    this.#models = models;
    for (const planned of models.values()) this.#byEntity.set(planned.target.entity.model, planned);
    this.#canSkip = [...models.values()].some(({ target }) => target.strategy === 'skip');
  }

  /** Objects that will be written, as they will be written. */
  note(target: TargetModel, objects: readonly ArchiveObject[]): void {
    for (const one of this.of(target)) {
      const { reference, value, open, relied } = one;
      const inArchive = reference.direct ? this.#byEntity.get(reference.parent)?.keys : undefined;
      noteInside(one, objects, (key) => [inArchive?.has(key) === true, key]);
      for (const object of objects) {
        const held = value(object);
        if (held === undefined) continue;
        if (inArchive?.has(held) !== true) open.add(held);
        relied?.add(held);
      }
    }
  }

  /**
   * Objects that something is in the way of. Where they need a skipped one by another column than its key, which is found out when all are
   * decided, they are skipped themselves, and nothing is in their way.
   */
  noteRefused(target: TargetModel, objects: readonly ArchiveObject[], rows?: RemappedRows): void {
    if (objects.length === 0 || !this.#canSkip) return;
    for (const { reference, value, open, inside } of this.of(target)) {
      if (reference.direct) continue;
      const moved = rows?.spaceOf(reference)?.moved;
      for (const object of objects) {
        const keys = inside === undefined ? [value(object)] : inside.inner.found(object).map(({ key }) => key);
        for (const held of keys) if (held !== undefined) open.add(moved?.get(held) ?? held);
      }
    }
  }

  /** The same of a plan in which objects can have other keys: what they answer themselves is known by the keys of the archive. */
  noteRows(planned: PlannedModel, objects: readonly ArchiveObject[], rows: RemappedRows): void {
    for (const one of this.of(planned.target)) {
      const { reference, value, open, relied } = one;
      const space = rows.spaceOf(reference);
      noteInside(one, objects, (key) => [space?.known.has(key) === true, space?.moved.get(key) ?? key]);
      for (const object of objects) {
        const held = value(object);
        if (held === undefined) continue;
        const isAnswered = space?.known.has(held) === true;
        if (isAnswered && relied === undefined) continue;
        const to = space?.moved.get(held) ?? held;
        if (!isAnswered) open.add(to);
        relied?.add(to);
      }
    }
  }

  of(target: TargetModel): readonly HeldReference[] {
    const known = this.#held.get(target.model);
    if (known !== undefined) return known;
    const plain = target.references.map((reference) => ({
      ...{ reference, inside: undefined },
      value: valueReader(target, reference),
      open: valueSet(target, reference),
      relied: reference.constraint === undefined ? valueSet(target, reference) : undefined,
    }));
    const held = [...plain, ...target.inner.map(heldInside)];
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

function heldInside(inner: TargetInner): HeldReference {
  const { reference, parent } = inner;
  const keys = (): KeySet => createKeySet({ columns: parent.columns, key: reference.parentColumns });
  return { reference, inside: { inner, hasNoKey: false }, value: () => undefined, open: keys(), relied: keys() };
}

/** Gathers the keys inside values; `led` says whether the archive answers one, and which it is in the target. */
function noteInside(
  { inside, open, relied }: HeldReference,
  objects: readonly ArchiveObject[],
  led: (key: Key) => readonly [isAnswered: boolean, to: Key],
): void {
  if (inside === undefined) return;
  for (const object of objects) {
    for (const { key } of inside.inner.found(object)) {
      if (key === undefined) {
        inside.hasNoKey = true;
        continue;
      }
      const [isAnswered, to] = led(key);
      if (!isAnswered) open.add(to);
      relied?.add(to);
    }
  }
}

/** Those that a row of the parent can hold at all: text may be no id. */
function possible(reference: Reference, values: Iterable<Key>): Iterable<Key> {
  const toParent = toParentValue(reference);
  return toParent === undefined ? values : [...values].filter((value) => toParent(value) !== undefined);
}

function valueSet({ entity }: TargetModel, { columns }: Reference): KeySet {
  return createKeySet({ columns: entity.columns, key: columns });
}

/** Values of one reference that lead nowhere. */
interface Missing {
  readonly values: KeySet;
  /** Those among them that lead to a skipped object, which no row is proven to be: they are no dangling references. */
  readonly skipped: ReadonlySet<Key>;
  /** Values that a row answers, of the target or a new one; where they led nowhere in the source, nobody knows that it is the right one. */
  readonly answered: ReadonlySet<Key>;
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
  rows: WrittenRows,
): Promise<() => void> {
  const missing = new Map<Reference, Missing>();
  for (const { reference, open, relied, planned, inside } of check.all) {
    const hasNoKey = inside?.hasNoKey === true;
    const parent = check.parentOf(reference);
    const isInArchive = (value: Key): boolean => reference.direct && parent?.keys.has(value) === true;
    const asked = [...open.sorted()].filter((value) => planned.mapping !== undefined || !isInArchive(value));
    const askable = [...possible(reference, asked)];
    const found =
      askable.length === 0 ? new Set<Key>() : await foundInTarget(options, reference, askable).catch(refused(reference));
    // What this transaction wrote itself nobody else can delete.
    const needed = parent?.empty === true ? [] : relied === undefined ? found : possible(reference, relied.sorted());
    await hold(options, reference, needed);
    if (asked.length === 0 && !hasNoKey) continue;
    const { skipped, absent, coming } = await judge(options, reference, { asked, found, parent }).catch(refused(reference));
    const answered = new Set([...found, ...coming]);
    const dangled =
      isUntold(options, reference) || options.archive.trailer?.dangling.some((one) => one.reference === reference.name) === true;
    if (absent.length === 0 && skipped.size === 0 && !hasNoKey && !(dangled && answered.size > 0)) continue;
    const values = inside === undefined ? valueSet(planned.target, reference) : heldInside(inside.inner).open;
    for (const value of [...absent, ...skipped]) values.add(value);
    missing.set(reference, { values, skipped, answered });
  }
  return missing.size > 0 ? reportMissing(options, models, check, missing, conflicts, rows) : () => undefined;
}

/** A look-up makes values of the archive values of the target's types. */
function refused({ name }: Reference): (error: unknown) => never {
  return (error) => {
    throw valueRefused(error, name);
  };
}

/** Whether nobody knew at the export that keys stand there: the objects that they mean need not have come. */
function isUntold({ archive }: Pick<PlanOptions, 'archive'>, { name, inside }: Reference): boolean {
  return (
    inside !== undefined &&
    !Object.values(archive.header.entities).some(({ inner = [] }) => inner.some((one) => one.name === name))
  );
}

async function hold({ session, schema, findings }: PlanOptions, reference: Reference, values: Iterable<Key>): Promise<void> {
  const entity = schema.entities.get(reference.parent);
  if (entity === undefined) return;
  const constrained = reference.constraint !== undefined;
  await holdRows(session, findings, { entity, columns: reference.parentColumns, values, constrained });
}

/** Another pass, only where something is missing: which objects hold the missing values. */
async function reportMissing(
  { archive, findings, signal }: PlanOptions,
  models: ReadonlyMap<string, PlannedModel>,
  check: ReferenceCheck,
  missing: ReadonlyMap<Reference, Missing>,
  conflicts: ConflictList,
  rows: WrittenRows,
): Promise<() => void> {
  const dangling: (readonly [name: string, reference: Reference])[] = [];
  const caught: (readonly [name: string, reference: Reference])[] = [];
  const dangled = new Set(archive.trailer?.dangling.map(({ object, reference }) => `${object}\0${reference}`));
  for await (const { planned, from, objects } of plannedRuns(archive, models, signal)) {
    for (const [at, object] of objects.entries()) {
      const place = from + at;
      const isRefused = planned.decisions.at(place) === 'conflict';
      if (!isRefused && !planned.decisions.isWritten(place)) continue;
      for (const { reference, value, inside } of check.of(planned.target)) {
        const open = missing.get(reference);
        if (open === undefined || (isRefused && open.skipped.size === 0)) continue;
        const held = inside === undefined ? rows.held(planned, { reference, value }, object) : undefined;
        const keys = inside === undefined ? [] : rows.heldInside(planned, inside.inner, object);
        const among = (set: Pick<ReadonlySet<Key>, 'has'>): boolean =>
          (held !== undefined && set.has(held)) || keys.some((key) => key !== undefined && set.has(key));
        const isSkipped = among(open.skipped);
        if (isRefused && !isSkipped) continue;
        const isMissing = among(open.values) || keys.includes(undefined);
        const untold = isUntold({ archive }, reference);
        if (!isMissing && !((untold || dangled.size > 0) && among(open.answered))) continue;
        const name = objectName(planned.target, objectKey(object, planned.target.shape) ?? '');
        if (!isMissing) {
          if (untold || dangled.has(`${name}\0${reference.name}`)) caught.push([name, reference]);
          continue;
        }
        if (reference.constraint === undefined && !isSkipped) {
          dangling.push([name, reference]);
          continue;
        }
        // What needs a skipped object is skipped too, whatever the policy says of its own conflicts.
        if (isSkipped || planned.target.strategy === 'skip') {
          planned.decisions.change(place, 'skip');
          planned.skipped.add(objectKey(object, planned.target.shape) ?? '');
          continue;
        }
        planned.decisions.change(place, 'conflict');
        conflicts.add(() => ({
          object: name,
          reason: 'missing-reference',
          constraint: reference.constraint?.name ?? reference.name,
          columns: reference.columns.map((column) => memberOf(planned.target, column)),
          inTheWay: '',
        }));
      }
    }
  }
  return () => {
    for (const [name, reference] of dangling)
      findings.warn(
        'dangling-reference',
        name,
        `${reference.name} holds ${reference.inside === undefined ? 'a key' : 'what is no key, or one'} that neither the archive nor the target has`,
      );
    for (const [name, reference] of caught)
      findings.warn(
        'dangling-reference-caught',
        name,
        `${reference.name} ${isUntold({ archive }, reference) ? 'means an object that the archive has not' : 'led nowhere in the source'}; in the target it leads to a row of ${reference.parent}, which may be another`,
      );
  };
}

function memberOf(target: TargetModel, name: string): string {
  return target.columns.find(({ column }) => column.name === name)?.member ?? name;
}
