import type { KeyRun } from '../../closure/key-run.js';
import type { ColumnGroup, RowSelection } from '../row-reader.js';
import { filteredTable, leavingList } from './filtered-table.js';
import type { Column } from '../../schema/schema.js';
import type { KeyRelation } from './key-relation.js';
import { heldRelation, keyExclusion, keyRelation } from './key-relation.js';
import { columnNamed, equalColumns, keyOrderSql, ownRows, quoteIdentifier } from './sql.js';
import type { PlaceElements } from './statement.js';

/** The COPY that reads columns of the rows that a selection means, for some of its values. */
export function selectionSql(selection: RowSelection, columns: ColumnGroup, keys: KeyRun, place: PlaceElements): string {
  const { limit } = selection;
  const source = selectionSource(selection, columns, keys, place);
  const list = leavingList(selection.entity, columns, 't');
  if (limit === undefined) return `COPY (SELECT ${list.join(', ')} ${source}) TO STDOUT`;
  const named = list.map((column, at) => `${column} AS s${String(at)}`);
  const ranked = `SELECT ${[...named, `${rank(selection)} AS place`].join(', ')} ${source}`;
  const outer = list.map((_, at) => `s${String(at)}`).join(', ');
  return `COPY (SELECT ${outer} FROM (${ranked}) ranked WHERE place <= ${String(limit)}) TO STDOUT`;
}

function selectionSource(selection: RowSelection, read: ColumnGroup, keys: KeyRun, place: PlaceElements): string {
  const { entity, through, where, when, rules } = selection;
  const table = filteredTable(entity, { when, where, rules, read });
  if (through === undefined) {
    const own = selection.columns.map((name) => columnNamed(entity, name));
    const { tables, conditions } = relationOf(selection, own, keys, 't', place);
    return `FROM ${[...tables, `${table} t`].join(', ')} WHERE ${[...conditions, ...exclusions(selection)].join(' AND ')}`;
  }
  const theirs = through.keyColumns.map((name) => columnNamed(through.entity, name));
  const { tables, conditions } = relationOf(selection, theirs, keys, 'p', place);
  const joins = selection.columns.map((name, at) => {
    const other = through.columns[at];
    if (other === undefined) throw new TypeError(`${entity.model}: ${name} has no counterpart in ${through.entity.model}`);
    return equalColumns(columnNamed(entity, name), 't', columnNamed(through.entity, other), 'p');
  });
  const from = [...tables, `${ownRows(through.entity)} p`, `${table} t`];
  return `FROM ${from.join(', ')} WHERE ${[...conditions, ...joins, ...exclusions(selection)].join(' AND ')}`;
}

function relationOf(
  { heldIn }: RowSelection,
  columns: readonly Column[],
  keys: KeyRun,
  alias: string,
  place: PlaceElements,
): KeyRelation {
  if (heldIn === undefined) return keyRelation(columns, keys, alias, place);
  const held = heldIn.columns.map((name) => columnNamed(heldIn.entity, name));
  return heldRelation(held, columns, keys, alias, place);
}

/** That rows are none of those that are known already. */
export function exclusions({ entity, except = [] }: RowSelection): readonly string[] {
  return except.map(({ column, keys }) => keyExclusion(columnNamed(entity, column), keys, 't'));
}

/** Where a row stands among those of the same value, in key order. */
function rank({ entity, columns }: RowSelection): string {
  const partition = columns.map((name) => `t.${quoteIdentifier(name)}`).join(', ');
  const order =
    entity.key.length === 0 ? 't.ctid' : entity.key.map((name) => keyOrderSql(columnNamed(entity, name), 't')).join(', ');
  return `pg_catalog.row_number() OVER (PARTITION BY ${partition} ORDER BY ${order})`;
}
