import type { Column } from '../schema/schema.js';
import type { Fill } from './fill.js';

const greatest: Readonly<Record<string, bigint>> = {
  smallint: 32_767n,
  integer: 2_147_483_647n,
  bigint: 9_223_372_036_854_775_807n,
};

/** Those of which {@link greatestInteger} knows the range. */
export const integerTypes: readonly string[] = Object.freeze(Object.keys(greatest));

/** The greatest value of an integer type; of a domain over one, that of `integer`. */
export function greatestInteger(type: string): bigint {
  return greatest[type] ?? 2_147_483_647n;
}

/** Values for a dry run, from the top of the type's range downwards: the sequence stays where it is. */
export function generatedKeys(columns: readonly Column[]): readonly Fill[] {
  return columns.map((column) => {
    let next = greatestInteger(column.type);
    return { column, random: false, value: () => String(next--) };
  });
}

/** Whether the column's default would move a sequence, which no rollback takes back. */
export function drawsFromSequence(column: Column): boolean {
  return column.identity !== undefined || (column.default !== undefined && /nextval/iu.test(column.default));
}
