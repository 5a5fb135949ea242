import type { ExternalObject } from '../archive/archive.js';
import { headerKeyShape } from '../archive/header-keys.js';
import { createKeySet } from '../closure/create-key-set.js';
import type { Key } from '../closure/key.js';
import type { KeySet } from '../closure/key-set.js';
import { RefusedError } from '../errors/portolan-error.js';
import type { Reference } from '../schema/schema.js';
import { pkToKey, toServerText } from '../values/archive-value.js';
import { checkReferences, ReferenceCheck } from './check-references.js';
import { Decisions } from './decisions.js';
import { findMatches } from './find-matches.js';
import { findReferenced } from './find-referenced.js';
import { holdRows } from './hold-rows.js';
import { startingModels } from './make-plan.js';
import { MentionCheck } from './mention-check.js';
import { ModelMapping } from './model-mapping.js';
import { newKeysOf, Placeholders } from './new-keys.js';
import type { Plan } from './plan.js';
import { ConflictList } from './plan.js';
import type { PlanOptions } from './plan-options.js';
import { planRemappedRun } from './plan-remapped-run.js';
import type { PlannedModel } from './planned-model.js';
import type { LookUpSize } from './planned-runs.js';
import { gatheredRuns, plannedRuns } from './planned-runs.js';
import type { RemapOptions } from './remap-options.js';
import { RemappedRows } from './remapped-rows.js';
import { targetEntity } from '../schema/target-entity.js';

/** Of each object more is held than where all keep their keys. */
const heldLookUp: LookUpSize = Object.freeze({ objects: 10_000, bytes: 4 * 1024 * 1024 });

/** A plan in which objects can have other keys in the target than in the archive; `rows` says which. */
export interface RemappedPlan extends Plan {
  readonly rows: RemappedRows;
}

/**
 * Decides on every object where some can have other keys: each is a row of the target by its natural key or by an earlier map, or stays
 * under its own key, or gets a new one, and all references follow. What refers backwards (to its own model, or in a cycle of models) is
 * first taken for equal as far as that is not known yet; passes go on until nothing new is known, and each can only take back what was
 * taken for equal. Nothing is drawn from any sequence: see `drawKeys`.
 *
 * @throws RefusedError REFERENCE_NOT_MAPPED, ID_MAP_STALE
 */
export async function makeRemappedPlan(options: PlanOptions, remap: RemapOptions): Promise<RemappedPlan> {
  const { archive, session, signal } = options;
  let models = mappedModels(options, remap);
  const rows = new RemappedRows(models, remap.given);
  // Of an earlier map, which of its objects the archive has: their rows are taken from the first pass on.
  const hasGiven = ({ mapping }: PlannedModel): boolean => mapping?.given !== undefined;
  const ahead = new Map([...models].filter(([model, planned]) => rows.neededAhead.has(model) || hasGiven(planned)));
  // Which objects are external stands at the end of the archive.
  if (ahead.size > 0 || mergesAny(options))
    for await (const { planned, objects } of plannedRuns(archive, ahead, signal)) rows.collect(planned, objects);
  await matchExternal(options, rows);
  const context = { session, rows, rule: remap.rule };
  const { lookUpSize: size = heldLookUp } = options;
  // The fewer are looked up at once, the fewer are looked up again.
  const isAlone = (planned: PlannedModel): boolean => rows.waitsForItself(planned);
  for (let pass = 1; ; pass += 1) {
    const conflicts = new ConflictList();
    const references = new ReferenceCheck(models);
    const mentions = new MentionCheck();
    if (archive.trailer !== undefined) rows.knowExternal(externalKeys(options, archive.trailer.external));
    const before = skippedSoFar(models);
    rows.startPass(pass === 1);
    let isNews = false;
    for await (const { planned, ...run } of gatheredRuns(archive, models, { signal, size, isAlone })) {
      const { mapping } = planned;
      if (mapping === undefined) continue;
      if (pass === 1 && !ahead.has(planned.target.model)) rows.collect(planned, run.objects);
      if (
        await planRemappedRun(options, context, conflicts, { references, mentions }, { ...run, planned: { ...planned, mapping } })
      )
        isNews = true;
    }
    const after = skippedSoFar(models);
    // Where nothing was open, each object was decided when all that it needs had been.
    const isSettled = pass === 1 ? !rows.sawOpen : !isNews;
    const isStable = isSettled && (after === before || !rows.hasBackward);
    const waiting = [...models.values()].filter(({ mapping }) => (mapping?.waiting.size ?? 0) > 0);
    if (isStable && waiting.length === 0) {
      const report = await checkReferences(options, models, references, conflicts, rows);
      if (skippedSoFar(models) === after) {
        report();
        await mentions.tell(options);
        await refuseInexact(options, references, rows);
        await holdBound(options, models);
        return { models, rows, conflicts: conflicts.kept, conflictCount: conflicts.count };
      }
    }
    // Whose natural key refers to itself is found by none.
    if (isSettled)
      for (const { mapping } of waiting) for (const key of mapping?.waiting.sorted() ?? []) mapping?.unmatched.add(key);
    models = new Map([...models].map(([model, planned]) => [model, { ...planned, decisions: new Decisions() }]));
  }
}

