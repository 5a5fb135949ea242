import type { ArchiveObject } from '../archive/archive.js';
import type { Key } from '../closure/key.js';
import type { Session } from '../dialect/session.js';
import { objectKey } from '../values/object-values.js';
import type { ReferenceCheck } from './check-references.js';
import { decide } from './decide.js';
import type { Decision } from './import-options.js';
import { differingColumns, rowsOfKeys } from './look-up-rows.js';
import type { ConflictList } from './plan.js';
import type { PlannedModel } from './planned-model.js';
import { objectName } from './planned-model.js';
import type { PlanOptions } from './plan-options.js';
import type { PlannedRun } from './planned-runs.js';
import { isPlain, proveSame } from './prove-same.js';
import type { StandIns } from './stand-ins.js';
import type { TargetModel } from './target.js';
import type { UniqueHit } from './unique-look-up.js';
import { lookUpUniques } from './unique-look-up.js';
import { valueRefused } from './value-refused.js';

/** What the target has where one object wants to go. */
interface Found {
  readonly key: Key;
  /** Members in which the row with its key differs: none where it is equal; undefined where no row has it. */
  readonly differing: readonly string[] | undefined;
  /** Those among them that an import can write: what the target computes itself makes no other row. */
  readonly changes: readonly string[] | undefined;
  readonly hits: readonly UniqueHit[];
}

/**
 * Decides on some objects of one model. Returns whether all that they need had been decided, as far as it makes a difference: what is open is
 * taken for equal.
 */
export async function planRun(
  { session, onProgress }: PlanOptions,
  conflicts: ConflictList,
  references: ReferenceCheck,
  standIns: StandIns,
  { planned, objects }: PlannedRun,
): Promise<boolean> {
  const { target, decisions, skipped, inTheWay } = planned;
  const followed = objects.map((object) => standIns.follow(planned, object));
  const mine = objects.map((object, at) => {
    const one = followed[at];
    return one?.is === 'kept' ? one.object : object;
  });
  const keys = objects.map((object) => objectKey(object, target.shape) ?? '');
  for (const key of keys) planned.keys.add(key);
  const lines = planned.empty ? [] : mine.map((object) => target.line(object));
  const found = await lookUp(session, planned, keys, lines);
  const written: ArchiveObject[] = [];
  const refused: ArchiveObject[] = [];
  let isSure = true;
  keys.forEach((key, at) => {
    const one = followed[at];
    const all = found?.[at] ?? { key, differing: undefined, changes: undefined, hits: [] };
    const facts = one?.is === 'kept' ? withoutOpen(target, all, one.open) : all;
    if (facts !== all) isSure = false;
    const decision = decideOne(planned, facts, one?.is === 'lost');
    decisions.push(decision, facts.changes);
    if (decision === 'insert' || decision === 'update') written.push(mine[at] as ArchiveObject);
    if (decision === 'conflict') {
      refused.push(mine[at] as ArchiveObject);
      for (const conflict of conflictsOf(target, facts)) conflicts.add(conflict);
    }
    if (decision !== 'skip') return;
    const isNew = skipped.add(key);
    if (isNew && one?.is !== 'lost') inTheWay.add(key);
    const same = one?.is === 'lost' ? undefined : proveSame(target, { ...facts, line: lines[at] ?? '' });
    if (isNew && same !== undefined) planned.standIns.set(key, same);
    // What an earlier pass took for proven does not hold now that more is known of what this object refers to.
    else if (planned.standIns.get(key) !== same) planned.standIns.delete(key);
    noteRivals(
      planned,
      key,
      facts.hits.map((hit) => hit.inTheWay),
    );
  });
  references.note(target, written);
  references.noteRefused(target, refused);
  onProgress?.({ stage: 'plan', model: target.model, done: decisions.length, total: undefined });
  return isSure;
}

/** The facts as far as they are known: the same ones where nothing open has a part in them. */
function withoutOpen(target: TargetModel, found: Found, open: ReadonlySet<string>): Found {
  if (open.size === 0) return found;
  const { key, differing, changes, hits } = found;
  const members = new Set(target.columns.flatMap(({ member, column }) => (open.has(column.name) ? [member] : [])));
  const isKnown = (member: string): boolean => !members.has(member);
  const known = {
    key,
    differing: differing?.filter(isKnown),
    changes: changes?.filter(isKnown),
    hits: hits.filter(({ unique: { columns } }) => columns.length > 0 && !columns.some((name) => open.has(name))),
  };
  return known.differing?.length === differing?.length && known.hits.length === hits.length ? found : known;
}

