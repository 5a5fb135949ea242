import { createKeySet } from '../closure/create-key-set.js';
import type { Key } from '../closure/key.js';
import { checkReferences, ReferenceCheck } from './check-references.js';
import { Decisions } from './decisions.js';
import type { Plan } from './plan.js';
import type { PlannedModel } from './planned-model.js';
import { ConflictList } from './plan.js';
import type { PlanOptions } from './plan-options.js';
import { planRun } from './plan-run.js';
import { gatheredRuns } from './planned-runs.js';
import { SkipEdges } from './skip-edges.js';
import { StandIns } from './stand-ins.js';
import { meantEntities, unaskedKeys } from './unasked-keys.js';

/**
 * Decides on every object in one pass over the archive; look-ups are sets, and an empty table needs none. A skipped object is
 * known before those that need it, since parents come first: only where one is needed by an object that stands before it, or
 * where a reference turns out to lead nowhere, the next pass goes on with what is skipped by then, and with all that needs that (see
 * {@link SkipEdges}). What can still be skipped is no reason to skip what needs it: in the first pass, references to it are taken for equal.
 */
export async function makePlan(options: PlanOptions): Promise<Plan> {
  const { archive, signal } = options;
  let models = startingModels(options);
  const backwards = hasBackwardReferences(models);
  for (let pass = 1; ; pass += 1) {
    const conflicts = new ConflictList();
    const references = new ReferenceCheck(models);
    const standIns = new StandIns(models, pass === 1);
    const edges = SkipEdges.of(models);
    const before = skippedSoFar(models);
    let isSure = true;
    for await (const run of gatheredRuns(archive, models, { signal, size: options.lookUpSize }))
      if (!(await planRun(options, conflicts, references, standIns, run, edges))) isSure = false;
    edges?.spread();
    const after = skippedSoFar(models);
    if (isSure) {
      // What was open in the first pass is not open any more.
      const rows = pass === 1 ? new StandIns(models) : standIns;
      const report = await checkReferences(options, models, references, conflicts, rows);
      if (skippedSoFar(models) === after && (after === before || !backwards)) {
        report();
        return { models, rows, conflicts: conflicts.kept, conflictCount: conflicts.count };
      }
      edges?.spread();
    }
    models = new Map([...models].map(([model, planned]) => [model, { ...planned, decisions: new Decisions() }]));
  }
}

/** The models of a plan before anything is decided. */
export function startingModels({
  targets,
  empty,
  isTold,
}: Pick<PlanOptions, 'targets' | 'empty' | 'isTold'>): ReadonlyMap<string, PlannedModel> {
  const models = new Map<string, PlannedModel>();
  const meant = meantEntities(targets);
  for (const [model, target] of targets) {
    models.set(model, {
      target,
      decisions: new Decisions(),
      keys: meant.has(target.entity.model) ? createKeySet(target.entity) : unaskedKeys,
      skipped: createKeySet(target.entity),
      inTheWay: createKeySet(target.entity),
      standIns: new Map(),
      rivals: isTold ? new Map<Key, readonly Key[]>() : undefined,
      mapping: undefined,
      empty: empty.has(model),
    });
  }
  return models;
}

/** Whether an object can need one that stands behind it: within its own model, or in a cycle of models. */
function hasBackwardReferences(models: ReadonlyMap<string, PlannedModel>): boolean {
  const places = new Map([...models.values()].map(({ target }, at) => [target.entity.model, at]));
  return [...models.values()].some(({ target }, at) =>
    [...target.references, ...target.inner.map(({ reference }) => reference)].some(
      (reference) => (places.get(reference.parent) ?? -1) >= at,
    ),
  );
}

/** Changes with each pass that learns something: what is skipped only grows, what stands in for it only shrinks after that. */
function skippedSoFar(models: ReadonlyMap<string, PlannedModel>): string {
  return [...models.values()].map(({ skipped, standIns }) => `${String(skipped.size)}/${String(standIns.size)}`).join(' ');
}
