import type { ArchiveReader } from '../archive/open-archive.js';
import { pkToKey } from '../values/archive-value.js';
import type { Plan } from './plan.js';
import { objectName } from './plan.js';
import { plannedRuns } from './planned-runs.js';

/** The plan as JSON lines: what it was made of, then one decision a line, without values. */
export async function* planLines(archive: ArchiveReader, plan: Plan, options: Readonly<Record<string, unknown>>): AsyncGenerator {
  yield { archive: archive.trailer?.sha256 ?? '', options };
  for await (const { object, decision, columns } of decidedObjects(archive, plan)) {
    yield columns.length === 0 ? { object, decision } : { object, decision, columns };
  }
  for (const conflict of plan.conflicts) yield { conflict };
}

/** Old key → new key of what is in the target after the import. */
export async function* idMapLines(archive: ArchiveReader, plan: Plan): AsyncGenerator {
  for await (const { object, decision } of decidedObjects(archive, plan)) {
    if (decision === 'insert' || decision === 'same' || decision === 'update') yield { from: object, to: object, decision };
  }
}

async function* decidedObjects(
  archive: ArchiveReader,
  plan: Plan,
): AsyncGenerator<{ readonly object: string; readonly decision: string; readonly columns: readonly string[] }> {
  for await (const { planned, from, objects } of plannedRuns(archive, plan.models)) {
    const { target, decisions } = planned;
    for (const [at, { pk }] of objects.entries()) {
      const place = from + at;
      yield {
        object: objectName(target, pkToKey(pk, target.shape) ?? ''),
        decision: decisions.at(place),
        columns: decisions.columnsAt(place),
      };
    }
  }
}
