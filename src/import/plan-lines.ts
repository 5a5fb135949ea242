import type { ArchiveObject } from '../archive/archive.js';
import type { DatabaseIdentity } from '../changes/journal.js';
import type { ArchiveReader } from '../archive/open-archive.js';
import { objectKey } from '../values/object-values.js';
import { CompletedArchive } from './absent/completed-archive.js';
import { conflictAdvice } from './conflict-advice.js';
import type { Decision } from './import-options.js';
import type { Plan } from './plan.js';
import type { PlannedModel } from './planned-model.js';
import { objectName, rowOf } from './planned-model.js';
import { plannedRuns } from './planned-runs.js';

/** The plan as JSON lines: what it was made of, then one decision a line; what would be written is told under `verbose` only. */
export async function* planLines(
  archive: ArchiveReader,
  plan: Plan,
  options: Readonly<Record<string, unknown>>,
  verbose: boolean,
): AsyncGenerator {
  yield { archive: archive.trailer?.sha256 ?? '', options };
  for await (const { object, to, needs, decision, columns, fields } of decidedObjects(archive, plan)) {
    const why = needs !== undefined ? { needs } : decision === 'skip' && to !== undefined ? { usedInstead: to } : {};
    const mark = markOf(archive, object);
    const told = columns.length === 0 ? { object, decision, ...why, ...mark } : { object, decision, columns, ...mark };
    yield verbose && decision !== 'same' ? { ...told, after: afterOf(decision, columns, fields) } : told;
  }
  for (const conflict of plan.conflicts) yield { conflict, help: conflictAdvice(conflict) };
}

/** Says of a placeholder that it is one: `portolan claim` takes no other row away. */
function markOf(archive: ArchiveReader, object: string): { readonly placeholder?: true } {
  return archive instanceof CompletedArchive && archive.isPlaceholder(object) ? { placeholder: true } : {};
}

/** An update writes the columns that differ, everything else the whole object. */
function afterOf(decision: Decision, columns: readonly string[], fields: ArchiveObject['fields']): ArchiveObject['fields'] {
  if (decision !== 'update' && decision !== 'merge') return fields;
  return Object.fromEntries(Object.entries(fields).filter(([member]) => columns.includes(member)));
}

/** Old key → new key of what is in the target after the import; for a skipped object the row that is proven to be the same. */
export async function* idMapLines(archive: ArchiveReader, plan: Plan, database: DatabaseIdentity): AsyncGenerator {
  for await (const { object, to, decision } of decidedObjects(archive, plan)) {
    const mark = markOf(archive, object);
    // Whose key it is can be told of one database only: what is claimed goes.
    if (to !== undefined) yield { from: object, to, decision, ...(mark.placeholder === true ? { ...mark, database } : {}) };
  }
}

/** What becomes of one object of an archive. */
export interface DecidedObject {
  readonly model: string;
  readonly object: string;
  /** The row that is the object in the target, where there is one. */
  readonly to: string | undefined;
  /** The skipped object that it needs. */
  readonly needs: string | undefined;
  /** Whether it is skipped because of what is in the target. */
  readonly inTheWay: boolean;
  readonly decision: Decision;
  readonly columns: readonly string[];
  readonly fields: ArchiveObject['fields'];
}

/** In the archive's order. */
export async function* decidedObjects(archive: ArchiveReader, plan: Plan): AsyncGenerator<DecidedObject> {
  for await (const { planned, from, objects } of plannedRuns(archive, plan.models)) {
    const { target, decisions } = planned;
    for (const [at, object] of objects.entries()) {
      const decision = decisions.at(from + at);
      const key = objectKey(object, target.shape) ?? '';
      const inTheWay = decision === 'skip' && planned.inTheWay.has(key);
      const needs = decision === 'skip' && !inTheWay ? needsOf(plan, planned, object) : undefined;
      const row = decision === 'conflict' ? undefined : rowOf(planned, key);
      yield {
        model: target.model,
        object: objectName(target, key),
        to: row === undefined ? undefined : objectName(target, row),
        needs,
        inTheWay,
        decision,
        columns: decisions.columnsAt(from + at),
        fields: object.fields,
      };
    }
  }
}

function needsOf(plan: Plan, planned: PlannedModel, object: ArchiveObject): string | undefined {
  const needs = plan.rows.needs(planned, object);
  return needs === undefined ? undefined : objectName(needs.planned.target, needs.key);
}
