import type { ArchiveObject } from '../archive/archive.js';
import type { ArchiveReader } from '../archive/open-archive.js';
import type { Session } from '../dialect/session.js';
import { FailedError } from '../errors/portolan-error.js';
import type { Findings } from '../findings/finding.js';
import type { OnProgress } from '../progress.js';
import type { Schema } from '../schema/schema.js';
import { pkToKey } from '../values/archive-value.js';
import { differingColumns, lookUpRows } from './look-up-rows.js';
import type { Plan } from './plan.js';
import type { PlannedModel } from './planned-model.js';
import { objectName } from './planned-model.js';
import type { PlannedRun } from './planned-runs.js';
import { plannedRuns } from './planned-runs.js';
import { countExisting, holdEnds, insertLinks, linkPairs } from './write-links.js';

export interface VerifyOptions {
  readonly session: Session;
  readonly archive: ArchiveReader;
  readonly schema: Schema;
  readonly plan: Plan;
  readonly dryRun: boolean;
  readonly findings: Findings;
  readonly onProgress?: OnProgress | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface LinkCounts {
  readonly insert: Readonly<Record<string, number>>;
  readonly same: Readonly<Record<string, number>>;
}

/**
 * Reads back what was written and compares it with the archive, and writes the links, now that both ends of each are there.
 *
 * @throws FailedError VERIFY_FAILED: what the database holds is not what the archive says, and no trigger explains it
 */
export async function verifyRows(options: VerifyOptions): Promise<LinkCounts> {
  const insert = new Map<string, number>();
  const same = new Map<string, number>();
  const changed = new Map<string, { count: number; readonly columns: Set<string> }>();
  for await (const run of plannedRuns(options.archive, options.plan.models, options.signal)) {
    const { planned, from, objects } = run;
    await compareRun(options, run, changed);
    await writeLinks(options, planned, objects, insert, same);
    options.onProgress?.({
      stage: 'verify',
      model: planned.target.model,
      done: from + objects.length,
      total: planned.decisions.length,
    });
  }
  for (const [model, { count, columns }] of changed) {
    options.findings.warn(
      'trigger-changed-row',
      model,
      `a trigger changed ${String(count)} of the rows that were written (${[...columns].join(', ')})`,
    );
  }
  return { insert: record(insert), same: record(same) };
}

async function compareRun(
  { session, findings, plan }: VerifyOptions,
  { planned, from, objects }: PlannedRun,
  changed: Map<string, { count: number; readonly columns: Set<string> }>,
): Promise<void> {
  const { target, decisions } = planned;
  const written = objects
    .filter((_, at) => ['insert', 'update'].includes(decisions.at(from + at)))
    .map((object) => plan.standIns.written(planned, object));
  if (written.length === 0) return;
  const keys = written.map((object) => pkToKey(object.pk, target.shape) ?? '');
  const lines = await lookUpRows(session, target, keys);
  written.forEach((object, at) => {
    const key = keys[at] ?? '';
    const mine = target.line(object);
    const theirs = lines.get(key);
    if (theirs === mine) return;
    const columns = theirs === undefined ? [] : differingColumns(target, mine, theirs);
    const computed = columns.filter((member) => target.columns.find((one) => one.member === member)?.column.generated === true);
    if (theirs !== undefined && computed.length === columns.length) {
      findings.note('generated-differs', objectName(target, key), `the target computes another value (${columns.join(', ')})`);
      return;
    }
    if (target.entity.triggers.length === 0) throw verifyFailed(objectName(target, key), theirs === undefined, columns);
    const known = changed.get(target.model) ?? { count: 0, columns: new Set<string>() };
    known.count += 1;
    for (const column of columns) known.columns.add(column);
    changed.set(target.model, known);
  });
}

async function writeLinks(
  { session, schema, plan, dryRun, findings }: VerifyOptions,
  planned: PlannedModel,
  run: readonly ArchiveObject[],
  insert: Map<string, number>,
  same: Map<string, number>,
): Promise<void> {
  for (const link of planned.target.links) {
    const pairs = linkPairs(plan.models, planned, link, run);
    if (pairs.length === 0) continue;
    await holdEnds(session, schema, plan.models, findings, link, pairs);
    const added = await insertLinks(session, schema, link, pairs, dryRun);
    const present = await countExisting(session, schema, link, pairs);
    if (present !== pairs.length) throw verifyFailed(link.name, true, []);
    if (added > 0) insert.set(link.name, (insert.get(link.name) ?? 0) + added);
    if (added < pairs.length) same.set(link.name, (same.get(link.name) ?? 0) + pairs.length - added);
  }
}

function verifyFailed(name: string, absent: boolean, columns: readonly string[]): FailedError {
  const what = absent ? 'is not there' : `differs in ${columns.join(', ')}`;
  return new FailedError('VERIFY_FAILED', `${name} was written, but ${what} when it is read back`, {
    hint: 'Nothing was committed. A rule, a policy or an extension of the database may rewrite what is written.',
  });
}

function record(counts: ReadonlyMap<string, number>): Readonly<Record<string, number>> {
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}
