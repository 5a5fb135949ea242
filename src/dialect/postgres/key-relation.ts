import { IntegerKeyRun } from '../../closure/integer-key-run.js';
import type { Key } from '../../closure/key.js';
import { keyTexts } from '../../closure/key.js';
import type { KeyRun } from '../../closure/key-run.js';
import { PackedKeyRun } from '../../closure/packed-key-run.js';
import type { Column } from '../../schema/schema.js';
import type { BitsTest } from './key-bits.js';
import { bitsTest } from './key-bits.js';
import { sentType, sentValue } from './sent-values.js';
import { arrayLiteral, equalColumns, quoteIdentifier, quoteLiteral } from './sql.js';
import type { PlaceElements } from './statement.js';

/**
 * A literal set of keys as SQL: a range where they are consecutive integers, bits where they lie close together, else a relation
 * `v` of `unnest`ed arrays. The values stand in the statement, so that the planner knows how many there are; COPY takes no parameters either.
 */
export interface KeyRelation {
  /** What joins the FROM list: `unnest(…) v(c0, c1)`, or nothing. */
  readonly tables: readonly string[];
  /** Conditions on the columns, which stand behind `alias`. */
  readonly conditions: readonly string[];
}

export function keyRelation(columns: readonly Column[], run: KeyRun, alias: string, place?: PlaceElements): KeyRelation {
  if (run instanceof PackedKeyRun && place !== undefined) return unnested(columns, run, alias, place);
  const keys = listed(run);
  const [column] = columns;
  const range = columns.length === 1 && column?.kind === 'integer' ? rangeOf(keys) : undefined;
  if (column === undefined || range === undefined) return unnested(columns, keys, alias);
  const name = `${alias}.${quoteIdentifier(column.name)}`;
  const between = `${name} BETWEEN ${String(range.from)} AND ${String(range.to)}`;
  if (range.dense) return { tables: [], conditions: [between] };
  const bits = bitsOf(column, name, keys, range);
  if (bits !== undefined) return { tables: [], conditions: [bits.range, bits.test] };
  const { tables, conditions } = unnested(columns, keys, alias);
  return { tables, conditions: [...conditions, between] };
}

/** Values of the columns of a reference, of their own types, and its parent's columns behind `alias`, compared as the reference does. */
export function heldRelation(
  held: readonly Column[],
  columns: readonly Column[],
  keys: KeyRun,
  alias: string,
  place?: PlaceElements,
): KeyRelation {
  const { tables } = unnested(held, keys, alias, place);
  const values = held.map((column, at) => `${sentValue(column, `v.c${String(at)}`)} AS c${String(at)}`);
  return {
    tables: [`(SELECT ${values.join(', ')} FROM ${tables.join(', ')}) v`],
    conditions: held.map((column, at) => equalColumns({ ...column, name: `c${String(at)}` }, 'v', columns[at] ?? column, alias)),
  };
}

/** A condition of a query, or a value of its rows, that one column holds one of some keys; NULL or false where it does not. */
export function keyTest(column: Column, run: KeyRun, alias: string, use: 'condition' | 'value', place: PlaceElements): string {
  if (run.length === 0) return 'false';
  const name = `${alias}.${quoteIdentifier(column.name)}`;
  // Shorter integers are looked up in a hash table only among their like, of which not all keys may be.
  if (run instanceof PackedKeyRun && (column.integer === undefined || column.integer === 'int8'))
    return `${name} ${column.equality} ANY ('{${place({ keys: run, column: 0 })}}'::${column.lookupType}[])`;
  const keys = run instanceof IntegerKeyRun ? run : listed(run);
  const range = column.kind === 'integer' ? rangeOf(keys) : undefined;
  if (range?.dense === true) return `${name} BETWEEN ${String(range.from)} AND ${String(range.to)}`;
  const bits = range === undefined ? undefined : bitsOf(column, name, keys, range);
  if (bits !== undefined) return use === 'value' ? bits.test : `(${bits.range} AND ${bits.test})`;
  if (column.integer !== undefined) {
    const { from, to } = integers[column.integer];
    const all = listed(keys);
    const held = range !== undefined && range.from >= from && range.to <= to ? all : all.filter(between(from, to));
    return held.length === 0 ? 'false' : `${name} = ANY ('{${held.join(',')}}'::pg_catalog.${column.integer}[])`;
  }
  return `${name} ${column.equality} ANY (${quoteLiteral(arrayLiteral(listed(keys).map(String)))}::${column.lookupType}[])`;
}

