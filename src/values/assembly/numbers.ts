import { minus, zero } from './bytes';
import { safeDigits } from './integers';

const dot: u8 = 0x2e;

/** Whether JSON gives a number back as it stands there. */
export declare function isJsonNumber(start: u32, end: u32): bool;

/** A number of few digits that needs no second look: JSON gives it back as it is. */
export function isPlainNumber(start: u32, end: u32): bool {
  let at = start;
  if (load<u8>(at) == minus) at += 1;
  if (<i32>(end - at) > safeDigits || at == end) return false;
  // What begins with a zero may be `-0`, or so small that it has an exponent.
  if (load<u8>(at) - zero - 1 > 8) return end - start == 1 && load<u8>(at) == zero;
  let dots = 0;
  for (; at < end; at += 1) {
    const byte = load<u8>(at);
    if (byte == dot) dots += 1;
    else if (byte < zero || byte > zero + 9) return false;
  }
  const last = load<u8>(end - 1);
  return dots == 0 || (dots == 1 && last != zero && last != dot);
}
