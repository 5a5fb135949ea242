import type { Key } from '../closure/key.js';
import { toIntegerKey } from '../closure/key.js';

const minus = 0x2d;
/** More digits than this may not be a safe integer. */
const safeDigits = 15;

/** The integer that stands in some bytes, as a key: without a string on the way where it is short. */
export function integerAt(bytes: Buffer, start: number, end: number): Key {
  const negative = bytes[start] === minus;
  const first = negative ? start + 1 : start;
  if (end - first > safeDigits) return toIntegerKey(bytes.toString('latin1', start, end));
  let value = 0;
  for (let at = first; at < end; at += 1) value = value * 10 + ((bytes[at] as number) - 0x30);
  return negative ? -value : value;
}
