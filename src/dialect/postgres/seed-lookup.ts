import type { SeedLookup } from '../seed-lookup.js';
import { arrayLiteral, columnList, ownRows, quoteIdentifier } from './sql.js';

/**
 * One statement for any number of rows: `unnest` of a text array for each column, cast to the column's type without its modifier: a
 * cast to `varchar(3)` would cut a longer name, and find another row.
 */
export const seedLookup: SeedLookup = (entity, columns, texts, kinds) => {
  const names = columns.map((_, at) => `v${String(at)}`);
  const arrays = columns.map((_, at) => `$${String(at + 1)}::text[]`);
  const matches = columns.map(
    ({ name, equality, lookupType }, at) => `t.${quoteIdentifier(name)} ${equality} u.${names[at] ?? ''}::${lookupType}`,
  );
  const { discriminator } = entity;
  const isKind =
    kinds === undefined || discriminator === undefined
      ? undefined
      : `t.${quoteIdentifier(discriminator.column)}::text = ANY ($${String(columns.length + 1)}::text[])`;
  const sql =
    `SELECT u.ordinal, ${columnList(entity.key, 't')} ` +
    `FROM unnest(${arrays.join(', ')}) WITH ORDINALITY u(${names.join(', ')}, ordinal) ` +
    `JOIN ${ownRows(entity)} t ON ${[...matches, ...(isKind === undefined ? [] : [isKind])].join(' AND ')} ORDER BY u.ordinal`;
  const lists = isKind === undefined || kinds === undefined ? texts : [...texts, kinds];
  return { sql, parameters: lists.map((list) => arrayLiteral(list)) };
};
