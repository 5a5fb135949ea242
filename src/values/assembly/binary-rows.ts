import { backslash, fieldEnd, isNull, minus, specials, tab, zero } from './bytes';

/** How a column is sent: the numbers of `../../dialect/postgres/binary-rows.ts`. */
const int2: u8 = 0;
const int4: u8 = 1;
const int8: u8 = 2;
const boolean: u8 = 3;
const text: u8 = 4;
const timestamptz: u8 = 5;
const timestamp: u8 = 6;
const date: u8 = 7;
const uuid: u8 = 8;
const jsonb: u8 = 9;

/** What a value of any type but text takes, with its length before it. */
const mostFixed: u32 = 32;
/** Digits that 64 bits hold, whatever they are. */
const mostDigits: u32 = 18;
const microseconds: i64 = 1_000_000;
const secondsOfDay: i64 = 86_400;

/** Where the rows that were taken end, where their binary form ends, and whether the next one is none that is known here. */
export let takenEnd: u32 = 0;
export let binaryEnd: u32 = 0;
export let isStrange: bool = false;

/**
 * Rows of COPY text in COPY's binary form, for columns of which each has a byte at `types`: only values in the very form in which the server writes
 * them. Stops before a row that there is no room for, or that has another value.
 * https://www.postgresql.org/docs/current/sql-copy.html#SQL-COPY-FILE-FORMATS-BINARY-FORMAT
 */
export function binary(types: u32, columns: u32, input: u32, end: u32, output: u32, limit: u32): void {
  let at = input;
  let out = output;
  isStrange = false;
  takenEnd = at;
  binaryEnd = out;
  while (at < end) {
    if (out + 2 > limit) return;
    store<u16>(out, bswap<u16>(<u16>columns));
    out += 2;
    for (let column: u32 = 0; column < columns; column += 1) {
      const stop = fieldEnd(at);
      if (out + mostFixed + (stop - at) > limit) return;
      // Each row has all of them.
      if ((load<u8>(stop) == tab) != column + 1 < columns) {
        isStrange = true;
        return;
      }
      const written = isNull(at) ? length(out, -1) : value(load<u8>(types + column), at, stop, out);
      if (written == 0) {
        isStrange = true;
        return;
      }
      out = written;
      at = stop + 1;
    }
    takenEnd = at;
    binaryEnd = out;
  }
}

/** Where the value ends; 0 where it is none. */
function value(type: u8, start: u32, end: u32, out: u32): u32 {
  if (type == text) return unescaped(start, end, out);
  if (type == boolean) {
    const byte = load<u8>(start);
    if (end - start != 1 || (byte != 0x74 && byte != 0x66)) return 0;
    store<u8>(length(out, 1), byte == 0x74 ? 1 : 0);
    return out + 5;
  }
  if (type == uuid) return uuidAt(start, end, out);
  if (type == jsonb) {
    // A text behind a byte that says in which version it is.
    const stop = unescaped(start, end, out + 1);
    if (stop == 0) return 0;
    store<u8>(length(out, <i32>(stop - out - 4)), 1);
    return stop;
  }
  if (type == date) {
    if (end - start != 10) return 0;
    const days = daysAt(start);
    if (days < 0) return 0;
    store<i32>(length(out, 4), bswap<i32>(<i32>(days - firstDay)));
    return out + 8;
  }
  if (type == timestamptz || type == timestamp) return timeAt(type == timestamptz, start, end, out);
  return integerAt(type, start, end, out);
}

function length(out: u32, bytes: i32): u32 {
  store<i32>(out, bswap<i32>(bytes));
  return out + 4;
}

function integerAt(type: u8, start: u32, end: u32, out: u32): u32 {
  const isNegative = load<u8>(start) == minus;
  let at = start + <u32>isNegative;
  if (at == end || end - at > mostDigits) return 0;
  let number: i64 = 0;
  for (; at < end; at += 1) {
    const digit = load<u8>(at) - zero;
    if (digit > 9) return 0;
    number = number * 10 + digit;
  }
  if (isNegative) number = -number;
  if (type == int8) {
    store<i64>(length(out, 8), bswap<i64>(number));
    return out + 12;
  }
  if (type == int4) {
    if (<i64>(<i32>number) != number) return 0;
    store<i32>(length(out, 4), bswap<i32>(<i32>number));
    return out + 8;
  }
  if (type != int2 || <i64>(<i16>number) != number) return 0;
  store<i16>(length(out, 2), bswap<i16>(<i16>number));
  return out + 6;
}

