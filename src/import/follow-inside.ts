import type { ArchiveObject } from '../archive/archive.js';
import type { Key } from '../closure/key.js';
import { absentText } from '../inside/absent-rule.js';
import type { KeyEdit } from '../inside/with-keys.js';
import type { MentionEdit } from '../inside/with-mentions.js';
import { withMentions } from '../inside/with-mentions.js';
import { groupBy } from '../schema/group-by.js';
import type { Reference } from '../schema/schema.js';
import { memberText } from '../values/object-values.js';
import type { TargetInner } from './target-inner.js';

/** What a key inside a value becomes. */
export type FollowedKey =
  | { readonly is: 'led'; readonly to: Key }
  /** Nobody knows yet. */
  | { readonly is: 'open' }
  /** Its object is skipped, and no row stands in for it. */
  | { readonly is: 'lost' }
  /** The row that it means has nothing to refer to any more. */
  | { readonly is: 'torn' }
  /** Its object is only mentioned, and has not come. */
  | { readonly is: 'absent' };

export interface FollowedValues {
  /** By place among the target's columns; `null` for NULL. */
  readonly texts: ReadonlyMap<number, string | null>;
  readonly open: readonly number[];
  readonly lost: readonly { readonly inner: TargetInner; readonly key: Key }[];
  /** References that cannot both be written, or one that has nothing to refer to. */
  readonly torn: readonly Reference[];
  /** What is mentioned and has not come, and whether its key stays where it is. */
  readonly absent: readonly { readonly inner: TargetInner; readonly key: Key; readonly stays: boolean }[];
}

/** A key that is to become another where an object is only mentioned. */
interface Mentioned extends MentionEdit {
  readonly inner: TargetInner;
  readonly key: Key;
  readonly isAbsent: boolean;
}

/** The values of an object in which keys stand, with each key as it is in the target: of a value all at once. */
export function followInside(
  all: readonly TargetInner[],
  object: ArchiveObject,
  follow: (inner: TargetInner, key: Key) => FollowedKey,
): FollowedValues {
  const texts = new Map<number, string | null>();
  const open = new Set<number>();
  const lost: { readonly inner: TargetInner; readonly key: Key }[] = [];
  const torn: Reference[] = [];
  const absent: { readonly inner: TargetInner; readonly key: Key; readonly stays: boolean }[] = [];
  for (const [place, group] of groupBy(all, (inner) => inner.place)) {
    const edits: KeyEdit[] = [];
    const mentioned: Mentioned[] = [];
    for (const inner of group) {
      for (const found of inner.found(object)) {
        const { key } = found;
        if (key === undefined) continue;
        const followed = follow(inner, key);
        switch (followed.is) {
          case 'open':
            open.add(place);
            break;
          case 'lost':
            lost.push({ inner, key });
            break;
          case 'torn':
            torn.push(inner.reference);
            break;
          case 'absent': {
            const to = absentText(inner.absent ?? 'keep');
            if (to === String(key)) break;
            if (to === undefined) absent.push({ inner, key, stays: true });
            else mentioned.push({ inner, key, edit: { found, to }, isAbsent: true });
            break;
          }
          case 'led':
            if (followed.to === key) break;
            if (inner.absent === undefined) edits.push({ found, to: followed.to });
            else mentioned.push({ inner, key, edit: { found, to: followed.to }, isAbsent: false });
        }
      }
    }
    if (edits.length + mentioned.length === 0 || open.has(place)) continue;
    const value = memberText(object, group[0]?.member ?? '') ?? '';
    const { text, left } = withMentions(value, edits, mentioned);
    if (text === undefined) {
      torn.push(...group.filter((inner) => inner.absent === undefined).map(({ reference }) => reference));
      continue;
    }
    for (const one of mentioned) {
      const stays = left.has(one);
      if (stays || one.isAbsent) absent.push({ inner: one.inner, key: one.key, stays });
    }
    texts.set(place, text);
  }
  return { texts, open: [...open], lost, torn, absent };
}
