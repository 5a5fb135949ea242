import type { Column } from '../../schema/schema.js';
import type { Hop, Start } from '../row-reader.js';
import { filteredTable } from './filtered-table.js';
import { arrayLiteral, columnNamed, ownRows, quoteIdentifier, quoteLiteral } from './sql.js';

/**
 * The COPY of the keys that hops lead to. Each is looked up by an index for each row, whatever the planner expects (OFFSET 0), and met once
 * by each hop (UNION), so that it ends; the server keeps what it has met in memory, which the limit bounds.
 */
export function reachSql(starts: readonly Start[], hops: readonly Hop[], limit: number): string {
  const [first] = hops;
  const type = first === undefined ? 'int8' : keyType(columnNamed(first.holder, first.to));
  const places = starts.flatMap(({ place, keys }) => keys.map(() => place));
  const keys = arrayLiteral(starts.flatMap((start) => start.keys.map(String)));
  const branches = hops.map((hop, at) => `(${hopSql(hop, at, type)})`);
  return `COPY (
WITH RECURSIVE r(place, hop, key) AS (
  SELECT v.place, -1, v.key FROM unnest('{${places.join(',')}}'::int4[], ${quoteLiteral(keys)}::${type}[]) v(place, key)
  UNION
  SELECT n.place, n.hop, n.key FROM r CROSS JOIN LATERAL (
    ${branches.join('\n    UNION ALL ')}
  ) n(place, hop, key)
) SELECT hop, key FROM r WHERE hop >= 0 LIMIT ${String(limit)}) TO STDOUT`;
}

function hopSql({ place, leadsTo, holder, from, to, target, when, where }: Hop, at: number, type: string): string {
  const [source, key] = [columnNamed(holder, from), columnNamed(holder, to)];
  const found = `t.${quoteIdentifier(to)}`;
  const conditions = [`r.place = ${String(place)}`, `t.${quoteIdentifier(from)} ${source.equality} r.key`];
  if (target !== undefined) {
    const [name = ''] = target.key;
    const own = `p.${quoteIdentifier(name)} ${key.equality} ${found}`;
    conditions.push(`EXISTS (SELECT 1 FROM ${ownRows(target)} p WHERE ${own})`);
  } else if (key.nullable) {
    conditions.push(`${found} IS NOT NULL`);
  }
  const list = [String(leadsTo), String(at), `${found}::${type}`].join(', ');
  return `SELECT ${list} FROM ${filteredTable(holder, { when, where })} t WHERE ${conditions.join(' AND ')} OFFSET 0`;
}

function keyType({ integer, lookupType }: Column): string {
  return integer === undefined ? lookupType : 'int8';
}
