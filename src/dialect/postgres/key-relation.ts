import type { Key } from '../../closure/key.js';
import { keyTexts } from '../../closure/key.js';
import type { Column } from '../../schema/schema.js';
import { arrayLiteral, quoteIdentifier, quoteLiteral } from './sql.js';

/**
 * A literal set of keys as SQL: a range where they are consecutive integers, else a relation `v` of `unnest`ed arrays. The
 * values stand in the statement, so that the planner knows how many there are; COPY takes no parameters either.
 */
export interface KeyRelation {
  /** What stands before the table in FROM: `unnest(…) v(c0, c1) JOIN `, or nothing. */
  readonly from: string;
  /** The condition on the table's columns, with `alias` before them. */
  readonly on: string;
}

export function keyRelation(columns: readonly Column[], keys: readonly Key[], alias: string): KeyRelation {
  const [column] = columns;
  const integers = columns.length === 1 && column?.kind === 'integer';
  if (integers && column !== undefined) {
    const range = bounds(keys);
    if (range !== undefined) {
      const between = `${alias}.${quoteIdentifier(column.name)} BETWEEN ${range.from} AND ${range.to}`;
      if (range.dense) return { from: '', on: between };
      return { ...literal(columns, keys, alias), on: `${equalities(columns, alias)} AND ${between}` };
    }
  }
  return literal(columns, keys, alias);
}

function literal(columns: readonly Column[], keys: readonly Key[], alias: string): KeyRelation {
  const arrays =
    columns.length === 1
      ? [keys.map((key) => String(key))]
      : columns.map((_, at) => keys.map((key) => keyTexts(key)[at] ?? null));
  const unnested = columns.map((column, at) => {
    const texts = arrays[at] ?? [];
    const body = column.kind === 'integer' ? `{${texts.join(',')}}` : arrayLiteral(texts);
    return `${quoteLiteral(body)}::${column.lookupType}[]`;
  });
  const names = columns.map((_, at) => `c${String(at)}`);
  return { from: `unnest(${unnested.join(', ')}) v(${names.join(', ')}) JOIN `, on: equalities(columns, alias) };
}

function equalities(columns: readonly Column[], alias: string): string {
  return columns.map((column, at) => `${alias}.${quoteIdentifier(column.name)} ${column.equality} v.c${String(at)}`).join(' AND ');
}

/** The range of integer keys, and whether every integer in it is one of them; undefined where a key is beyond exact numbers. */
function bounds(keys: readonly Key[]): { readonly from: string; readonly to: string; readonly dense: boolean } | undefined {
  let from = Infinity;
  let to = -Infinity;
  let ascending = true;
  let previous = -Infinity;
  for (const key of keys) {
    if (typeof key !== 'number') return undefined;
    if (key <= previous) ascending = false;
    previous = key;
    if (key < from) from = key;
    if (key > to) to = key;
  }
  return { from: String(from), to: String(to), dense: ascending && to - from + 1 === keys.length };
}
