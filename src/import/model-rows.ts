import type { Key } from '../closure/key.js';
import { keyTexts } from '../closure/key.js';
import type { PlannedModel } from './planned-model.js';
import type { TargetInner } from './target-inner.js';
import type { ValueSpace } from './value-space.js';
import type { HeldBy, Lane } from './written-rows.js';

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

/** What is known of the rows of one model, whatever becomes of them. */
export interface ModelRows {
  readonly held: readonly Held[];
  readonly inside: ReadonlyMap<TargetInner, HeldInside>;
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
