import { heldRun } from '../../closure/held-run.js';
import type { ColumnGroup, RowSelection, RowSet } from '../row-reader.js';
import { filteredTable, leavingList } from './filtered-table.js';
import { keyExclusion, keyTest } from './key-relation.js';
import { columnNamed } from './sql.js';
import type { PlaceElements } from './statement.js';

/** The COPY that reads columns of the rows of a set, each row once. The planner makes one scan of it, or a bitmap of several indexes. */
export function setKeysSql(
  { entity, anyOf }: RowSet,
  columns: ColumnGroup,
  except: RowSelection['except'] = [],
  place: PlaceElements,
): string {
  const tests = anyOf.map(({ column, keys }) => {
    const own = columnNamed(entity, column);
    return keyTest(own, heldRun(own, keys), 't', 'condition', place);
  });
  const excluded = except.map(({ column, keys }) => keyExclusion(columnNamed(entity, column), keys, 't'));
  const list = leavingList(entity, columns, 't');
  const table = filteredTable(entity, { when: undefined, where: undefined, read: columns });
  const where = [`(${tests.join(' OR ')})`, ...excluded].join(' AND ');
  return `COPY (SELECT ${list.join(', ')} FROM ${table} t WHERE ${where}) TO STDOUT`;
}
