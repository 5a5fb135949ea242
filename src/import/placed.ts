import type { Key } from '../closure/key.js';
import type { Reference } from '../schema/schema.js';

/** Where an object goes in the target. */
export interface Placed {
  readonly how:
    /** To the key that it has when its references are followed. */
    | 'own'
    /** To one that no row has. */
    | 'new'
    /** It is a row that has its natural key, or that an earlier map names. */
    | 'bound'
    /** Several rows have its natural key. */
    | 'many'
    /** Another object of the archive is the same row. */
    | 'twice'
    /** The key that it should get is taken. */
    | 'taken'
    /** It needs an object that stays out. */
    | 'lost'
    /** No row can hold its references. */
    | 'torn'
    /** Nothing is known yet of what its natural key refers to. */
    | 'waiting';
  readonly to: Key;
  /** What the row will be, as COPY text: made when it is asked for, since few are. */
  readonly line: () => string;
  /** Members in which the row that has its key differs, as far as they are known; undefined where no row has it. */
  readonly differing: readonly string[] | undefined;
  /** Those that are to be written; undefined where there is no row. */
  readonly changes: readonly string[] | undefined;
  /** Places of columns whose references are not decided yet. */
  readonly unknown: ReadonlySet<number>;
  /** The row, or the object of the archive, that is in its way. */
  readonly inTheWay?: { readonly key: Key; readonly inArchive: boolean };
  readonly torn?: readonly Reference[];
}

const none: ReadonlySet<number> = new Set();

/** An object that has no place. */
export function nowhere(how: Placed['how'], to: Key): Placed {
  return { how, to, line: () => '', differing: undefined, changes: undefined, unknown: none };
}
