import type { KeyFinder } from '../inside/key-finder.js';
import { keyFormOf, keyOfText } from '../inside/key-form.js';
import { wholeValue } from '../inside/inside.js';
import type { KeyEdit } from '../inside/with-keys.js';
import type { MentionEdit } from '../inside/with-mentions.js';
import { withMentions } from '../inside/with-mentions.js';
import type { Column, InnerReference } from '../schema/schema.js';

/** A reference whose keys stand inside values of one column: what the placeholder is called there, and what the object is. */
export interface MovedPlace {
  readonly reference: InnerReference;
  readonly isMention: boolean;
  readonly find: KeyFinder;
  readonly from: string;
  /** Undefined where the object has no such key. */
  readonly to: string | undefined;
}

/** What becomes of a value. */
export interface EditedValue {
  /** Undefined where it stays as it is. */
  readonly text: string | undefined;
  /** References by which it holds the object's key now. */
  readonly moved: readonly InnerReference[];
  /** Mentions whose old key stays in it. */
  readonly stayed: readonly InnerReference[];
  /** One that is needed, and that cannot be written. */
  readonly torn: InnerReference | undefined;
}

interface PlaceEdit extends MentionEdit {
  readonly place: MovedPlace;
}

/**
 * A value with the key of the object in every place where that of the placeholder stands. A mention stays where what is needed stands in its
 * way, where the object has no such key, or where the other key could not stand, or be found, there.
 */
export function editValue(places: readonly MovedPlace[], column: Column, value: string): EditedValue {
  const found = places.flatMap((place) => editsOf(place, value));
  const needed = found.filter(({ place }) => !place.isMention);
  const possible = found.filter(({ place }) => place.isMention && canStand(place, column));
  const kept = found.filter(({ place }) => place.isMention && !canStand(place, column));
  const lost = needed.find(({ place }) => place.to === undefined);
  if (lost !== undefined) return torn(lost.place);
  return write(value, needed, possible, kept) ?? write(value, needed, [], [...possible, ...kept]) ?? torn(needed[0]?.place);
}

function editsOf(place: MovedPlace, value: string): readonly PlaceEdit[] {
  const { find, from, to } = place;
  return find(value).flatMap((found) =>
    found.key !== undefined && String(found.key) === from ? [{ place, edit: { found, to: to ?? null } }] : [],
  );
}

function canStand({ reference, to }: MovedPlace, column: Column): boolean {
  if (to === undefined) return false;
  return reference.inside !== wholeValue || keyOfText(keyFormOf(column), to) !== undefined;
}

/** Undefined where it would not say what it is to say. */
function write(
  value: string,
  needed: readonly PlaceEdit[],
  mentioned: readonly PlaceEdit[],
  kept: readonly PlaceEdit[],
): EditedValue | undefined {
  const edits: readonly KeyEdit[] = needed.map(({ edit }) => edit);
  const { text, left } = withMentions(value, edits, mentioned);
  if (text === undefined || text === null) return undefined;
  const written = [...needed, ...mentioned.filter((one) => !left.has(one))];
  if (!written.every(({ place }) => isWritten(place, value, text, left.size + kept.length > 0))) return undefined;
  const stayed = new Set([...left, ...kept].map(({ place }) => place.reference));
  const moved = new Set(written.map(({ place }) => place.reference));
  return { text: written.length === 0 ? undefined : text, moved: [...moved], stayed: [...stayed], torn: undefined };
}

/** Whether its keys are found again where they were written: a pattern may pass over the other key, or find a part of it. */
function isWritten({ find, from, to }: MovedPlace, before: string, after: string, someStay: boolean): boolean {
  const [then, now] = [find(before), find(after)];
  if (then.length !== now.length) return false;
  return then.every(({ key }, at) => {
    const is = now[at]?.key;
    if (key === undefined || String(key) !== from) return true;
    return String(is) === to || (someStay && String(is) === from);
  });
}

function torn(place: MovedPlace | undefined): EditedValue {
  return { text: undefined, moved: [], stayed: [], torn: place?.reference };
}
