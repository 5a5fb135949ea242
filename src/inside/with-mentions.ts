import type { KeyEdit } from './with-keys.js';
import { withKeys } from './with-keys.js';

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
): { readonly text: string | null | undefined; readonly left: readonly Mention[] } {
  let text = withKeys(value, needed);
  if (text === undefined) return { text, left: mentioned };
  const edits = [...needed];
  const left: Mention[] = [];
  for (const one of mentioned) {
    const other = withKeys(value, [...edits, one.edit]);
    if (other === undefined) left.push(one);
    else {
      edits.push(one.edit);
      text = other;
    }
  }
  return { text, left };
}
