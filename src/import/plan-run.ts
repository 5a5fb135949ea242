import type { ArchiveObject } from '../archive/archive.js';
import type { Key } from '../closure/key.js';
import type { Session } from '../dialect/session.js';
import { objectKey } from '../values/object-values.js';
import type { ReferenceCheck } from './check-references.js';
import { compareRows } from './compare-rows.js';
import { decide } from './decide.js';
import type { Conflict, Decision } from './import-options.js';
import type { ConflictList } from './plan.js';
import type { PlannedModel } from './planned-model.js';
import { objectName } from './planned-model.js';
import type { PlanOptions } from './plan-options.js';
import type { PlannedRun } from './planned-runs.js';
import { isPlain, proveSame } from './prove-same.js';
import type { SkipEdges } from './skip-edges.js';
import type { StandIns } from './stand-ins.js';
import type { TargetModel } from './target.js';
import type { UniqueHit } from './unique-look-up.js';
import { hasLookUps, lookUpUniques } from './unique-look-up.js';
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
 * taken for equal. Of what is not there as it is `edges` are told what it needs.
 */
export async function planRun(
  { session, onProgress }: PlanOptions,
  conflicts: ConflictList,
  references: ReferenceCheck,
  standIns: StandIns,
  { planned, objects }: PlannedRun,
  edges?: SkipEdges,
): Promise<boolean> {
  const { target, decisions, skipped, inTheWay } = planned;
  // Mostly nothing is skipped that they could refer to.
  const followed = standIns.leaveAsIs(planned) ? undefined : objects.map((object) => standIns.follow(planned, object));
  const mine =
    followed === undefined
      ? objects
      : objects.map((object, at) => {
          const one = followed[at];
          return one?.is === 'kept' ? one.object : object;
        });
  const keys = objects.map((object) => objectKey(object, target.shape) ?? '');
  for (const key of keys) planned.keys.add(key);
  const found = await lookUp(session, planned, keys, mine);
  const written: ArchiveObject[] = [];
  const refused: ArchiveObject[] = [];
  let isSure = true;
  keys.forEach((key, at) => {
    const one = followed?.[at];
    const all = found?.(at) ?? { key, differing: undefined, changes: undefined, hits: noHits };
    const facts = one?.is === 'kept' ? withoutOpen(target, all, one.open) : all;
    if (facts !== all) isSure = false;
    const decision = decideOne(planned, facts, one?.is === 'lost');
    decisions.push(decision, facts.changes);
    if (decision === 'insert' || decision === 'update') written.push(mine[at] as ArchiveObject);
    if (decision === 'conflict') {
      refused.push(mine[at] as ArchiveObject);
      noteConflicts(conflicts, target, facts);
    }
    if (decision !== 'same' && (one === undefined || (one.is === 'kept' && one.object === objects[at])))
      edges?.note(planned, key, objects[at] as ArchiveObject);
    if (decision !== 'skip') return;
    const isNew = skipped.add(key);
    if (isNew && one?.is !== 'lost') inTheWay.add(key);
    const line = planned.empty ? '' : target.line(mine[at] as ArchiveObject);
    const same = one?.is === 'lost' ? undefined : proveSame(target, { ...facts, line });
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

/** What is found of each object, by its place; undefined where nothing can be. */
async function lookUp(
  session: Session,
  { target, empty }: PlannedModel,
  keys: readonly Key[],
  objects: readonly ArchiveObject[],
): Promise<((at: number) => Found) | undefined> {
  if (empty) return undefined;
  const refused = (error: unknown): never => {
    throw valueRefused(error, target.model);
  };
  const differing = await compareRows(session, target, keys, objects).catch(refused);
  const hits = hasLookUps(target) ? await uniqueHits(session, target, differing, objects).catch(refused) : noneHit;
  const changes = changesOf(target);
  return (at) => ({
    key: keys[at] ?? '',
    differing: differing[at],
    changes: changes(differing[at]),
    hits: hits.get(at) ?? noHits,
  });
}

/** By place. A row that is equal is in nobody's way but its own. */
async function uniqueHits(
  session: Session,
  target: TargetModel,
  differing: readonly (readonly string[] | undefined)[],
  objects: readonly ArchiveObject[],
): Promise<ReadonlyMap<number, readonly UniqueHit[]>> {
  const open = objects.flatMap((_, at) => (differing[at]?.length === 0 ? [] : [at]));
  const hits = new Map<number, UniqueHit[]>();
  const line = (place: number): string => target.line(objects[open[place] ?? -1] as ArchiveObject);
  for (const hit of await lookUpUniques(session, target, { count: open.length, line })) {
    const place = open[hit.place] ?? 0;
    const known = hits.get(place);
    if (known === undefined) hits.set(place, [hit]);
    else known.push(hit);
  }
  return hits;
}

/** Those among differing members that an import can write. */
function changesOf(target: TargetModel): (differing: readonly string[] | undefined) => readonly string[] | undefined {
  const computed = new Set(target.columns.filter(({ column }) => column.generated).map(({ member }) => member));
  if (computed.size === 0) return (differing) => differing;
  const known = new Map<readonly string[], readonly string[]>();
  return (differing) => {
    if (differing === undefined) return undefined;
    let changes = known.get(differing);
    if (changes === undefined) known.set(differing, (changes = differing.filter((member) => !computed.has(member))));
    return changes;
  };
}

const noHits: readonly UniqueHit[] = Object.freeze([]);
const noneHit: ReadonlyMap<number, readonly UniqueHit[]> = new Map();

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
  return target.fixed.some((member) => members.includes(member));
}

function noteConflicts(conflicts: ConflictList, target: TargetModel, { key, changes, hits }: Found): void {
  const fixed = changes !== undefined && isFixed(target, changes);
  if (changes !== undefined && (fixed || target.strategy !== 'override'))
    conflicts.add(() => {
      const object = objectName(target, key);
      return {
        object,
        reason: 'primary-key',
        constraint: primaryKeyName(target),
        columns: changes,
        inTheWay: object,
        ...(fixed ? { fixed } : {}),
        ...sharedUniques(hits),
      };
    });
  for (const hit of hits) conflicts.add(() => uniqueConflict(target, key, hit));
}

/** That another row has unique values of the object, too, and by which columns it could be taken for that row. */
export function sharedUniques(hits: readonly UniqueHit[]): Pick<Conflict, 'alsoUnique' | 'alike'> {
  const plain = hits.find(({ unique }) => isPlain(unique));
  return { ...(hits.length > 0 ? { alsoUnique: true } : {}), ...(plain === undefined ? {} : { alike: plain.columns }) };
}

/** That a row of the target has unique values of an object. */
export function uniqueConflict(target: TargetModel, key: Key, { unique, columns, inTheWay }: UniqueHit): Conflict {
  return {
    object: objectName(target, key),
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