/** COPY's escapes are undone: those that the server writes. */
function unescaped(start: u32, end: u32, out: u32): u32 {
  let to = out + 4;
  let at = start;
  while (at < end) {
    const bytes = v128.load(at);
    v128.store(to, bytes);
    const plain = min<u32>(end - at, <u32>ctz(specials(bytes) | 0x10000));
    at += plain;
    to += plain;
    if (plain == 16 || at >= end) continue;
    let byte = load<u8>(at++);
    if (byte == backslash) {
      byte = load<u8>(at++);
      if (byte == 0x62) byte = 0x08;
      else if (byte == 0x66) byte = 0x0c;
      else if (byte == 0x6e) byte = 0x0a;
      else if (byte == 0x72) byte = 0x0d;
      else if (byte == 0x74) byte = 0x09;
      else if (byte == 0x76) byte = 0x0b;
      else if (byte != backslash) return 0;
    }
    store<u8>(to++, byte);
  }
  length(out, <i32>(to - out - 4));
  return to;
}

function uuidAt(start: u32, end: u32, out: u32): u32 {
  if (end - start != 36) return 0;
  let to = length(out, 16);
  for (let at = start; at < end;) {
    const place = at - start;
    if (place == 8 || place == 13 || place == 18 || place == 23) {
      if (load<u8>(at) != minus) return 0;
      at += 1;
      continue;
    }
    const high = hexAt(at);
    const low = hexAt(at + 1);
    if ((high | low) > 15) return 0;
    store<u8>(to++, (high << 4) | low);
    at += 2;
  }
  return to;
}

/** More than 15 where it is none. */
function hexAt(at: u32): u8 {
  const byte = load<u8>(at);
  if (byte - zero <= 9) return byte - zero;
  return byte - 0x61 <= 5 ? byte - 0x57 : 0xff;
}

/** `2020-01-31 23:59:59.999999`, and the zone where there is one: `+00`, as sessions are pinned to. */
function timeAt(hasZone: bool, start: u32, end: u32, out: u32): u32 {
  const stop = hasZone ? end - 3 : end;
  if (end - start < 19 + <u32>hasZone * 3) return 0;
  if (hasZone && (load<u8>(stop) != 0x2b || load<u8>(stop, 1) != zero || load<u8>(stop, 2) != zero)) return 0;
  const days = daysAt(start);
  const hour = twoDigits(start + 11);
  const minute = twoDigits(start + 14);
  const second = twoDigits(start + 17);
  if (days < 0 || hour > 23 || minute > 59 || second > 59) return 0;
  if (load<u8>(start, 10) != 0x20 || load<u8>(start, 13) != 0x3a || load<u8>(start, 16) != 0x3a) return 0;
  let fraction: i64 = 0;
  if (stop - start > 19) {
    const digits = stop - start - 20;
    if (load<u8>(start, 19) != 0x2e || digits < 1 || digits > 6) return 0;
    for (let place: u32 = 0; place < 6; place += 1) {
      const digit: u8 = place < digits ? load<u8>(start + 20 + place) - zero : 0;
      if (digit > 9) return 0;
      fraction = fraction * 10 + digit;
    }
  }
  const seconds = (days - firstDay) * secondsOfDay + hour * 3600 + minute * 60 + second;
  store<i64>(length(out, 8), bswap<i64>(seconds * microseconds + fraction));
  return out + 12;
}

/** From March 1 of the year 0 to 2000-01-01, where PostgreSQL begins to count. */
const firstDay: i64 = 730_425;

/** More than 99 where they are none. */
function twoDigits(at: u32): i64 {
  const tens = load<u8>(at) - zero;
  const ones = load<u8>(at, 1) - zero;
  return tens > 9 || ones > 9 ? 100 : <i64>tens * 10 + ones;
}

/**
 * The day that is written there, `2020-01-31`, from March 1 of the year 0 on; negative where there is none.
 * http://howardhinnant.github.io/date_algorithms.html#days_from_civil
 */
function daysAt(start: u32): i64 {
  const century = twoDigits(start);
  const yearOfCentury = twoDigits(start + 2);
  const month = twoDigits(start + 5);
  const day = twoDigits(start + 8);
  if (load<u8>(start, 4) != minus || load<u8>(start, 7) != minus) return -1;
  if (century > 99 || yearOfCentury > 99 || month < 1 || month > 12 || day < 1) return -1;
  const year = century * 100 + yearOfCentury;
  if (year < 1 || day > daysOf(month, year)) return -1;
  const shifted = month <= 2 ? year - 1 : year;
  const era = shifted / 400;
  const yearOfEra = shifted - era * 400;
  const dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
  return era * 146_097 + dayOfEra;
}

function daysOf(month: i64, year: i64): i64 {
  if (month == 2) return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}
