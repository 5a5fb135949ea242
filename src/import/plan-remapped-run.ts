import type { ArchiveObject } from '../archive/archive.js';
import type { Key } from '../closure/key.js';
import { objectKey } from '../values/object-values.js';
import type { ReferenceCheck } from './check-references.js';
import { naturalKey } from './conflict-advice.js';
import { decide } from './decide.js';
import type { Decision } from './import-options.js';
import type { MentionCheck } from './mention-check.js';
import type { ModelMapping } from './model-mapping.js';
import type { PlacingContext } from './placing-context.js';
import type { Placed } from './placed.js';
import { placeObjects } from './place-objects.js';
import type { ConflictList } from './plan.js';
import type { PlanOptions } from './plan-options.js';
import { isFixed, noteRivals, primaryKeyName, sharedUniques, uniqueConflict } from './plan-run.js';
import type { PlannedModel } from './planned-model.js';
import { objectName } from './planned-model.js';
import type { PlannedRun } from './planned-runs.js';
import { proveSame } from './prove-same.js';
import type { TargetModel } from './target.js';
import type { UniqueHit } from './unique-look-up.js';
import { hasLookUps, lookUpUniques } from './unique-look-up.js';
import { valueRefused } from './value-refused.js';

/** Decides on some objects of one model, of which some can get other keys. Returns whether anything is known that was not before. */
export async function planRemappedRun(
  { onProgress }: PlanOptions,
  context: PlacingContext,
  conflicts: ConflictList,
  { references, mentions }: { readonly references: ReferenceCheck; readonly mentions: MentionCheck },
  { planned, objects }: PlannedRun & { readonly planned: PlannedModel & { readonly mapping: ModelMapping } },
): Promise<boolean> {
  const { target, decisions, mapping } = planned;
  const spaces = context.rows.spacesOf(target.model);
  const news = new Set<'key' | 'value'>();
  const settled = (object: ArchiveObject, placed: Placed): void => {
    const key = objectKey(object, target.shape) ?? '';
    mapping.decided.add(key);
    // Once: what goes to and fro stays a conflict.
    if (placed.how === 'taken' && mapping.tried.add(key) && mapping.settle(key, placed.to)) news.add('key');
    if (placed.how !== 'own' && placed.how !== 'new' && placed.how !== 'bound') return;
    if (mapping.settle(key, placed.to)) news.add('key');
    if (spaces.length === 0) return;
    const line = placed.line();
    for (const space of spaces) if (space.settle(object, line)) news.add('value');
  };
  const freshBefore = mapping.fresh.size;
  const all = await placeObjects(context, planned, mapping, objects, settled);
  const hits = await uniqueHits(context, planned, all);
  const written: ArchiveObject[] = [];
  const refused: ArchiveObject[] = [];
  const firstPlace = decisions.length;
  for (const [at, placed] of all.entries()) {
    const object = objects[at] as ArchiveObject;
    const key = objectKey(object, target.shape) ?? '';
    const found = hits.get(at) ?? [];
    const decision = decideOne(planned, key, placed, found);
    decisions.push(decision, placed.changes);
    if (decisions.isWritten(firstPlace + at)) written.push(object);
    if (decision === 'conflict') {
      refused.push(object);
      noteConflicts(conflicts, target, { key, placed, hits: found });
    }
    if (decision !== 'skip') continue;
    skip(planned, key, placed, found);
    for (const space of spaces) space.leave(object);
  }
  references.noteRows(planned, written, context.rows);
  references.noteRefused(target, refused, context.rows);
  mentions.note(planned, written, context.rows);
  onProgress?.({ stage: 'plan', model: target.model, done: decisions.length, total: undefined });
  return news.size > 0 || mapping.fresh.size > freshBefore;
}

/** Other rows that have the unique columns of what is to be written, by place. */
async function uniqueHits(
  { session }: PlacingContext,
  { target, empty }: PlannedModel,
  all: readonly Placed[],
): Promise<ReadonlyMap<number, readonly UniqueHit[]>> {
  const hits = new Map<number, UniqueHit[]>();
  if (empty || !hasLookUps(target)) return hits;
  const asked = all.flatMap((placed, at) => (isWrittenSo(placed) ? [at] : []));
  const line = (place: number): string => all[asked[place] ?? -1]?.line() ?? '';
  const taken = await lookUpUniques(session, target, { count: asked.length, line }).catch((error: unknown) => {
    throw valueRefused(error, target.model);
  });
  for (const hit of taken) {
    const at = asked[hit.place] ?? 0;
    const open = new Set([...(all[at]?.unknown ?? [])].map((place) => target.columns[place]?.column.name ?? ''));
    // What it will hold there is not known yet.
    if (open.size > 0 && (hit.unique.columns.length === 0 || hit.unique.columns.some((name) => open.has(name)))) continue;
    const known = hits.get(at);
    if (known === undefined) hits.set(at, [hit]);
    else known.push(hit);
  }
  return hits;
}

