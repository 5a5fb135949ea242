import type { PackedColumn } from './packed-column.js';

const half = 2 ** 32;
/** Set in the first byte of what is not negative, so that bytes sort as integers do. */
const sign = 0x80000000;

const minus = 0x2d;
const zero = 0x30;
/** More digits than this no `bigint` has. */
const mostDigits = 19;
/** So many digits are the lower part of a number that is put together of two. */
const lowerDigits = 9;
const lowerPart = 10 ** lowerDigits;

/** Where a text is put to be read as bytes, and digits that are written from their end. */
const scratch = Buffer.alloc(mostDigits + 1);

/** A `bigint` as its eight bytes, the greatest first. */
export const packedBigint: PackedColumn = Object.freeze({
  pack(text: string, into: Buffer, at: number): number {
    if (text.length > scratch.length) return -1;
    return packedBigint.packBytes(scratch, 0, scratch.write(text, 0, 'latin1'), into, at);
  },
  packBytes(from: Buffer, start: number, stop: number, into: Buffer, at: number): number {
    const isNegative = from[start] === minus;
    const first = isNegative ? start + 1 : start;
    const count = stop - first;
    if (count < 1 || count > mostDigits || (from[first] === zero && (count > 1 || isNegative))) return -1;
    const middle = Math.max(first, stop - lowerDigits);
    const [upper, lower] = [digitsAt(from, first, middle), digitsAt(from, middle, stop)];
    if (upper < 0 || lower < 0) return -1;
    // Upper times 10^9 takes 64 bits: sixteen of them at a time, so that each product is exact.
    const [greater, lesser] = [Math.floor(upper / 65_536) * lowerPart, (upper % 65_536) * lowerPart + lower];
    const sum = (greater % 65_536) * 65_536 + (lesser % half);
    let low = sum % half;
    let high = Math.floor(greater / 65_536) + Math.floor(lesser / half) + Math.floor(sum / half);
    if (isNegative) {
      if (high > sign || (high === sign && low > 0)) return -1;
      high = low === 0 ? -high : -high - 1;
      low = low === 0 ? 0 : half - low;
    } else if (high >= sign) return -1;
    return write(high, low, into, at);
  },
  end: (_: Buffer, at: number) => at + 8,
  unpack: (from: Buffer, at: number) => String(integerAt(from, at)),
  write(from: Buffer, at: number, _: number, into: Buffer, to: number): number {
    let high = readHigh(from, at);
    let low = from.readUInt32BE(at + 4);
    let next = to;
    if (high < 0) {
      into[next++] = minus;
      high = low === 0 ? -high : -high - 1;
      low = low === 0 ? 0 : half - low;
    }
    // Divided by 10^9, sixteen bits at a time.
    let upper = 0;
    let lower = 0;
    for (const part of [Math.floor(high / 65_536), high % 65_536, Math.floor(low / 65_536), low % 65_536]) {
      const rest = lower * 65_536 + part;
      upper = upper * 65_536 + Math.floor(rest / lowerPart);
      lower = rest % lowerPart;
    }
    let begin = scratch.length;
    for (let left = lower, count = 0; upper > 0 ? count < lowerDigits : left > 0 || count === 0; count += 1) {
      scratch[--begin] = zero + (left % 10);
      left = Math.floor(left / 10);
    }
    for (; upper > 0; upper = Math.floor(upper / 10)) scratch[--begin] = zero + (upper % 10);
    return next + scratch.copy(into, next, begin);
  },
  plain: true,
  width: undefined,
});

/** Of a safe integer, what {@link packedBigint} makes of its text. */
export function packSafeInteger(value: number, into: Buffer, at: number): number {
  const high = Math.floor(value / half);
  return write(high, value - high * half, into, at);
}

/** The integer that begins there, as a key: a number where that is exact. */
export function integerAt(from: Buffer, at: number): number | string {
  const value = readHigh(from, at) * half + from.readUInt32BE(at + 4);
  if (Number.isSafeInteger(value)) return value;
  const end = packedBigint.write(from, at, at + 8, written, 0);
  return written.toString('latin1', 0, end);
}

const written = Buffer.alloc(mostDigits + 1);

function write(high: number, low: number, into: Buffer, at: number): number {
  into.writeUInt32BE(high + sign, at);
  return into.writeUInt32BE(low, at + 4);
}

function readHigh(from: Buffer, at: number): number {
  return from.readUInt32BE(at) - sign;
}

/** What some digits say, or -1 where something else stands there; 0 of none. */
function digitsAt(from: Buffer, start: number, stop: number): number {
  let value = 0;
  for (let at = start; at < stop; at += 1) {
    const digit = (from[at] as number) - zero;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}
