import type { Key } from '../../closure/key.js';
import { keyTexts } from '../../closure/key.js';
import type { KeyRun } from '../../closure/key-run.js';
import { PackedKeyRun } from '../../closure/packed-key-run.js';
import type { Column } from '../../schema/schema.js';
import { keyOrderSql, quoteIdentifier, quoteLiteral } from './sql.js';

/**
 * The range that some keys lie in, so that the table is not read whole, and hashed, for a part of it: to join many keys, the planner would
 * hash the other side. Nothing where a range is known by other means, or where the type has an order that is not known here.
 */
export function rangeTests(columns: readonly Column[], run: KeyRun, alias: string): readonly string[] {
  if (run.length === 0) return [];
  return run instanceof PackedKeyRun ? betweenEnds(columns, run, alias) : byFirst(columns, [...run], alias);
}

/** Of keys that are in order: from the first to the last, by as many columns as have an order that is known. */
function betweenEnds(columns: readonly Column[], run: PackedKeyRun, alias: string): readonly string[] {
  const [least = [], greatest = []] = [run.slice(0, 1), run.slice(run.length - 1, run.length)].map(textsOf);
  const bounds: Bound[] = [];
  for (const [at, column] of columns.entries()) {
    const bound = boundOf(column, least[at] ?? '', greatest[at] ?? '', alias);
    if (bound === undefined) break;
    bounds.push(bound);
  }
  const [first, ...others] = bounds;
  if (first === undefined) return [];
  if (others.length === 0) return [`${first.name} BETWEEN ${first.least} AND ${first.greatest}`];
  const row = (values: readonly string[]): string => `(${values.join(', ')})`;
  const names = row(bounds.map(({ name }) => name));
  return [`${names} >= ${row(bounds.map((one) => one.least))}`, `${names} <= ${row(bounds.map((one) => one.greatest))}`];
}

interface Bound {
  /** The column as the archive sorts it. */
  readonly name: string;
  readonly least: string;
  readonly greatest: string;
}

function boundOf(column: Column, least: string, greatest: string, alias: string): Bound | undefined {
  const type = typeOf(column, least, greatest);
  if (type === undefined) return undefined;
  const literal = (text: string): string => `${quoteLiteral(text)}::pg_catalog.${type}`;
  return { name: keyOrderSql(column, alias), least: literal(least), greatest: literal(greatest) };
}

function typeOf({ type, integer, lookupType }: Column, ...texts: readonly string[]): string | undefined {
  if (integer !== undefined) return 'int8';
  if (type === 'uuid') return 'uuid';
  const isText = lookupType === 'text' || lookupType === 'character varying';
  return isText && texts.every(isAscii) ? 'text' : undefined;
}

/** All other characters come after these, in UTF-8 and in whatever encoding the database has. */
function isAscii(text: string): boolean {
  return Buffer.byteLength(text) === text.length;
}

/** Of keys in any order, written in any way. */
function byFirst([column]: readonly Column[], keys: readonly Key[], alias: string): readonly string[] {
  if (column === undefined) return [];
  const name = `${alias}.${quoteIdentifier(column.name)}`;
  if (column.type === 'uuid') {
    const { least, greatest } = ends(keys, (text) => text.toLowerCase());
    return [`${name} BETWEEN ${quoteLiteral(least)}::pg_catalog.uuid AND ${quoteLiteral(greatest)}::pg_catalog.uuid`];
  }
  if (column.integer === undefined || !keys.some((key) => typeof key !== 'number')) return [];
  const { least, greatest } = ends(keys, BigInt);
  return [`${name} BETWEEN '${String(least)}'::pg_catalog.int8 AND '${String(greatest)}'::pg_catalog.int8`];
}

function textsOf(run: PackedKeyRun): readonly string[] {
  const [key = ''] = run;
  return keyTexts(key);
}

function ends<Value extends string | bigint>(
  keys: readonly Key[],
  valueOf: (text: string) => Value,
): { readonly least: Value; readonly greatest: Value } {
  const values = keys.map((key) => valueOf(keyTexts(key)[0] ?? ''));
  const [first] = values;
  if (first === undefined) throw new RangeError('no keys, and so no range');
  let least = first;
  let greatest = first;
  for (const value of values) {
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  return { least, greatest };
}
