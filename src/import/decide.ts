import type { ConflictStrategy } from '../terms.js';
import type { Decision } from './import-options.js';

/** What is known of one object in the target. */
export type RowFacts =
  | { readonly is: 'absent' }
  | { readonly is: 'equal' }
  /** Its key is taken by a row with other values. */
  | { readonly is: 'different'; readonly columns: readonly string[] }
  /** So it is, and one of the columns can never be overwritten. */
  | { readonly is: 'fixed'; readonly columns: readonly string[] }
  /** Another row has its unique columns. */
  | { readonly is: 'unique-taken' }
  /** It has another key there, which no row has. */
  | { readonly is: 'moved' }
  /** It is a row that has its natural key, or that an earlier id map names. */
  | { readonly is: 'matched' }
  /** Several rows could be it, or a row could be several objects. */
  | { readonly is: 'ambiguous' };

/** A strategy is nothing but this: facts and strategy → decision. */
export function decide(facts: RowFacts, strategy: ConflictStrategy): Decision {
  switch (facts.is) {
    case 'absent':
      return 'insert';
    case 'equal':
      return 'same';
    case 'moved':
      return 'remap';
    case 'matched':
      return 'merge';
    case 'different':
      return strategy === 'override' ? 'update' : strategy === 'skip' ? 'skip' : 'conflict';
    case 'fixed':
    case 'unique-taken':
    case 'ambiguous':
      return strategy === 'skip' ? 'skip' : 'conflict';
  }
}
