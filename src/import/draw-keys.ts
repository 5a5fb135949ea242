import type { ArchiveReader } from '../archive/open-archive.js';
import { createKeySet } from '../closure/create-key-set.js';
import type { Key } from '../closure/key.js';
import { keyTexts, toIntegerKey } from '../closure/key.js';
import type { KeySet } from '../closure/key-set.js';
import type { Session } from '../dialect/session.js';
import { FailedError } from '../errors/portolan-error.js';
import { hasIntegerKey } from '../schema/has-integer-key.js';
import { objectKey } from '../values/object-values.js';
import type { Column } from '../schema/schema.js';
import type { OtherTexts } from './followed-row.js';
import { drawIntegers } from './draw-integers.js';
import { ForeseenKeys } from './foreseen-keys.js';
import type { ModelMapping } from './model-mapping.js';
import { takenKeys, withPart } from './new-keys.js';
import type { RemappedPlan } from './make-remapped-plan.js';
import type { PlannedModel } from './planned-model.js';
import { plannedRuns } from './planned-runs.js';
import { setPath } from './set-path.js';

/** Keys of one query. */
const block = 50_000;

/**
 * Draws the new keys of a plan from the target's own sequences and defaults, a block at a time, in place of what stood for them; those
 * that a row of the target or of the archive has are passed over. Then all follows that holds such a key in its own. A dry run draws
 * nothing: its keys are those that the sequences would give next, and what comes from elsewhere stays what stood for it.
 *
 * @returns the last key of each column that was foreseen
 */
export async function drawKeys(
  session: Session,
  archive: ArchiveReader,
  plan: RemappedPlan,
  dryRun: boolean,
): Promise<ReadonlyMap<Column, string>> {
  let isDrawn = false;
  const last = new Map<Column, string>();
  for (const planned of plan.models.values()) {
    const { mapping } = planned;
    if (mapping?.newKeys?.rule.is !== 'drawn' || mapping.fresh.size === 0) continue;
    const { column, rule } = mapping.newKeys;
    const foreseen = dryRun ? await ForeseenKeys.of(session, column) : undefined;
    if (dryRun && foreseen === undefined) continue;
    isDrawn = true;
    const how = { sql: rule.sql, isFunction: column.sequence === undefined, foreseen };
    const drawing = { session, planned, mapping, ...how, seen: createKeySet(planned.target.entity) };
    let open: Key[] = [];
    for (const key of mapping.fresh.sorted()) {
      if (open.push(key) < block) continue;
      await drawBlock(drawing, open);
      open = [];
    }
    await drawBlock(drawing, open);
    if (foreseen?.last !== undefined) last.set(column, foreseen.last);
  }
  if (isDrawn) await followDrawn(archive, plan);
  return last;
}

/** The new keys of one model. */
interface Drawing {
  readonly session: Session;
  readonly planned: PlannedModel;
  readonly mapping: ModelMapping;
  /** Gives one of them. */
  readonly sql: string;
  /** Whether that is a function of the application, which may name tables without their schema. */
  readonly isFunction: boolean;
  /** In a dry run. */
  readonly foreseen: ForeseenKeys | undefined;
  /** Those of integer keys that it gave. */
  readonly seen: KeySet;
}

async function drawBlock(drawing: Drawing, objects: readonly Key[]): Promise<void> {
  const { session, planned, mapping } = drawing;
  const { entity } = planned.target;
  if (hasIntegerKey(entity)) {
    const drawn: Key[] = [];
    while (drawn.length < objects.length) {
      const keys = await nextIntegers(drawing, objects.length - drawn.length);
      drawn.push(...(await free(session, planned, keys)));
    }
    // In the order of the objects: rows are written and read back in the order of their keys.
    for (const [at, key] of objects.entries()) mapping.moved.set(key, drawn[at] ?? key);
    return;
  }
  const place = mapping.newKeys?.place ?? 0;
  const seen = new Set<string>();
  for (let open = objects; open.length > 0;) {
    const texts = await nextTexts(drawing, open.length, seen);
    const wanted = open.map((key, at) => withPart(entity, mapping.moved.get(key) ?? key, place, texts[at] ?? ''));
    const usable = new Set(await free(session, planned, wanted));
    for (const [at, to] of wanted.entries()) if (usable.has(to)) mapping.moved.set(open[at] ?? '', to);
    open = open.filter((_, at) => !usable.has(wanted[at] ?? ''));
  }
}

