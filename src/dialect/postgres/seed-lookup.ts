import type { SeedLookup } from '../seed-lookup.js';
import { arrayLiteral, columnList, quoteIdentifier, quoteTable } from './sql.js';

/** One statement for any number of rows: `unnest` of a text array for each column, cast to the column's type. */
export const seedLookup: SeedLookup = (entity, columns, texts) => {
  const names = columns.map((_, at) => `v${String(at)}`);
  const arrays = columns.map((_, at) => `$${String(at + 1)}::text[]`);
  const matches = columns.map((column, at) => `t.${quoteIdentifier(column.name)} = u.${names[at] ?? ''}::${column.type}`);
  const sql =
    `SELECT u.ordinal, ${columnList(entity.key, 't')} ` +
    `FROM unnest(${arrays.join(', ')}) WITH ORDINALITY u(${names.join(', ')}, ordinal) ` +
    `JOIN ${quoteTable(entity.table)} t ON ${matches.join(' AND ')} ORDER BY u.ordinal`;
  return { sql, parameters: texts.map((column) => arrayLiteral(column)) };
};
