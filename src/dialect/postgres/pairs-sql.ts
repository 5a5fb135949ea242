import type { KeyRun } from '../../closure/key-run.js';
import type { RowJoin } from '../row-reader.js';
import { filteredTable } from './filtered-table.js';
import { keyRelation } from './key-relation.js';
import { columnList, columnNamed, equalColumns, ownRows } from './sql.js';
import type { PlaceElements } from './statement.js';

/** The COPY that reads the keys of both ends of a join, for some keys of one of them. */
export function pairsSql(join: RowJoin, known: 0 | 1, keys: KeyRun, place: PlaceElements): string {
  const { holder, references } = join;
  const { entity, alias } = joinEnds(join)[known];
  const columns = entity.key.map((name) => columnNamed(entity, name));
  const { tables, conditions } = keyRelation(columns, keys, alias, place);
  const joins = references.flatMap((reference, at) =>
    reference.columns.map((name, place) => {
      const other = columnNamed(reference.entity, reference.parentColumns[place] ?? '');
      return equalColumns(columnNamed(holder, name), 't', other, `p${String(at)}`);
    }),
  );
  const from = [
    ...tables,
    `${filteredTable(holder, { when: join.when, where: undefined })} t`,
    ...references.map((reference, at) => `${ownRows(reference.entity)} p${String(at)}`),
  ];
  const list = joinEnds(join).map((end) => columnList(end.entity.key, end.alias));
  return `COPY (SELECT ${list.join(', ')} FROM ${from.join(', ')} WHERE ${[...conditions, ...joins].join(' AND ')}) TO STDOUT`;
}

interface JoinEnd {
  readonly entity: RowJoin['holder'];
  readonly alias: string;
}

/** What the pairs are of. */
export function joinEnds({ holder, references }: RowJoin): readonly [JoinEnd, JoinEnd] {
  const [first, second] = references.map(({ entity }, at): JoinEnd => ({ entity, alias: `p${String(at)}` }));
  if (first === undefined) throw new TypeError(`nothing joins ${holder.model} to anything`);
  return second === undefined ? [{ entity: holder, alias: 't' }, first] : [first, second];
}
