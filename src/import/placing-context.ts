import type { Key } from '../closure/key.js';
import type { Session } from '../dialect/session.js';
import type { RemapRule } from '../terms.js';
import type { FollowedRow } from './followed-row.js';
import type { HeldRows } from './held-rows.js';
import type { RemappedRows } from './remapped-rows.js';

/** What places are found by. */
export interface PlacingContext {
  readonly session: Session;
  readonly rows: RemappedRows;
  readonly rule: RemapRule;
}

/** What the target has of some objects. */
export interface LookedUp {
  readonly rows: HeldRows;
  /** By place of the object: its references, where nothing about them can change while the others are placed. */
  readonly followed: readonly FollowedRow[];
  /** By place of the object: the key under which its row was looked for. */
  readonly keys: readonly (Key | undefined)[];
  /** By place: the natural key that was looked for, and who has it. */
  readonly natural: ReadonlyMap<number, { readonly text: string; readonly matches: readonly Key[] }>;
}
