import type { Key } from '../closure/key.js';
import type { Reference } from '../schema/schema.js';
import type { Needed } from './written-rows.js';

/** By place among the target's columns: what a row holds there instead of what the archive says; `null` for NULL. */
export type OtherTexts = readonly (string | null | undefined)[];

/** An object with its references as they lead in the target. */
export type FollowedRow =
  | {
      readonly is: 'kept';
      readonly texts: OtherTexts;
      /** Places whose references are not decided yet. */
      readonly unknown: ReadonlySet<number>;
    }
  /** It needs an object that is not there, and that no row stands in for. */
  | { readonly is: 'lost'; readonly needs: Needed | undefined }
  /** Two references share a column that cannot hold what both need now, or the row that one needs has no value to refer to any more. */
  | { readonly is: 'torn'; readonly references: readonly Reference[] };

/** How an object is written: its references followed, and under which key. */
export interface WrittenAs {
  readonly texts: OtherTexts;
  readonly key: Key;
}