async function nextIntegers(drawing: Drawing, count: number): Promise<readonly Key[]> {
  const { planned, sql, foreseen, seen } = drawing;
  const { entity, model } = planned.target;
  const keys =
    foreseen === undefined
      ? await asTheirs(drawing, (session) => drawIntegers(session, entity.table, sql, count))
      : foreseen.take(count).map((text) => toIntegerKey(text));
  for (const key of keys ?? []) if (!seen.add(key)) throw notNew(model);
  if (keys === undefined) throw notNew(model);
  return keys;
}

async function nextTexts(drawing: Drawing, count: number, seen: Set<string>): Promise<readonly string[]> {
  const { planned, sql, foreseen } = drawing;
  const { target } = planned;
  const select = `SELECT ${sql} FROM pg_catalog.generate_series(1, $1::int)`;
  const purpose = { what: 'draw new keys', table: target.entity.table };
  const texts =
    foreseen?.take(count) ??
    (await asTheirs(drawing, (session) => session.query(select, [String(count)], purpose))).map(([text]) => text);
  return texts.map((text) => {
    if (text === null || text === undefined || seen.has(text)) throw notNew(target.model);
    seen.add(text);
    return text;
  });
}

/** Draws under the search path of the session where that is for the application to say, as in triggers. */
async function asTheirs<T>({ session, isFunction }: Drawing, draw: (session: Session) => Promise<T>): Promise<T> {
  if (!isFunction) return draw(session);
  await setPath(session, session.server.searchPath);
  const drawn = await draw(session);
  await setPath(session, '');
  return drawn;
}

/** Those among some keys that neither a row of the target nor an object of the archive has. */
async function free(session: Session, { target, keys }: PlannedModel, wanted: readonly Key[]): Promise<readonly Key[]> {
  const taken = await takenKeys(session, target.entity, wanted);
  return wanted.filter((key) => !taken.has(key) && !keys.has(key));
}

function notNew(model: string): FailedError {
  return new FailedError('NO_NEW_KEYS', `${model}: what gives its keys gives the same one twice`, {
    hint: 'Nothing was written. Let the sequence not cycle, or use --offset N.',
  });
}

/** Keys, and unique values, that hold drawn ones. */
async function followDrawn(archive: ArchiveReader, { models, rows }: RemappedPlan): Promise<void> {
  const derived = new Map([...models].filter(([, planned]) => rows.isDerived(planned)));
  if (derived.size === 0) return;
  for (let isNews = true; isNews;) {
    isNews = false;
    for await (const { planned, from, objects } of plannedRuns(archive, derived)) {
      const { target, mapping, decisions } = planned;
      for (const [at, object] of objects.entries()) {
        const decision = decisions.at(from + at);
        if (mapping === undefined || (decision !== 'insert' && decision !== 'remap')) continue;
        const whole = rows.follow(planned, object);
        // Rows that share columns with those that they refer to can wait for each other, or for themselves: what is before them says what the key is.
        const row = whole.is === 'torn' ? rows.follow(planned, object, true) : whole;
        if (row.is !== 'kept') continue;
        const key = objectKey(object, target.shape) ?? '';
        const to = followed(planned, rows, key, row.texts);
        if (mapping.settle(key, to)) isNews = true;
        if (whole.is === 'torn') continue;
        const line = rows.lineOf(planned, object, { texts: row.texts, key: to });
        for (const space of rows.spacesOf(target.model)) if (space.settle(object, line)) isNews = true;
      }
    }
    if (!rows.hasBackward) return;
  }
}

function followed(planned: PlannedModel, rows: RemappedPlan['rows'], key: Key, texts: OtherTexts): Key {
  const { mapping, target } = planned;
  const to = rows.followedKey(planned, key, texts);
  const newKeys = mapping?.newKeys;
  // The old key says what the new one is.
  if (newKeys?.rule.is !== 'derived' || mapping?.moved.get(key) === undefined) return to;
  return withPart(target.entity, to, newKeys.place, keyTexts(mapping.moved.get(key) ?? key)[newKeys.place] ?? '');
}
