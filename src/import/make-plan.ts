import type { ArchiveObject } from '../archive/archive.js';
import { createKeySet } from '../closure/create-key-set.js';
import type { Key } from '../closure/key.js';
import { pkToKey } from '../values/archive-value.js';
import { checkReferences, ReferenceCheck } from './check-references.js';
import { decide } from './decide.js';
import { Decisions } from './decisions.js';
import { differingColumns, isEmpty, lookUpRows } from './look-up-rows.js';
import { propagateSkips } from './propagate-skips.js';
import type { PlannedRun } from './planned-runs.js';
import { plannedRuns } from './planned-runs.js';
import type { Plan, PlannedModel } from './plan.js';
import { ConflictList, objectName } from './plan.js';
import type { PlanOptions } from './plan-options.js';
import type { TargetModel } from './target.js';
import { lookUpUniques } from './unique-look-up.js';

/** Reads the whole archive once and decides on every object; look-ups are sets, and an empty table needs none. */
export async function makePlan(options: PlanOptions): Promise<Plan> {
  const { archive, targets, session } = options;
  const models = new Map<string, PlannedModel>();
  for (const [model, target] of targets) {
    models.set(model, {
      target,
      decisions: new Decisions(),
      keys: createKeySet(target.entity),
      skipped: createKeySet(target.entity),
      empty: await isEmpty(session, target),
    });
  }
  const conflicts = new ConflictList();
  const references = new ReferenceCheck(models);
  for await (const run of plannedRuns(archive, models, options.signal)) await planRun(options, conflicts, references, run);
  await checkReferences(options, models, references, conflicts);
  if ([...models.values()].some((planned) => planned.skipped.size > 0)) await propagateSkips(archive, models);
  return { models, conflicts: conflicts.kept, conflictCount: conflicts.count };
}

async function planRun(
  options: PlanOptions,
  conflicts: ConflictList,
  references: ReferenceCheck,
  { planned, objects }: PlannedRun,
): Promise<void> {
  const { target } = planned;
  const keys = objects.map((object) => pkToKey(object.pk, target.shape) ?? '');
  for (const key of keys) planned.keys.add(key);
  references.note(target, objects, keys);
  if (planned.empty) for (let at = 0; at < objects.length; at += 1) planned.decisions.push('insert');
  else await compareRun(options, planned, conflicts, objects, keys);
  options.onProgress?.({ stage: 'plan', model: target.model, done: planned.decisions.length, total: undefined });
}

async function compareRun(
  { session }: PlanOptions,
  planned: PlannedModel,
  conflicts: ConflictList,
  objects: readonly ArchiveObject[],
  keys: readonly Key[],
): Promise<void> {
  const { target } = planned;
  const mine = objects.map((object) => target.line(object));
  const theirs = await lookUpRows(session, target, keys);
  const hits = new Map((await lookUpUniques(session, target, mine)).map((hit) => [hit.place, hit]));
  keys.forEach((key, at) => {
    const their = theirs.get(key);
    const line = mine[at] ?? '';
    const columns = their === undefined || their === line ? [] : differingColumns(target, line, their);
    const hit = their === line ? undefined : hits.get(at);
    const facts =
      their === undefined
        ? ({ is: 'absent' } as const)
        : their === line
          ? ({ is: 'equal' } as const)
          : ({ is: 'different', columns } as const);
    const decision = decide(hit === undefined ? facts : { is: 'unique-taken' }, target.strategy);
    planned.decisions.push(decision, columns);
    if (decision === 'skip') planned.skipped.add(key);
    if (decision !== 'conflict') return;
    conflicts.add(
      hit === undefined
        ? {
            object: objectName(target, key),
            reason: 'primary-key',
            constraint: primaryKeyName(target),
            columns,
            inTheWay: objectName(target, key),
          }
        : {
            object: objectName(target, key),
            reason: 'unique',
            constraint: hit.constraint,
            columns: hit.columns,
            inTheWay: objectName(target, hit.inTheWay),
          },
    );
  });
}

function primaryKeyName({ entity }: TargetModel): string {
  return entity.uniques.find((unique) => unique.primary)?.name ?? entity.key.join(', ');
}
