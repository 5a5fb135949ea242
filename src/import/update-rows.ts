import type { ArchiveObject } from '../archive/archive.js';
import { arrayLiteral, quoteIdentifier, quoteTable } from '../dialect/postgres/sql.js';
import type { Session } from '../dialect/session.js';
import { decodeRow } from '../values/copy-text.js';
import type { TargetColumn, TargetModel } from './target.js';

interface Update {
  readonly object: ArchiveObject;
  /** Members that differ. */
  readonly columns: readonly string[];
}

const rowsAtOnce = 5000;

/** Overwrites only the columns that differ, one statement for all rows in which the same ones do. */
export async function updateRows(session: Session, target: TargetModel, updates: readonly Update[]): Promise<void> {
  const groups = new Map<string, Update[]>();
  for (const update of updates) {
    const id = update.columns.join('\0');
    const group = groups.get(id);
    if (group === undefined) groups.set(id, [update]);
    else group.push(update);
  }
  for (const group of groups.values()) {
    const members = new Set(group[0]?.columns);
    const changed = target.columns.filter(({ member, column }) => members.has(member) && !column.generated);
    if (changed.length === 0) continue;
    const used = [...target.columns.filter(({ inKey }) => inKey), ...changed];
    for (let at = 0; at < group.length; at += rowsAtOnce) {
      const rows = group.slice(at, at + rowsAtOnce).map(({ object }) => decodeRow(target.line(object)));
      const parameters = used.map((one) => arrayLiteral(rows.map((row) => row[target.columns.indexOf(one)] ?? null)));
      await session.query(updateSql(target, used, changed), parameters);
    }
  }
}

function updateSql(target: TargetModel, used: readonly TargetColumn[], changed: readonly TargetColumn[]): string {
  const arrays = used.map((_, at) => `$${String(at + 1)}::text[]`).join(', ');
  const names = used.map((_, at) => `c${String(at)}`).join(', ');
  const value = (one: TargetColumn): string => `u.c${String(used.indexOf(one))}::${one.column.type}`;
  const sets = changed.map((one) => `${quoteIdentifier(one.column.name)} = ${value(one)}`).join(', ');
  const keys = used
    .filter(({ inKey }) => inKey)
    .map((one) => `t.${quoteIdentifier(one.column.name)} ${one.column.equality} ${value(one)}`);
  return `UPDATE ${quoteTable(target.entity.table)} t SET ${sets} FROM unnest(${arrays}) u(${names}) WHERE ${keys.join(' AND ')}`;
}
