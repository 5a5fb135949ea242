import type { ArchiveObject } from '../archive/archive.js';
import type { ArchiveReader } from '../archive/open-archive.js';
import type { Session } from '../dialect/session.js';
import { FailedError, RefusedError } from '../errors/portolan-error.js';
import type { Findings } from '../findings/finding.js';
import type { OnProgress } from '../progress.js';
import { differingColumns, lookUpRows } from './look-up-rows.js';
import type { Plan } from './plan.js';
import type { PlannedModel } from './planned-model.js';
import { objectName } from './planned-model.js';
import type { PlannedRun } from './planned-runs.js';
import { plannedRuns } from './planned-runs.js';
import { rowText } from './row-text.js';
import type { TargetModel } from './target.js';

export interface VerifyOptions {
  readonly session: Session;
  readonly archive: ArchiveReader;
  readonly plan: Plan;
  /** What to compare. */
  readonly models: ReadonlyMap<string, PlannedModel>;
  readonly findings: Findings;
  /** Whether a trigger could have changed what was written: one of any table that was written to. */
  readonly triggers: boolean;
  readonly onProgress?: OnProgress | undefined;
  readonly signal?: AbortSignal | undefined;
}

interface Differences {
  count: number;
  readonly columns: Set<string>;
}

/**
 * Reads back what was written and compares it with the archive.
 *
 * @throws FailedError VERIFY_FAILED: what the database holds is not what the archive says, and no trigger explains it;
 *   RefusedError SCHEMA_DRIFT: a column of another type writes the same value in another way
 */
export async function verifyRows(options: VerifyOptions): Promise<void> {
  const { archive, models, findings, onProgress, signal } = options;
  if (models.size === 0) return;
  const changed = new Map<string, Differences>();
  const computed = new Map<string, Differences>();
  for await (const run of plannedRuns(archive, models, signal)) {
    const { planned, from, objects } = run;
    await compareRun(options, run, changed, computed);
    const { model } = planned.target;
    onProgress?.({ stage: 'verify', model, done: from + objects.length, total: planned.decisions.length });
  }
  for (const [model, { count, columns }] of changed) {
    const what = `${String(count)} of the rows that were written (${[...columns].join(', ')})`;
    findings.warn('trigger-changed-row', model, `a trigger changed ${what}`);
  }
  for (const [model, { count, columns }] of computed) {
    const what = `for ${String(count)} of the rows that were written (${[...columns].join(', ')})`;
    findings.warn('generated-differs', model, `the target computes other values ${what}`);
  }
}

async function compareRun(
  { session, plan, triggers }: VerifyOptions,
  { planned, from, objects }: PlannedRun,
  changed: Map<string, Differences>,
  computed: Map<string, Differences>,
): Promise<void> {
  const { target, decisions } = planned;
  const places = objects.flatMap((_, at) => (decisions.isWritten(from + at) ? [at] : []));
  if (places.length === 0) return;
  const keys = places.map((at) => plan.rows.key(planned, objects[at] as ArchiveObject));
  const lines = await lookUpRows(session, target, keys);
  places.forEach((place, at) => {
    const key = keys[at] ?? '';
    const mine = rowText(plan.rows, planned, objects[place] as ArchiveObject);
    const theirs = lines.get(key);
    if (theirs === mine) return;
    if (theirs === undefined) throw rowLost(objectName(target, key));
    // A merge leaves what it does not write as it finds it.
    const taken = decisions.at(from + place) === 'merge' ? decisions.columnsAt(from + place) : undefined;
    const columns = differingColumns(target, mine, theirs).filter((member) => taken?.includes(member) !== false);
    if (columns.length === 0) return;
    const others = columns.filter((member) => target.columns.find((one) => one.member === member)?.column.generated !== true);
    // No trigger is to blame for what a column of another type does to a value.
    const drifted = others.filter((member) => drift(target, member).length > 0);
    if (others.length === 0) count(computed, target.model, columns);
    else if (triggers && drifted.length === 0) count(changed, target.model, columns);
    else throw rowDiffers(planned, objectName(target, key), triggers ? drifted : others);
  });
}

function count(differences: Map<string, Differences>, model: string, columns: readonly string[]): void {
  const known = differences.get(model) ?? { count: 0, columns: new Set<string>() };
  known.count += 1;
  for (const column of columns) known.columns.add(column);
  differences.set(model, known);
}

/** Not even a trigger may leave a row out unnoticed: others may rely on it. */
function rowLost(name: string): FailedError {
  return new FailedError('VERIFY_FAILED', `${name} was written, but is not there when it is read back`, {
    hint: 'Nothing was committed. A trigger, a rule or an extension of the database left it out, or changed its key.',
  });
}

function rowDiffers({ target }: PlannedModel, name: string, members: readonly string[]): FailedError | RefusedError {
  const drifted = members.flatMap((member) => drift(target, member));
  if (drifted.length < members.length) {
    return new FailedError('VERIFY_FAILED', `${name} was written, but differs in ${members.join(', ')} when it is read back`, {
      hint: 'Nothing was committed. A rule or an extension of the database may rewrite what is written.',
    });
  }
  return new RefusedError('SCHEMA_DRIFT', `${name}: the target keeps another value than the archive has: ${drifted.join('; ')}`, {
    hint: 'Nothing was committed. Give the column of the target the type of the archive, and change it after the import.',
  });
}

function drift({ model, columns }: TargetModel, member: string): readonly string[] {
  const one = columns.find((column) => column.member === member);
  if (one === undefined || one.column.type === one.archiveType) return [];
  return [`${model}.${member} is ${one.column.type} there, ${one.archiveType} in the archive`];
}
