import type { KeyBatch } from '../dialect/row-reader.js';
import type { Key } from './key.js';

export const noRows: KeyBatch = Object.freeze({ count: 0, groups: [] });

/** The rows of a batch in several, each in that which `place` says. */
export function splitBatch({ count, groups }: KeyBatch, parts: number, place: (row: number) => number): readonly KeyBatch[] {
  const rows = Array.from({ length: parts }, (): number[] => []);
  for (let row = 0; row < count; row += 1) rows[place(row)]?.push(row);
  return rows.map((own) =>
    own.length === count
      ? { count, groups }
      : { count: own.length, groups: groups.map((group) => own.map((row): Key | null => group[row] ?? null)) },
  );
}