function isWrittenSo({ how, differing, changes }: Placed): boolean {
  if (how === 'bound') return changes !== undefined && changes.length > 0;
  return how === 'new' || (how === 'own' && differing?.length !== 0);
}

function decideOne({ target, skipped }: PlannedModel, key: Key, placed: Placed, hits: readonly UniqueHit[]): Decision {
  const { how, changes, to, differing } = placed;
  const { strategy } = target;
  if (skipped.has(key)) return 'skip';
  if (how === 'torn') return decide({ is: 'ambiguous' }, strategy);
  if (how === 'waiting') return 'merge';
  if (how === 'many' || how === 'twice' || how === 'taken') return decide({ is: 'ambiguous' }, strategy);
  if (how === 'bound') {
    if (changes !== undefined && isFixed(target, changes)) return decide({ is: 'fixed', columns: changes }, strategy);
    if (hits.length > 0) return decide({ is: 'unique-taken' }, strategy);
    return decide({ is: to === key && differing?.length === 0 ? 'equal' : 'matched' }, strategy);
  }
  if (changes?.length === 0) return decide({ is: 'equal' }, strategy);
  if (how === 'lost') return 'skip';
  if (hits.length > 0) return decide({ is: 'unique-taken' }, strategy);
  if (changes === undefined) return decide({ is: to === key ? 'absent' : 'moved' }, strategy);
  return decide({ is: isFixed(target, changes) ? 'fixed' : 'different', columns: changes }, strategy);
}

/** As under the strategy alone: the row that is proven to be the same stands in for the object. */
function skip(planned: PlannedModel, key: Key, { how, to, line, differing, inTheWay }: Placed, hits: readonly UniqueHit[]): void {
  const isNew = planned.skipped.add(key);
  if (isNew && how !== 'lost' && how !== 'torn') planned.inTheWay.add(key);
  const same = how === 'own' ? proveSame(planned.target, { key: to, line: line(), differing, hits }) : undefined;
  if (isNew && same !== undefined) planned.standIns.set(key, same);
  else if (planned.standIns.get(key) !== same) planned.standIns.delete(key);
  const inItsWay = inTheWay === undefined || inTheWay.inArchive ? [] : [inTheWay.key];
  noteRivals(planned, key, [...hits.map((hit) => hit.inTheWay), ...inItsWay, ...(how === 'bound' ? [to] : [])]);
}

function noteConflicts(
  conflicts: ConflictList,
  target: TargetModel,
  { key, placed, hits }: { readonly key: Key; readonly placed: Placed; readonly hits: readonly UniqueHit[] },
): void {
  const { how, to, changes, inTheWay, torn } = placed;
  if (torn !== undefined) {
    conflicts.add(() => ({
      object: objectName(target, key),
      reason: 'missing-reference',
      constraint: torn.map(({ name, constraint }) => constraint?.name ?? name).join(', '),
      columns: membersOf(target, [...new Set(torn.flatMap((reference) => reference.columns))]),
      inTheWay: '',
      torn: true,
    }));
    return;
  }
  if (inTheWay !== undefined) {
    const isKey = how === 'taken';
    conflicts.add(() => ({
      object: objectName(target, key),
      reason: isKey ? 'primary-key' : 'unique',
      constraint: isKey ? primaryKeyName(target) : naturalKey,
      columns: membersOf(target, isKey ? target.entity.key : target.entity.naturalKey),
      inTheWay: objectName(target, inTheWay.key),
      ...(isKey ? { newKey: true } : {}),
      ...(inTheWay.inArchive ? { inArchive: true } : {}),
    }));
    return;
  }
  const fixed = changes !== undefined && isFixed(target, changes);
  if (changes !== undefined && changes.length > 0 && (fixed || (how === 'own' && target.strategy !== 'override')))
    conflicts.add(() => ({
      object: objectName(target, key),
      reason: 'primary-key',
      constraint: primaryKeyName(target),
      columns: changes,
      inTheWay: objectName(target, to),
      ...(fixed ? { fixed: true } : {}),
      ...sharedUniques(hits),
      ...(target.strategy === 'remap' ? { noNewKey: true } : {}),
    }));
  for (const hit of hits) conflicts.add(() => uniqueConflict(target, key, hit));
}

function membersOf(target: TargetModel, names: readonly string[]): readonly string[] {
  return names.map((name) => target.columns.find(({ column }) => column.name === name)?.member ?? name);
}
