import type { KeyBatch } from '../dialect/row-reader.js';
import type { Key } from './key.js';

/** Rows of two groups of columns, those where both hold something. */
export async function* keyPairs(batches: AsyncIterable<KeyBatch>): AsyncGenerator<readonly [Key, Key]> {
  for await (const { count, groups } of batches) {
    for (let row = 0; row < count; row += 1) {
      const [first, second] = [groups[0]?.[row], groups[1]?.[row]];
      if (first !== null && first !== undefined && second !== null && second !== undefined) yield [first, second];
    }
  }
}
