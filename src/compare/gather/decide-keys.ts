import type { ArchiveHeader } from '../../archive/archive.js';
import { dependencyOrder } from '../../schema/dependency-order.js';
import type { CompareProgress } from '../compare-progress.js';
import type { MergeConflicts } from '../merge-conflicts.js';
import { ModelsInOrder } from '../models-in-order.js';
import type { DecidingOptions } from './key-decider.js';
import { KeyDecider } from './key-decider.js';
import { ModelObjects } from './model-objects.js';
import { referredSpaces, uniqueSpaces } from './references-of.js';
import { shiftNumbers } from './shift-numbers.js';
import { ValueDecider } from './value-decider.js';

/**
 * Decides for every object of archives of different databases which key it has in the merged archive: an earlier object is the same by its
 * natural key, or has the same key and the same values; or its key is free; or it gets a new one. Models come parents first. Those
 * that refer to each other in a circle, or to themselves, are looked at again and again: what is not known yet is taken for equal, and each
 * look can only take back what was taken for equal. Every archive is read once.
 *
 * @throws RefusedError REFERENCE_NOT_MAPPED, NESTED_SET_OVERLAPS; FailedError NO_NEW_KEYS
 */
export async function decideKeys(options: DecidingOptions, conflicts: MergeConflicts, progress: CompareProgress): Promise<void> {
  const { gathering, folder } = options;
  const passes = gathering.origins.map(({ archives }) => archives.map((archive) => new ModelsInOrder(archive, folder)));
  progress.begin();
  try {
    for (const models of modelsInCircles(gathering.header)) await decideTogether(options, models, passes, conflicts, progress);
    for (const pass of passes.flat()) await pass.finish();
  } finally {
    for (const pass of passes.flat()) await pass.close();
  }
}

/** Some models that refer to each other, or one. */
interface Circle {
  readonly models: readonly string[];
  readonly isClosed: boolean;
}

/** Parents first; what refers to each other stands together. */
function modelsInCircles({ entities }: ArchiveHeader): readonly Circle[] {
  const edges = Object.entries(entities).flatMap(([child, { references, inner = [], mentions = [] }]) =>
    [...references, ...inner, ...mentions].map(({ parent }) => ({ child, parent })),
  );
  const toThemselves = new Set(edges.filter(({ child, parent }) => child === parent).map(({ child }) => child));
  return dependencyOrder(Object.keys(entities), edges).map((models) => ({
    models,
    isClosed:
      models.length > 1 || models.some((model) => toThemselves.has(model) || entities[model]?.materializedPath !== undefined),
  }));
}

async function decideTogether(
  options: DecidingOptions,
  { models, isClosed }: Circle,
  passes: readonly (readonly ModelsInOrder[])[],
  conflicts: MergeConflicts,
  progress: CompareProgress,
): Promise<void> {
  const { gathering, folder } = options;
  const all: { readonly keys: KeyDecider; readonly values: readonly ValueDecider[]; readonly objects: ModelObjects }[] = [];
  try {
    for (const model of models) {
      const keys = new KeyDecider(options, model);
      const { header } = gathering;
      const spaces = [...referredSpaces(header, model), ...(keys.isNeeded ? uniqueSpaces(header, model) : [])];
      const values = spaces.map((space) => new ValueDecider(options, space));
      const isNeeded = keys.isNeeded || values.length > 0;
      const objects = await ModelObjects.of(
        gathering,
        model,
        passes,
        isNeeded && (isClosed || values.length > 0) ? folder : undefined,
      );
      if (!isNeeded) await objects.passOver();
      else all.push({ keys, values, objects });
      for (const { archives } of gathering.origins)
        for (const { trailer } of archives) progress.note('compare', model, trailer?.objects[model] ?? 0);
    }
    if (isClosed) for (const { keys } of all) keys.begin();
    for (let isNews = true; isNews;) {
      isNews = false;
      for (const { keys, values, objects } of all) {
        if (await keys.decide(objects)) isNews = isClosed;
        for (const one of values) if (await one.decide(objects)) isNews = isClosed;
      }
      // Whose natural key depends on itself is found by none.
      if (isClosed && !isNews) for (const { keys } of all) if (keys.giveUp()) isNews = true;
    }
    for (const { keys, values } of all) for (const one of [keys, ...values]) conflicts.take(one.conflicts);
  } finally {
    for (const { objects } of all) await objects.discard();
  }
  for (const model of models) shiftNumbers(gathering, options.census, model);
}
