import type { Key } from '../../closure/key.js';
import { keyTexts } from '../../closure/key.js';
import type { KeyRun } from '../../closure/key-run.js';
import { PackedKeyRun } from '../../closure/packed-key-run.js';
import type { Column } from '../../schema/schema.js';
import { quoteIdentifier, quoteLiteral } from './sql.js';

/**
 * The range that some keys lie in, by their first column, so that the table is not read whole for a part of it: to join many keys, the
 * planner would hash the other side. Nothing where a range is known by other means, or where the type has an order that is not known here.
 */
export function rangeTests([column]: readonly Column[], run: KeyRun, alias: string): readonly string[] {
  const keys = run instanceof PackedKeyRun ? endsOf(run) : [...run];
  const [first] = keys;
  if (column === undefined || first === undefined) return [];
  const name = `${alias}.${quoteIdentifier(column.name)}`;
  if (column.type === 'uuid') {
    const { least, greatest } = ends(keys, (text) => text.toLowerCase());
    return [`${name} BETWEEN ${quoteLiteral(least)}::pg_catalog.uuid AND ${quoteLiteral(greatest)}::pg_catalog.uuid`];
  }
  if (column.integer === undefined || !keys.some((key) => typeof key !== 'number')) return [];
  const { least, greatest } = ends(keys, BigInt);
  return [`${name} BETWEEN '${String(least)}'::pg_catalog.int8 AND '${String(greatest)}'::pg_catalog.int8`];
}

/** They are in order. */
function endsOf(keys: PackedKeyRun): readonly Key[] {
  return [...keys.slice(0, 1), ...keys.slice(keys.length - 1, keys.length)];
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
