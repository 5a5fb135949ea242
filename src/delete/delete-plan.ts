import { outsideName } from '../changes/referring-rows.js';
import type { Session } from '../dialect/session.js';
import type { Reference, Schema } from '../schema/schema.js';
import { onDeleteNumbers } from './on-delete.js';
import type { KeepReason, RowState } from './row-states.js';
import { keepReasons, rowStates, stateNumber } from './row-states.js';
import type { StagedModel, StagedModels } from './staged-model.js';

/** Rows by model. */
export type Counts = Readonly<Record<string, number>>;

/** An object of the archive that is not deleted although it is owned, and why. */
export interface KeptObject {
  readonly object: string;
  readonly reason: KeepReason;
  /** In what it differs from the archive. */
  readonly columns?: readonly string[];
  /** The row that refers to it and stays. */
  readonly by?: string;
  /** The reference by which it does. */
  readonly reference?: string;
  /** From the row that keeps all of them, to the object. */
  readonly path?: readonly string[];
}

/** What a deletion does. */
export interface DeletePlan {
  readonly delete: Counts;
  readonly nullify: Counts;
  readonly keep: Counts;
  /** Rows of join tables that go, by link. */
  readonly links: Counts;
  /** Rows that lose a reference, by its name. */
  readonly nullified: Counts;
  /** `keep` by reason. */
  readonly reasons: Readonly<Partial<Record<KeepReason, Counts>>>;
  /** Some of what is kept, without what is shared. */
  readonly kept: readonly KeptObject[];
  readonly keptCount: number;
  /** Those who were asked for among them. */
  readonly seedsKept: readonly string[];
}

/** What is kept in full; the rest is counted. */
const keptListed = 1000;

export interface PlanFacts {
  readonly session: Session;
  readonly schema: Schema;
  readonly staged: StagedModels;
  readonly references: readonly Reference[];
}

const purpose = { what: 'read the plan' };

/** Asks the database for what it decided. */
export async function readPlan(facts: PlanFacts): Promise<DeletePlan> {
  const { session, schema, staged, references } = facts;
  const models = [...staged.values()];
  const counts = { delete: new Map<string, number>(), nullify: new Map<string, number>(), keep: new Map<string, number>() };
  const links = new Map<string, number>();
  const reasons = new Map<KeepReason, Map<string, number>>();
  const rows = await session.query(
    'SELECT model, state, nullified, count(*) FROM pg_temp.portolan_row GROUP BY 1, 2, 3',
    [],
    purpose,
  );
  for (const [number, place, nullified, text] of rows) {
    const state = rowStates[Number(place)] ?? 'survives';
    const stage = models[Number(number)];
    if (stage === undefined) continue;
    const count = Number(text);
    if (stage.target === undefined) {
      if (state === 'delete') add(links, linkName(schema, stage), count);
      continue;
    }
    const { model } = stage.target;
    if (state === 'delete') add(counts.delete, model, count);
    else if (nullified === 't') add(counts.nullify, model, count);
    else {
      add(counts.keep, model, count);
      const byReason = reasons.get(state) ?? new Map<string, number>();
      reasons.set(state, byReason);
      add(byReason, model, count);
    }
  }
  const kept = await readKept(facts);
  const isKept = `state <> ${stateNumber('delete')} AND NOT nullified AND state <> ${stateNumber('shared')}`;
  const [[keptCount] = []] = await session.query(
    `SELECT count(*) FROM pg_temp.portolan_row WHERE ${isKept} AND model IN (${objectModels(staged)})`,
    [],
    purpose,
  );
  const seeds = await session.query(
    `SELECT name FROM pg_temp.portolan_row WHERE seed AND state NOT IN (${stateNumber('delete')}, ${stateNumber('gone')}) ORDER BY id`,
    [],
    purpose,
  );
  const nullified = await session.query(
    `SELECT e.reference, count(DISTINCT e.child) FROM ${nullifyingEdges()} GROUP BY 1 ORDER BY 1`,
    [],
    purpose,
  );
  return {
    delete: record(counts.delete),
    nullify: record(counts.nullify),
    keep: record(counts.keep),
    links: record(links),
    nullified: record(new Map(nullified.map(([number, count]) => [references[Number(number)]?.name ?? '', Number(count)]))),
    reasons: Object.fromEntries(
      keepReasons.flatMap((reason) => (reasons.has(reason) ? [[reason, record(reasons.get(reason))]] : [])),
    ),
    kept,
    keptCount: Number(keptCount),
    seedsKept: seeds.map(([name]) => name ?? ''),
  };
}

