import type { Key } from '../../closure/key.js';
import type { Column } from '../../schema/schema.js';
import type { ColumnGroup, RowSelection } from '../row-reader.js';
import { keyExclusion, keyRelation } from './key-relation.js';
import { columnNamed, equalColumns, keyOrderSql, quoteIdentifier, quoteLiteral, quoteTable } from './sql.js';

/** The COPY that reads columns of the rows that a selection means, for some of its values. */
export function selectionSql(selection: RowSelection, columns: ColumnGroup, keys: readonly Key[]): string {
  const { limit } = selection;
  const source = selectionSource(selection, keys);
  const list = columns.map((name) => `t.${quoteIdentifier(name)}`);
  if (limit === undefined) return `COPY (SELECT ${list.join(', ')} ${source}) TO STDOUT`;
  const named = list.map((column, at) => `${column} AS s${String(at)}`);
  const ranked = `SELECT ${[...named, `${place(selection)} AS place`].join(', ')} ${source}`;
  const outer = list.map((_, at) => `s${String(at)}`).join(', ');
  return `COPY (SELECT ${outer} FROM (${ranked}) ranked WHERE place <= ${String(limit)}) TO STDOUT`;
}

function selectionSource(selection: RowSelection, keys: readonly Key[]): string {
  const { entity, through, where, when } = selection;
  const filters = [
    ...(when === undefined ? [] : [hasText(columnNamed(entity, when.column), when.value)]),
    ...(where === undefined ? [] : [`(${where}\n)`]),
  ];
  const whole = quoteTable(entity.table);
  const table = filters.length === 0 ? whole : `(SELECT * FROM ${whole} WHERE ${filters.join(' AND ')})`;
  if (through === undefined) {
    const own = selection.columns.map((name) => columnNamed(entity, name));
    const { tables, conditions } = keyRelation(own, keys, 't');
    return `FROM ${[...tables, `${table} t`].join(', ')} WHERE ${[...conditions, ...exclusions(selection)].join(' AND ')}`;
  }
  const theirs = through.keyColumns.map((name) => columnNamed(through.entity, name));
  const { tables, conditions } = keyRelation(theirs, keys, 'p');
  const joins = selection.columns.map((name, at) => {
    const other = through.columns[at];
    if (other === undefined) throw new TypeError(`${entity.model}: ${name} has no counterpart in ${through.entity.model}`);
    return equalColumns(columnNamed(entity, name), 't', columnNamed(through.entity, other), 'p');
  });
  const from = [...tables, `${quoteTable(through.entity.table)} p`, `${table} t`];
  return `FROM ${from.join(', ')} WHERE ${[...conditions, ...joins, ...exclusions(selection)].join(' AND ')}`;
}

function exclusions({ entity, except = [] }: RowSelection): readonly string[] {
  return except.map(({ column, keys }) => keyExclusion(columnNamed(entity, column), keys, 't'));
}

/** By the column's own operator, which an index serves, where that says the same as comparing texts. */
function hasText({ name, kind, type, exact }: Column, text: string): string {
  const column = quoteIdentifier(name);
  const isInteger = kind === 'integer' && /^(?:0|-?[1-9]\d{0,17})$/u.test(text);
  if (isInteger) return `${column} = ${quoteLiteral(text)}::bigint`;
  if (exact && (type === 'text' || type.startsWith('character varying'))) return `${column} = ${quoteLiteral(text)}`;
  return `${column} IS NOT NULL AND pg_catalog.format('%s', ${column}) = ${quoteLiteral(text)}`;
}

/** Where a row stands among those of the same value, in key order. */
function place({ entity, columns }: RowSelection): string {
  const partition = columns.map((name) => `t.${quoteIdentifier(name)}`).join(', ');
  const order =
    entity.key.length === 0 ? 't.ctid' : entity.key.map((name) => keyOrderSql(columnNamed(entity, name), 't')).join(', ');
  return `pg_catalog.row_number() OVER (PARTITION BY ${partition} ORDER BY ${order})`;
}
