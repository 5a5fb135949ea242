import { RefusedError } from '../../errors/portolan-error.js';
import type { Gathering } from './gathering.js';
import type { Census, Range } from './take-census.js';

/**
 * Rows of a nested set are numbered through all of their table: trees of a later database get numbers behind those of earlier ones, whole
 * as they are. Where all of its objects are those of earlier ones, there is nothing to number.
 *
 * @throws RefusedError NESTED_SET_OVERLAPS where some are and others are not
 */
export function shiftNumbers({ header, keys }: Gathering, { numbers }: Census, model: string): void {
  const nestedSet = header.entities[model]?.nestedSet;
  if (nestedSet === undefined) return;
  const taken: Range[] = [];
  for (const [place, origin] of keys.entries()) {
    const range = numbers[place]?.get(model);
    if (range === undefined) continue;
    const { keys: all, matched, same } = origin.of(model);
    const known = matched.size + same.size;
    if (place > 0 && known >= all.size) continue;
    const { low, high } = range;
    const overlaps = taken.some((other) => other.low <= high && low <= other.high);
    if (known > 0 && overlaps) {
      throw new RefusedError(
        'NESTED_SET_OVERLAPS',
        `${model}: some of its trees are those of an earlier archive, others are not: no numbers (${nestedSet.left}, ${nestedSet.right}) would hold them all`,
        { hint: 'Nothing was written. Gather archives whose trees are apart, or number the table anew at home.' },
      );
    }
    const top = taken.reduce((highest, other) => (other.high > highest ? other.high : highest), low - 1n);
    const by = overlaps ? top - low + 1n : 0n;
    if (overlaps) origin.shifts.set(model, by);
    taken.push({ low: low + by, high: high + by });
  }
}
