import type { ArchiveObject } from '../archive/archive.js';
import { headerKeyShape } from '../archive/header-keys.js';
import { databaseIdentity } from '../changes/database-identity.js';
import { rowDigests } from '../changes/row-digests.js';
import type { ArchiveReader } from '../archive/open-archive.js';
import type { Key } from '../closure/key.js';
import { readableColumns } from '../dialect/postgres/readable-columns.js';
import type { Session } from '../dialect/session.js';
import type { Schema } from '../schema/schema.js';
import { formatObjectName } from '../seeds/object-name.js';
import { pkToKey } from '../values/archive-value.js';
import { objectKey } from '../values/object-values.js';
import { CompletedArchive } from './absent/completed-archive.js';
import { conflictAdvice } from './conflict-advice.js';
import type { Decision } from './import-options.js';
import type { Plan } from './plan.js';
import type { PlannedModel } from './planned-model.js';
import { objectName, rowOf } from './planned-model.js';
import type { PlannedFiles } from './plan-files.js';
import type { PlannedRun } from './planned-runs.js';
import { plannedRuns } from './planned-runs.js';
import { RemappedRows } from './remapped-rows.js';
import { targetEntity } from '../schema/target-entity.js';
import type { ToldRows } from './told-rows.js';

export interface PlanLinesOptions {
  readonly archive: ArchiveReader;
  readonly schema: Schema;
  readonly plan: Plan;
  readonly told: ToldRows;
  /** Whether to tell what would be written. */
  readonly values: boolean;
  /** What becomes of the archive's files, where they are put in their places. */
  readonly files: PlannedFiles | undefined;
}

/** A plan's lines after the first: one decision a line, then what else decides, then conflicts. */
export async function* planLines(options: PlanLinesOptions): AsyncGenerator {
  const { archive, plan, told: rows, values, files } = options;
  for await (const run of plannedRuns(archive, plan.models)) {
    const told = await rows.of(run);
    let at = 0;
    for (const { object, to, needs, decision, columns, fields } of decidedOf(plan, run)) {
      yield {
        object,
        decision,
        ...(columns.length === 0 ? {} : { columns }),
        ...(needs !== undefined ? { needs } : decision === 'skip' && to !== undefined ? { usedInstead: to } : {}),
        ...(decision === 'merge' && to !== object ? { to } : {}),
        ...markOf(archive, object),
        ...told[at++],
        ...(values && decision !== 'same' ? { after: afterOf(decision, columns, fields) } : {}),
      };
    }
  }
  yield* externalLines(options);
  if (files !== undefined) yield files;
  for (const conflict of plan.conflicts) yield { conflict, help: conflictAdvice(conflict) };
}

/** Objects that stayed at home, and the rows that they are taken for; where the policy says what else becomes of one, it is not there. */
function* externalLines({ archive, schema, plan: { rows } }: PlanLinesOptions): Generator {
  for (const { model, pk } of archive.trailer?.external ?? []) {
    const entity = targetEntity(schema, archive.header, model);
    const key = pkToKey(pk, headerKeyShape(archive.header, model));
    if (entity === undefined || key === undefined) continue;
    const nameOf = (one: Key): string => formatObjectName({ ...entity, model }, one);
    const moved = rows instanceof RemappedRows ? rows.movedOf(entity.model).get(key) : undefined;
    yield { external: nameOf(key), to: nameOf(moved ?? key) };
  }
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

/**
 * Old key → new key of what is in the target after the import; for a skipped object the row that is proven to be the same. A placeholder has
 * the database and a digest of its row besides: it can be claimed there alone, and as long as nobody has made more of it.
 */
export async function* idMapLines(session: Session, archive: ArchiveReader, plan: Plan): AsyncGenerator {
  const database = archive instanceof CompletedArchive ? await databaseIdentity(session) : undefined;
  for await (const run of plannedRuns(archive, plan.models)) {
    const rows = await placeholderRows(session, archive, run);
    for (const { object, to, decision } of decidedOf(plan, run)) {
      const row = rows.get(object);
      if (to !== undefined)
        yield { from: object, to, decision, ...(row === undefined ? {} : { placeholder: true, database, row }) };
    }
  }
}

const none: ReadonlyMap<string, string> = new Map();

/** Digests of the rows that placeholders are, by the names of their objects. */
async function placeholderRows(
  session: Session,
  archive: ArchiveReader,
  { planned, objects }: PlannedRun,
): Promise<ReadonlyMap<string, string>> {
  if (!(archive instanceof CompletedArchive)) return none;
  const { target } = planned;
  const rows = new Map<string, Key>();
  for (const object of objects) {
    const key = objectKey(object, target.shape) ?? '';
    const name = objectName(target, key);
    if (archive.isPlaceholder(name)) rows.set(name, rowOf(planned, key) ?? key);
  }
  if (rows.size === 0) return none;
  const columns = await readableColumns(session, target.entity);
  const digests = await rowDigests(session, target.entity, columns, [...rows.values()]);
  return new Map([...rows].map(([name, row]) => [name, digests.get(row) ?? '']));
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
  for await (const run of plannedRuns(archive, plan.models)) yield* decidedOf(plan, run);
}

function* decidedOf(plan: Plan, { planned, from, objects }: PlannedRun): Generator<DecidedObject> {
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

function needsOf(plan: Plan, planned: PlannedModel, object: ArchiveObject): string | undefined {
  const needs = plan.rows.needs(planned, object);
  return needs === undefined ? undefined : objectName(needs.planned.target, needs.key);
}
