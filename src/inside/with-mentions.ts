import { TakenPlaces } from './taken-places.js';
import type { KeyEdit } from './with-keys.js';
import { editToken, withKeys } from './with-keys.js';

/** A key that is to become another where an object is only mentioned. */
export interface MentionEdit {
  readonly edit: KeyEdit;
}

/**
 * As {@link withKeys}; what is only mentioned makes room for what is needed, and for what was mentioned before it: `left` are those whose old
 * keys stay.
 */
export function withMentions<Mention extends MentionEdit>(
  value: string,
  needed: readonly KeyEdit[],
  mentioned: readonly Mention[],
): { readonly text: string | null | undefined; readonly left: ReadonlySet<Mention> } {
  const text = withKeys(value, needed);
  if (text === undefined) return { text, left: new Set(mentioned) };
  const taken = new TakenPlaces();
  const take = (edit: KeyEdit): boolean => taken.take({ start: edit.found.start, end: edit.found.end, token: editToken(edit) });
  for (const edit of needed) take(edit);
  const left = new Set(mentioned.filter(({ edit }) => !take(edit)));
  if (left.size === mentioned.length) return { text, left };
  const written = mentioned.flatMap((one) => (left.has(one) ? [] : one.edit));
  return { text: withKeys(value, [...needed, ...written]), left };
}
