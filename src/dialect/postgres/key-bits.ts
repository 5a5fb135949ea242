import { IntegerKeyRun } from '../../closure/integer-key-run.js';
import type { Key } from '../../closure/key.js';

/** Fewer keys than this are as fast one by one. */
const worthBits = 64;
/** At most this many integers of the range for each key: so many rows are read in vain at worst, where each key has as many. */
const sparsest = 4;

/** As a condition of a query, both: the planner sees the range, an index serves it. As a value the test says it all. */
export interface BitsTest {
  readonly range: string;
  readonly test: string;
}

/**
 * A condition that an integer column, `name`, holds one of many keys that lie close together: one bit for each integer of the
 * range. That is little text, and no hash table has to be built of it. Undefined where the keys are few or lie apart; the keys need no order.
 *
 * CASE keeps the place within the bits: PostgreSQL tests the parts of an AND in whatever order it likes.
 */
export function bitsTest(name: string, keys: readonly Key[] | IntegerKeyRun, from: number, to: number): BitsTest | undefined {
  const span = to - from + 1;
  if (keys.length < worthBits || span > keys.length * sparsest) return undefined;
  const bits = Buffer.alloc(Math.ceil(span / 8));
  if (keys instanceof IntegerKeyRun) {
    for (const { base, lows } of keys.blocks())
      for (let at = 0; at < lows.length; at += 1) set(bits, base + (lows[at] as number) - from);
  } else for (let at = 0; at < keys.length; at += 1) set(bits, Number(keys[at]) - from);
  const range = `${name} BETWEEN ${String(from)} AND ${String(to)}`;
  const place = `(${name} - ${String(from)})::pg_catalog.int4`;
  const test = `pg_catalog.get_bit('\\x${bits.toString('hex')}'::pg_catalog.bytea, ${place}) = 1`;
  return { range, test: `CASE WHEN ${range} THEN ${test} ELSE false END` };
}

function set(bits: Buffer, place: number): void {
  bits[place >> 3] = (bits[place >> 3] ?? 0) | (1 << (place & 7));
}
