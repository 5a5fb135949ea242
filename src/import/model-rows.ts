import type { ArchiveObject } from '../archive/archive.js';
import type { Key } from '../closure/key.js';
import { keyTexts, toKey } from '../closure/key.js';
import { objectKey } from '../values/object-values.js';
import { hasIntegerKey } from '../schema/has-integer-key.js';
import type { Entity } from '../schema/schema.js';
import type { OtherTexts } from './followed-row.js';
import type { PlannedModel } from './planned-model.js';
import { valueReader } from './reference-value.js';
import type { Lane, TargetModel } from './target.js';
import type { TargetInner } from './target-inner.js';
import type { ValueSpace } from './value-space.js';
import type { ValueSpaces } from './value-spaces.js';
import type { HeldBy, Needed } from './written-rows.js';

/** A reference of one model, and where its columns stand. */
export interface Held extends HeldBy {
  /** Of its columns, among the target's. */
  readonly places: readonly number[];
  readonly parent: PlannedModel | undefined;
  readonly space: ValueSpace | undefined;
  /** Whether its parents can stand behind their children in the archive. */
  readonly backward: boolean;
}

/** A reference whose keys stand inside values, and what they lead to. */
export interface HeldInside extends Pick<Held, 'reference' | 'parent' | 'space' | 'backward'> {
  readonly inner: TargetInner;
}

/** What a value only mentions. */
export interface HeldMention extends HeldInside {
  /** Whether its objects can have other keys in the target: then an old one says nothing there. */
  readonly canMove: boolean;
}

/** What is known of the rows of one model, whatever becomes of them. */
export interface ModelRows {
  readonly held: readonly Held[];
  readonly inside: ReadonlyMap<TargetInner, HeldInside>;
  /** What values only mention: it decides of nothing but these values. */
  readonly mentions: ReadonlyMap<TargetInner, HeldMention>;
  /** Of the key's columns, among the target's. */
  readonly keyPlaces: readonly number[];
  readonly hasIntegerKey: boolean;
  /** The materialized path's column among the target's. */
  readonly path: { readonly place: number; readonly member: string } | undefined;
  /** Whether a column belongs to several references. */
  readonly shares: boolean;
  /** By lane: where a column of the target stands in it; -1 where it does not. */
  readonly lanes: Readonly<Record<Lane, readonly number[]>>;
}

/** Whether a column of the key would hold another text: a tenant that both keys hold stays. */
export function changesKey({ keyPlaces }: ModelRows, places: readonly number[], from: Key, to: Key): boolean {
  const [before, after] = [keyTexts(from), keyTexts(to)];
  return places.some((place, at) => keyPlaces.includes(place) && before[at] !== after[at]);
}

/** The key with what its references hold in the target. */
export function withReferences({ keyPlaces, hasIntegerKey }: ModelRows, key: Key, texts: OtherTexts): Key {
  if (texts.length === 0 || !keyPlaces.some((place) => texts[place] !== undefined)) return key;
  const old = keyTexts(key);
  return toKey(
    keyPlaces.map((place, at) => texts[place] ?? old[at] ?? ''),
    hasIntegerKey,
  );
}

/** What a row holds in a lane instead of the object's own values; `key` where it is another. */
export function editsOf({ lanes, keyPlaces }: ModelRows, lane: Lane, texts: OtherTexts, key: Key | undefined): OtherTexts {
  const places = lanes[lane];
  const edits = new Array<string | null | undefined>(places.length);
  const edit = (place: number, text: string | null | undefined): void => {
    const at = places[place] ?? -1;
    if (at >= 0) edits[at] = text;
  };
  for (let place = 0; place < texts.length; place += 1) edit(place, texts[place]);
  const own = key === undefined ? [] : keyTexts(key);
  for (const [part, text] of own.entries()) edit(keyPlaces[part] ?? -1, text);
  return edits;
}

/** Why an object is lost: for a row that is in the way if it can be, never for itself. */
export function lostBecause(planned: PlannedModel, object: ArchiveObject, lost: readonly Needed[]): Needed | undefined {
  const own = objectKey(object, planned.target.shape);
  const others = lost.filter((one) => one.planned.target.model !== planned.target.model || one.key !== own);
  return others.find((one) => one.planned.inTheWay.has(one.key)) ?? others[0];
}

/** Whether objects of an entity can have other keys in the target; `given` are those of earlier imports. */
export function canMove(
  byEntity: ReadonlyMap<string, PlannedModel>,
  given: Pick<ReadonlySet<string>, 'has'>,
): (entity: Entity) => boolean {
  const isRemap = [...byEntity.values()].some(({ target }) => target.strategy === 'remap');
  return ({ model, policy }) => {
    const strategy = byEntity.get(model)?.target.strategy;
    return given.has(model) || policy?.merge !== undefined || (strategy === undefined ? isRemap : strategy === 'remap');
  };
}

/** What references of one model hold; `order` is that of the models in the archive. */
export function modelRowsOf(
  { target }: PlannedModel,
  {
    order,
    byEntity,
    spaces,
    canMove,
  }: {
    readonly order: readonly string[];
    readonly byEntity: ReadonlyMap<string, PlannedModel>;
    readonly spaces: ValueSpaces;
    /** Whether objects of an entity can have other keys in the target. */
    readonly canMove: (entity: Entity) => boolean;
  },
): ModelRows {
  const placeOf = (name: string): number => target.columns.findIndex(({ column }) => column.name === name);
  const { entity } = target;
  const keyPlaces = entity.key.map(placeOf);
  const held = target.references.flatMap((reference): Held[] => {
    const places = reference.columns.map(placeOf);
    // What is its own key says nothing of what that should be.
    if (reference.parent === entity.model && places.join() === keyPlaces.join()) return [];
    const parent = byEntity.get(reference.parent);
    const backward = parent !== undefined && order.indexOf(parent.target.model) >= order.indexOf(target.model);
    const space = spaces.add(reference, parent);
    return [{ reference, places, parent, space, backward, value: valueReader(target, reference) }];
  });
  const heldInside = (inner: TargetInner): HeldInside => {
    const { reference } = inner;
    const parent = byEntity.get(reference.parent);
    const backward = parent !== undefined && order.indexOf(parent.target.model) >= order.indexOf(target.model);
    const space = spaces.add(reference, parent);
    return { inner, reference, parent, space, backward };
  };
  const inside = new Map<TargetInner, HeldInside>(target.inner.map((inner) => [inner, heldInside(inner)]));
  const mentions = new Map<TargetInner, HeldMention>(
    target.mentions.map((inner) => [inner, { ...heldInside(inner), canMove: canMove(inner.parent) }]),
  );
  const member = target.columns.find(({ column }) => column.name === entity.materializedPath)?.member;
  const path = member === undefined ? undefined : { place: placeOf(entity.materializedPath ?? ''), member };
  const all = held.flatMap(({ places }) => places);
  const lane = (columns: TargetModel['columns']): readonly number[] => target.columns.map((column) => columns.indexOf(column));
  const lanes = { columns: lane(target.columns), written: lane(target.written), staged: lane(target.staged) };
  return {
    held,
    inside,
    mentions,
    keyPlaces,
    path,
    hasIntegerKey: hasIntegerKey(entity),
    shares: new Set(all).size < all.length,
    lanes,
  };
}