/** FROM and WHERE: edges `e` down which a row loses its reference. */
export function nullifyingEdges(): string {
  const deleted = stateNumber('delete');
  return (
    `pg_temp.portolan_edge e JOIN pg_temp.portolan_row p ON p.id = e.parent AND p.state = ${deleted} ` +
    `JOIN pg_temp.portolan_row c ON c.id = e.child AND c.state <> ${deleted} AND e.action = ${String(onDeleteNumbers.nullify)}`
  );
}

/** Numbers of the stages of objects, as a list. */
export function objectModels(staged: StagedModels): string {
  const numbers = [...staged.values()].flatMap(({ number, target }) => (target === undefined ? [] : [String(number)]));
  return numbers.length === 0 ? 'NULL' : numbers.join(', ');
}

async function readKept(facts: PlanFacts): Promise<readonly KeptObject[]> {
  const { session, staged } = facts;
  const told = ['changed', 'gone', 'excluded', 'boundary', 'referenced', 'survives'] as const;
  const states = told.map((state: RowState) => stateNumber(state)).join(', ');
  const listed = `SELECT id FROM pg_temp.portolan_row WHERE state IN (${states}) AND NOT nullified AND model IN (${objectModels(staged)}) ORDER BY id LIMIT ${String(keptListed)}`;
  // Each row has at most one that is noted to keep it, and none is noted in a circle.
  const rows = await session.query(
    `WITH RECURSIVE listed AS (${listed}), path(first, id, depth) AS (
       SELECT id, id, 0 FROM listed
       UNION ALL SELECT p.first, r.by, p.depth + 1 FROM path p JOIN pg_temp.portolan_row r ON r.id = p.id WHERE r.by IS NOT NULL
     ) SELECT p.first, r.name, r.state, r.columns, r.reference, r.outside FROM path p JOIN pg_temp.portolan_row r ON r.id = p.id
     ORDER BY p.first, p.depth`,
    [],
    purpose,
  );
  const groups = new Map<string, (typeof rows)[number][]>();
  for (const row of rows) {
    const group = groups.get(row[0] ?? '');
    if (group === undefined) groups.set(row[0] ?? '', [row]);
    else group.push(row);
  }
  return [...groups.values()].map((group) => keptObject(facts, group));
}

function keptObject(facts: PlanFacts, group: readonly (readonly (string | null)[])[]): KeptObject {
  const [[, object, state, columns, reference] = []] = group;
  const path = group.map(([, name]) => name ?? '');
  const [, , , , last, outside] = group.at(-1) ?? [];
  const by = facts.references[Number(last)];
  if (typeof outside === 'string' && by !== undefined) path.push(outsideName(facts.schema, by, outside));
  const reason = rowStates[Number(state)] ?? 'survives';
  const keeper = path[1];
  return Object.freeze({
    object: object ?? '',
    reason: reason as KeepReason,
    ...(columns === null || columns === undefined ? {} : { columns: columns.split('\n') }),
    ...(keeper === undefined ? {} : { by: keeper }),
    ...(reference === null || reference === undefined ? {} : { reference: facts.references[Number(reference)]?.name ?? '' }),
    ...(path.length > 2 ? { path: [...path].reverse() } : {}),
  });
}

function linkName(schema: Schema, { entity }: StagedModel): string {
  return schema.links.find(({ through }) => through === entity.model)?.name ?? entity.model;
}

function add(counts: Map<string, number>, name: string, count: number): void {
  counts.set(name, (counts.get(name) ?? 0) + count);
}

function record(counts: ReadonlyMap<string, number> | undefined): Counts {
  return Object.freeze(Object.fromEntries([...(counts ?? [])].sort(([a], [b]) => (a < b ? -1 : 1))));
}