/** What each type holds. No key is beyond the last. */
const integers = Object.freeze({
  int2: { from: -32_768, to: 32_767 },
  int4: { from: -2_147_483_648, to: 2_147_483_647 },
  int8: { from: -Infinity, to: Infinity },
});

function between(from: number, to: number): (key: Key) => boolean {
  return (key) => Number(key) >= from && Number(key) <= to;
}

/** The opposite, for one integer column: rows whose value is none of the keys, or NULL. */
export function keyExclusion(column: Column, keys: readonly Key[], alias: string): string {
  const name = `${alias}.${quoteIdentifier(column.name)}`;
  const range = rangeOf(keys);
  if (range?.dense === true) return `(${name} IS NULL OR ${name} NOT BETWEEN ${String(range.from)} AND ${String(range.to)})`;
  const bits = range === undefined ? undefined : bitsOf(column, name, keys, range);
  if (bits !== undefined) return `(${bits.test}) IS NOT TRUE`;
  return `NOT EXISTS (SELECT 1 FROM unnest('{${keys.join(',')}}'::${column.lookupType}[]) x(v) WHERE x.v = ${name})`;
}

function unnested(columns: readonly Column[], keys: KeyRun, alias: string, place?: PlaceElements): KeyRelation {
  const arrays = arrayTexts(columns, keys, place).map((array, at) => `${array}::${sentType(columns[at] as Column)}[]`);
  const names = columns.map((_, at) => `c${String(at)}`);
  return {
    tables: [`unnest(${arrays.join(', ')}) v(${names.join(', ')})`],
    conditions: columns.map(
      (column, at) => `${alias}.${quoteIdentifier(column.name)} ${column.equality} ${sentValue(column, `v.c${String(at)}`)}`,
    ),
  };
}

function arrayTexts(columns: readonly Column[], keys: KeyRun, place: PlaceElements | undefined): readonly string[] {
  if (keys instanceof PackedKeyRun && place !== undefined) return columns.map((_, column) => `'{${place({ keys, column })}}'`);
  const texts = keysByColumn(columns.length, listed(keys));
  return columns.map(({ kind }, at) => {
    const values = texts[at] ?? [];
    return quoteLiteral(kind === 'integer' ? `{${values.join(',')}}` : arrayLiteral(values));
  });
}

function listed(keys: KeyRun): readonly Key[] {
  return Array.isArray(keys) ? (keys as readonly Key[]) : [...keys];
}

function keysByColumn(count: number, keys: readonly Key[]): readonly (readonly string[])[] {
  if (count === 1) return [keys.map((key) => String(key))];
  const texts = Array.from({ length: count }, (): string[] => []);
  for (const key of keys) {
    const parts = keyTexts(key);
    texts.forEach((column, at) => column.push(parts[at] ?? ''));
  }
  return texts;
}

interface KeyRange {
  readonly from: number;
  readonly to: number;
  /** Whether every integer in it is one of the keys. */
  readonly dense: boolean;
}

function bitsOf(
  column: Column,
  name: string,
  keys: readonly Key[] | IntegerKeyRun,
  { from, to }: KeyRange,
): BitsTest | undefined {
  return column.integer === undefined ? undefined : bitsTest(name, keys, from, to);
}

/** The range of integer keys; undefined where one is beyond exact numbers. */
function rangeOf(keys: readonly Key[] | IntegerKeyRun): KeyRange | undefined {
  if (keys instanceof IntegerKeyRun) {
    const { first, last, length } = keys;
    return { from: first, to: last, dense: last - first + 1 === length };
  }
  let from = Infinity;
  let to = -Infinity;
  let ascending = true;
  let previous = -Infinity;
  // By its index: the statement of a large set is made once, before a loop over an iterator would have been compiled.
  for (let at = 0; at < keys.length; at += 1) {
    const key = keys[at];
    if (typeof key !== 'number') return undefined;
    if (key <= previous) ascending = false;
    previous = key;
    if (key < from) from = key;
    if (key > to) to = key;
  }
  return { from, to, dense: ascending && to - from + 1 === keys.length };
}
