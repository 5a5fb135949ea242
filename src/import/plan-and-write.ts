import type { ArchiveHeader, ArchiveObject } from '../archive/archive.js';
import { RefusedError } from '../errors/portolan-error.js';
import { Findings } from '../findings/finding.js';
import { applyPlan } from './apply-plan.js';
import { checkReferences, ReferenceCheck } from './check-references.js';
import type { BulkConstraints } from './bulk-constraints.js';
import { callsFunction } from './calls-function.js';
import { drawsFromSequence } from './generated-keys.js';
import { startingModels } from './make-plan.js';
import type { Plan } from './plan.js';
import { ConflictList } from './plan.js';
import type { PlanOptions } from './plan-options.js';
import { planRun } from './plan-run.js';
import { plannedRuns } from './planned-runs.js';
import { StandIns } from './stand-ins.js';
import type { TargetModel } from './target.js';
import type { WrittenDigest } from './written-digest.js';

export interface PlanAndWriteOptions extends PlanOptions {
  readonly dryRun: boolean;
  readonly bulk: BulkConstraints | undefined;
}

export interface WrittenPlan {
  readonly plan: Plan;
  /** As `applyPlan` gives them. */
  readonly digests: ReadonlyMap<string, WrittenDigest>;
}

/**
 * Plans and writes in one pass over the archive, where the tables are empty: there is nothing to look up, and all that can stand
 * against an object is a reference that leads nowhere, or another object. Where anything does, what was written is taken back to a
 * savepoint, and undefined says that the plan has to be made first, which tells what it is.
 */
export async function planAndWrite(options: PlanAndWriteOptions): Promise<WrittenPlan | undefined> {
  const { session, archive, findings, signal } = options;
  if (mayRelyOnOthers(archive.header)) return undefined;
  if (![...options.targets].every(([model, target]) => options.empty.has(model) && isPlain(target))) return undefined;
  const models = startingModels(options);
  const conflicts = new ConflictList();
  const standIns = new StandIns(models);
  const plan: Plan = { models, rows: standIns, conflicts: [], conflictCount: 0 };
  const references = new ReferenceCheck(models);
  async function* planned(): AsyncGenerator<readonly ArchiveObject[]> {
    for await (const run of plannedRuns(archive, models, signal)) {
      await planRun({ ...options, onProgress: undefined }, conflicts, references, standIns, run);
      yield run.objects;
    }
  }
  const told = new Findings();
  await session.query('SAVEPOINT before_writing');
  try {
    const digests = await applyPlan({ ...options, plan, objects: planned() });
    const report = await checkReferences({ ...options, findings: told }, models, references, conflicts, standIns);
    // What stayed at home is looked for among the rows that were there before.
    const external = archive.trailer?.external.length ?? 0;
    if (external + conflicts.count === 0 && [...models.values()].every(({ skipped }) => skipped.size === 0)) {
      report();
      findings.take(told);
      await session.query('RELEASE SAVEPOINT before_writing');
      return { plan, digests };
    }
  } catch (error) {
    // What the plan can explain is refused; a full disk or a lost connection would only be met twice.
    if (!(error instanceof RefusedError)) throw error;
  }
  await session.query('ROLLBACK TO SAVEPOINT before_writing');
  return undefined;
}

/** Whether objects of some model stayed at home: the target's rows are to be held before any row is written that needs them. */
function mayRelyOnOthers({ entities, order }: ArchiveHeader): boolean {
  return Object.keys(entities).length > order.length;
}

/** Whether rows can be written and taken back without a trace, which neither a trigger nor a sequence promises. */
function isPlain({ entity, columns, fills }: TargetModel): boolean {
  const held = new Set([...columns, ...fills].map(({ column }) => column.name));
  return (
    entity.triggers.length === 0 &&
    entity.columns.every((column) => held.has(column.name) || !(drawsFromSequence(column) || callsFunction(column)))
  );
}
