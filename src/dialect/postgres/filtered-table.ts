import type { Column, Entity } from '../../schema/schema.js';
import type { RowSelection } from '../row-reader.js';
import { columnNamed, ownRows, quoteIdentifier, quoteLiteral } from './sql.js';

/** A table, or those of its rows that a declared reference holds for and that a filter of the policy lets pass. */
export function filteredTable(entity: Entity, { when, where }: Pick<RowSelection, 'when' | 'where'>): string {
  const filters = [
    ...(when === undefined ? [] : [hasText(columnNamed(entity, when.column), when.value)]),
    ...(where === undefined ? [] : [`(${where}\n)`]),
  ];
  const whole = ownRows(entity);
  return filters.length === 0 ? whole : `(SELECT * FROM ${whole} WHERE ${filters.join(' AND ')})`;
}

/** By the column's own operator, which an index serves, where that says the same as comparing texts. */
function hasText({ name, kind, type, exact }: Column, text: string): string {
  const column = quoteIdentifier(name);
  const isInteger = kind === 'integer' && /^(?:0|-?[1-9]\d{0,17})$/u.test(text);
  if (isInteger) return `${column} = ${quoteLiteral(text)}::bigint`;
  if (exact && (type === 'text' || type.startsWith('character varying'))) return `${column} = ${quoteLiteral(text)}`;
  return `${column} IS NOT NULL AND pg_catalog.format('%s', ${column}) = ${quoteLiteral(text)}`;
}
