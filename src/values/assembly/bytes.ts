export const tab: u8 = 0x09;
export const newline: u8 = 0x0a;
export const quote: u8 = 0x22;
export const minus: u8 = 0x2d;
export const zero: u8 = 0x30;
export const backslash: u8 = 0x5c;

export function isNull(start: u32): bool {
  return load<u8>(start) == backslash && load<u8>(start, 1) == 0x4e;
}

/** A bit for each of sixteen bytes that JSON or COPY escapes, or that ends something. */
export function specials(bytes: v128): i32 {
  return i8x16.bitmask(
    v128.or(
      i8x16.lt_u(bytes, i8x16.splat(0x20)),
      v128.or(i8x16.eq(bytes, i8x16.splat(quote)), i8x16.eq(bytes, i8x16.splat(backslash))),
    ),
  );
}

/** Where a column ends. */
export function fieldEnd(start: u32): u32 {
  let at = start;
  let mask = 0;
  for (; ; at += 16) {
    const bytes = v128.load(at);
    mask = i8x16.bitmask(v128.or(i8x16.eq(bytes, i8x16.splat(tab)), i8x16.eq(bytes, i8x16.splat(newline))));
    if (mask != 0) break;
  }
  return at + <u32>ctz(mask);
}

export function find(start: u32, byte: u8): u32 {
  let at = start;
  let mask = 0;
  for (; ; at += 16) {
    mask = i8x16.bitmask(i8x16.eq(v128.load(at), i8x16.splat(byte)));
    if (mask != 0) break;
  }
  return at + <u32>ctz(mask);
}

/** Copies bytes, and what stands behind them, up to sixteen in all; what is written next goes over it. */
export function copy(from: u32, length: u32, out: u32): u32 {
  for (let done: u32 = 0; done < length; done += 16) v128.store(out + done, v128.load(from + done));
  return out + length;
}

/** Whether the same bytes stand in two places. */
export function same(one: u32, other: u32, length: u32): bool {
  for (let done: u32 = 0; done < length; done += 16) {
    const equal = i8x16.bitmask(i8x16.eq(v128.load(one + done), v128.load(other + done)));
    const rest = length - done;
    const wanted = rest >= 16 ? 0xffff : (1 << rest) - 1;
    if ((equal & wanted) != wanted) return false;
  }
  return true;
}