function mappedModels(options: PlanOptions, { offset, given, standIns }: RemapOptions): ReadonlyMap<string, PlannedModel> {
  const { schema, session } = options;
  return new Map(
    [...startingModels(options)].map(([model, planned]) => {
      const { entity, strategy } = planned.target;
      const newKeys = strategy === 'remap' ? newKeysOf(entity, schema.references, offset) : undefined;
      const placeholders =
        newKeys === undefined || newKeys.rule.is === 'derived' ? undefined : new Placeholders(session, entity, newKeys);
      const stoodIn = strategy === 'skip' ? standIns.get(entity.model) : undefined;
      const mapping = new ModelMapping(entity, { newKeys, placeholders, given: given.get(entity.model), stoodIn });
      // An id map can name any object.
      return [model, { ...planned, keys: createKeySet(entity), mapping }];
    }),
  );
}

function mergesAny({ schema }: PlanOptions): boolean {
  return [...schema.entities.values()].some(({ policy }) => policy?.merge !== undefined);
}

/** External objects are rows of the target by natural key, too, where the policy merges their model. */
async function matchExternal({ archive, schema, session }: PlanOptions, rows: RemappedRows): Promise<void> {
  const byModel = new Map<string, ExternalObject[]>();
  for (const one of archive.trailer?.external ?? []) byModel.set(one.model, [...(byModel.get(one.model) ?? []), one]);
  for (const [model, all] of byModel) {
    const entity = targetEntity(schema, archive.header, model);
    if (entity?.policy?.merge === undefined) continue;
    const members = entity.naturalKey.map((name) => entity.columns.find((column) => column.name === name)?.member ?? name);
    const shape = headerKeyShape(archive.header, model);
    const moved = rows.movedOf(entity.model);
    const named = all.flatMap(({ pk, naturalKey }) => {
      const key = pkToKey(pk, shape);
      const texts = members.flatMap((member) => toServerText(naturalKey[member] ?? null) ?? []);
      return key === undefined || moved.get(key) !== undefined || texts.length < members.length ? [] : [{ key, texts }];
    });
    const matches = await findMatches(
      session,
      entity,
      named.map(({ texts }) => texts),
    );
    for (const [at, [match, other]] of matches) {
      const one = named[at];
      if (one !== undefined && match !== undefined && other === undefined) moved.set(one.key, match);
    }
  }
}

/** By entity of the target: the keys of objects that stayed at home. */
function externalKeys({ archive, schema }: PlanOptions, external: readonly ExternalObject[]): ReadonlyMap<string, KeySet> {
  const keys = new Map<string, KeySet>();
  for (const { model, pk } of external) {
    const entity = targetEntity(schema, archive.header, model);
    const key = pkToKey(pk, headerKeyShape(archive.header, model));
    if (entity === undefined || key === undefined) continue;
    const own = keys.get(entity.model) ?? createKeySet(entity);
    keys.set(entity.model, own);
    own.add(key);
  }
  return keys;
}

/** Equal values need not have equal texts there: which of them is meant, only the database could say. */
async function refuseInexact({ session, schema }: PlanOptions, references: ReferenceCheck, rows: RemappedRows): Promise<void> {
  for (const { reference, open } of references.all) {
    const moved = rows.spaceOf(reference)?.moved;
    if (reference.exact || moved === undefined || open.size === 0) continue;
    const old = [...moved.entries()].flatMap(([from, to]) => (from === to ? [] : [from]));
    const unmapped = await findReferenced(session, schema, reference, [...open.sorted()], old);
    if (unmapped.size > 0) throw notMapped(reference, unmapped.size);
  }
}

function notMapped({ name, parent }: Reference, count: number): RefusedError {
  return new RefusedError(
    'REFERENCE_NOT_MAPPED',
    `${name}: ${String(count)} of its values lead to objects of ${parent} that get other keys, but are written otherwise than those`,
    { hint: 'Nothing was written. Write them alike in the archive (then: portolan verify --reseal), or in the source.' },
  );
}

/** Rows that objects are taken for: nobody may delete them before the import is committed. */
async function holdBound({ schema, session, findings }: PlanOptions, models: ReadonlyMap<string, PlannedModel>): Promise<void> {
  for (const { target, mapping } of models.values()) {
    const { entity } = target;
    const bound = new Set<Key>();
    for (const [row] of mapping?.claims.entries() ?? []) bound.add(row);
    const constrained = schema.references.every((one) => one.parent !== entity.model || one.constraint !== undefined);
    await holdRows(session, findings, { entity, columns: entity.key, values: bound, constrained });
  }
}

/** Changes with each pass that learns something of what is skipped. */
function skippedSoFar(models: ReadonlyMap<string, PlannedModel>): string {
  return [...models.values()].map(({ skipped, standIns }) => `${String(skipped.size)}/${String(standIns.size)}`).join(' ');
}
