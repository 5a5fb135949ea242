import type { ArchiveObject } from '../archive/archive.js';
import type { Key } from '../closure/key.js';
import { groupBy } from '../schema/group-by.js';
import type { Reference } from '../schema/schema.js';
import { memberText } from '../values/object-values.js';
import type { KeyEdit } from '../inside/with-keys.js';
import { withKeys } from '../inside/with-keys.js';
import type { TargetInner } from './target-inner.js';

/** What a key inside a value becomes. */
export type FollowedKey =
  | { readonly is: 'led'; readonly to: Key }
  /** Nobody knows yet. */
  | { readonly is: 'open' }
  /** Its object is skipped, and no row stands in for it. */
  | { readonly is: 'lost' }
  /** The row that it means has nothing to refer to any more. */
  | { readonly is: 'torn' };

export interface FollowedValues {
  /** By place among the target's columns. */
  readonly texts: ReadonlyMap<number, string>;
  readonly open: readonly number[];
  readonly lost: readonly { readonly inner: TargetInner; readonly key: Key }[];
  /** References that cannot both be written, or one that has nothing to refer to. */
  readonly torn: readonly Reference[];
}

/** The values of an object in which keys stand, with each key as it is in the target: of a value all at once. */
export function followInside(
  all: readonly TargetInner[],
  object: ArchiveObject,
  follow: (inner: TargetInner, key: Key) => FollowedKey,
): FollowedValues {
  const texts = new Map<number, string>();
  const open = new Set<number>();
  const lost: { readonly inner: TargetInner; readonly key: Key }[] = [];
  const torn: Reference[] = [];
  for (const [place, group] of groupBy(all, (inner) => inner.place)) {
    const edits: KeyEdit[] = [];
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
          case 'led':
            if (followed.to !== key) edits.push({ found, to: followed.to });
        }
      }
    }
    if (edits.length === 0 || open.has(place)) continue;
    const text = withKeys(memberText(object, group[0]?.member ?? '') ?? '', edits);
    if (text === undefined) torn.push(...group.map(({ reference }) => reference));
    else texts.set(place, text);
  }
  return { texts, open: [...open], lost, torn };
}