/** Rows in the way of a skipped object that are not known by themselves. */
export function noteRivals({ rivals, standIns }: PlannedModel, key: Key, rows: readonly Key[]): void {
  const others = rows.filter((row) => row !== standIns.get(key));
  if (others.length > 0) rivals?.set(key, others);
  else rivals?.delete(key);
}

async function lookUp(
  session: Session,
  { target, empty }: PlannedModel,
  keys: readonly Key[],
  lines: readonly string[],
): Promise<readonly Found[] | undefined> {
  if (empty) return undefined;
  const refused = (error: unknown): never => {
    throw valueRefused(error, target.model);
  };
  const differing = await compare(session, target, keys, lines).catch(refused);
  // A row that is equal is in nobody's way but its own.
  const open = lines.flatMap((_, at) => (differing[at]?.length === 0 ? [] : [at]));
  const hits = new Map<number, UniqueHit[]>();
  const taken = await lookUpUniques(
    session,
    target,
    open.map((at) => lines[at] ?? ''),
  ).catch(refused);
  for (const hit of taken) {
    const place = open[hit.place] ?? 0;
    const known = hits.get(place);
    if (known === undefined) hits.set(place, [hit]);
    else known.push(hit);
  }
  const computed = new Set(target.columns.filter(({ column }) => column.generated).map(({ member }) => member));
  return keys.map((key, at) => {
    const changes = computed.size === 0 ? differing[at] : differing[at]?.filter((member) => !computed.has(member));
    return { key, differing: differing[at], changes, hits: hits.get(at) ?? noHits };
  });
}

const noHits: readonly UniqueHit[] = Object.freeze([]);
const nothing: readonly string[] = Object.freeze([]);

/** The members in which the target's row of each key differs; undefined where there is none. */
async function compare(
  session: Session,
  target: TargetModel,
  keys: readonly Key[],
  lines: readonly string[],
): Promise<readonly (readonly string[] | undefined)[]> {
  const differing = keys.map((): readonly string[] | undefined => undefined);
  let place = 0;
  for await (const rows of rowsOfKeys(session, target, keys)) {
    for (const [key, their] of rows) {
      place = keys.indexOf(key, place);
      // Both are in the archive's order; where a database had another, the keys would be looked for from the start.
      if (place < 0) place = keys.indexOf(key);
      const line = lines[place] ?? '';
      differing[place] = their === line ? nothing : differingColumns(target, line, their);
    }
  }
  return differing;
}

/** An object that needs a skipped one is skipped too, unless the target has it as it is. */
function decideOne({ target, skipped }: PlannedModel, { key, changes, hits }: Found, isLost: boolean): Decision {
  if (skipped.has(key)) return 'skip';
  if (changes?.length === 0) return decide({ is: 'equal' }, target.strategy);
  if (isLost) return 'skip';
  if (hits.length > 0) return decide({ is: 'unique-taken' }, target.strategy);
  if (changes === undefined) return decide({ is: 'absent' }, target.strategy);
  return decide({ is: isFixed(target, changes) ? 'fixed' : 'different', columns: changes }, target.strategy);
}

/** No UPDATE may write a column that is GENERATED ALWAYS AS IDENTITY. */
export function isFixed(target: TargetModel, members: readonly string[]): boolean {
  return target.columns.some(({ member, column }) => column.identity === 'always' && members.includes(member));
}

function* conflictsOf(target: TargetModel, { key, changes, hits }: Found): Generator<Parameters<ConflictList['add']>[0]> {
  const object = objectName(target, key);
  const fixed = changes !== undefined && isFixed(target, changes);
  if (changes !== undefined && (fixed || target.strategy !== 'override')) {
    const conflict = {
      object,
      reason: 'primary-key',
      constraint: primaryKeyName(target),
      columns: changes,
      inTheWay: object,
    } as const;
    yield { ...conflict, ...(fixed ? { fixed } : {}), ...(hits.length > 0 ? { alsoUnique: true } : {}) };
  }
  for (const { unique, columns, inTheWay } of hits)
    yield {
      object,
      reason: 'unique',
      constraint: unique.name,
      columns,
      inTheWay: objectName(target, inTheWay),
      ...(unique.operators === undefined ? {} : { excludes: true }),
      ...(isPlain(unique) ? { plain: true } : {}),
    };
}

export function primaryKeyName({ entity }: TargetModel): string {
  return entity.uniques.find((unique) => unique.primary)?.name ?? entity.key.join(', ');
}
