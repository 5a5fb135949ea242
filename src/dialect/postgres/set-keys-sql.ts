import type { ColumnGroup, RowSelection, RowSet } from '../row-reader.js';
import { keyExclusion, keyTest } from './key-relation.js';
import { columnList, columnNamed, ownRows } from './sql.js';

/** The COPY that reads columns of the rows of a set, each row once. The planner makes one scan of it, or a bitmap of several indexes. */
export function setKeysSql({ entity, anyOf }: RowSet, columns: ColumnGroup, except: RowSelection['except'] = []): string {
  const tests = anyOf.map(({ column, keys }) => keyTest(columnNamed(entity, column), [...keys.sorted()], 't', 'condition'));
  const excluded = except.map(({ column, keys }) => keyExclusion(columnNamed(entity, column), keys, 't'));
  const where = [`(${tests.join(' OR ')})`, ...excluded].join(' AND ');
  return `COPY (SELECT ${columnList(columns, 't')} FROM ${ownRows(entity)} t WHERE ${where}) TO STDOUT`;
}
