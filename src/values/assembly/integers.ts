import { isNull, minus, zero } from './bytes';

/** More digits than this may not be a safe integer. */
export const safeDigits: i32 = 15;

/** The integer that a column holds; NaN for NULL; infinity where it is none, or too long. */
export function integerIn(start: u32, end: u32): f64 {
  if (isNull(start)) return NaN;
  let at = start;
  const isNegative = load<u8>(at) == minus;
  if (isNegative) at += 1;
  if (<i32>(end - at) > safeDigits || at == end) return Infinity;
  let value: i64 = 0;
  for (; at < end; at += 1) {
    const digit = load<u8>(at) - zero;
    if (digit > 9) return Infinity;
    value = value * 10 + digit;
  }
  return <f64>(isNegative ? -value : value);
}

export function writeInteger(value: i64, to: u32): u32 {
  let out = to;
  let rest = value;
  if (rest < 0) {
    store<u8>(out++, minus);
    rest = -rest;
  }
  let end = out + 1;
  for (let bound: i64 = 10; bound <= rest; bound *= 10) end += 1;
  for (let at = end - 1; at >= out; at -= 1) {
    store<u8>(at, zero + <u8>(rest % 10));
    rest /= 10;
  }
  return end;
}
