import type { Column, Entity } from '../../schema/schema.js';
import type { RowSelection } from '../row-reader.js';
import { columnNamed, ownRows, quoteIdentifier, quoteLiteral } from './sql.js';

/** What a table gives beside its columns, and which of its rows. */
interface TableOptions extends Pick<RowSelection, 'when' | 'where'> {
  readonly rules?: readonly string[] | undefined;
  /** Whether the values that leave instead of columns' own are there, as {@link leavingColumn} calls them. */
  readonly replaced?: boolean;
}

/** The number of the first rule that a row fails, from 0; NULL where it fails none. */
export const failedRule = 'portolan: failed rule';

/**
 * A table, or those of its rows that a declared reference holds for and that a filter of the policy lets pass. What the policy says stands
 * where only the row's own columns can be meant.
 */
export function filteredTable(entity: Entity, { when, where, rules = [], replaced = false }: TableOptions): string {
  const filters = [
    ...(when === undefined ? [] : [hasText(columnNamed(entity, when.column), when.value)]),
    ...(where === undefined ? [] : [`(${where}\n)`]),
  ];
  const values = replaced
    ? entity.columns.flatMap((column) =>
        column.replaced === undefined ? [] : [`(${column.replaced}\n)::${column.type} AS ${leavingColumn(entity, column.name)}`],
      )
    : [];
  const failed = rules.map((keep, at) => ` WHEN (${keep}\n) IS NOT TRUE THEN ${String(at)}`);
  const verdict = failed.length === 0 ? [] : [`CASE${failed.join('')} END AS ${quoteIdentifier(failedRule)}`];
  const whole = ownRows(entity);
  if (filters.length === 0 && values.length === 0 && verdict.length === 0) return whole;
  const condition = filters.length === 0 ? '' : ` WHERE ${filters.join(' AND ')}`;
  return `(SELECT ${['*', ...values, ...verdict].join(', ')} FROM ${whole}${condition})`;
}

/** The column, quoted, that has what leaves in a column of that name. */
export function leavingColumn(entity: Entity, name: string): string {
  const isReplaced = columnNamed(entity, name).replaced !== undefined;
  const place = entity.columns.findIndex((column) => column.name === name);
  return quoteIdentifier(isReplaced ? `portolan: value ${String(place)}` : name);
}

/** That a column has a text: by its own operator, which an index serves, where that says the same as comparing texts. */
export function hasText({ name, kind, type, exact }: Column, text: string, row?: string): string {
  const column = row === undefined ? quoteIdentifier(name) : `${row}.${quoteIdentifier(name)}`;
  const isInteger = kind === 'integer' && /^(?:0|-?[1-9]\d{0,17})$/u.test(text);
  if (isInteger) return `${column} = ${quoteLiteral(text)}::bigint`;
  if (exact && (type === 'text' || type.startsWith('character varying'))) return `${column} = ${quoteLiteral(text)}`;
  return `${column} IS NOT NULL AND pg_catalog.format('%s', ${column}) = ${quoteLiteral(text)}`;
}
