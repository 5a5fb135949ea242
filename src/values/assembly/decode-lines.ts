/**
 * Finds the values in lines of the archive that are written exactly as the encoder writes them. `../kernel-line-reader.ts` lays out the memory,
 * and `../object-decoder.ts` does the same in JavaScript.
 */

import { backslash, find, minus, newline, quote, same, specials, zero } from './bytes';
import { safeDigits } from './integers';
import { booleanKind, integerKind, textKind } from './kinds';
import { isJsonNumber, isPlainNumber } from './numbers';

const comma: u8 = 0x2c;
const bracket: u8 = 0x5d;
const brace: u8 = 0x7d;

/** How lines of a model are written. Its members follow, in their order. */
@unmanaged
class Layout {
  memberCount: u32;
  tail: u32;
  tailLength: u32;
  keyKind: u32;
  sharedEnd: u32;
  sharedEndLength: u32;
  trueText: u32;
  falseText: u32;
  nullText: u32;
}

@unmanaged
class Member {
  kind: u32;
  prefix: u32;
  prefixLength: u32;
}

/** How many lines were decoded. */
export let lines: u32 = 0;

/** Whether the text that was looked at last has escapes. */
let isEscaped = false;
/** How many keys the list has that was looked at last. */
let links: u32 = 0;

/**
 * Decodes lines until one is written in another way, or so many are done. Of each there are, as 32-bit numbers behind `slots`, where it begins
 * and ends, where each member's value and at last the key does (the end negative where a text has escapes), all plus `shift`; behind `counts`, how
 * many keys each list has.
 */
export function decode(layoutAt: u32, slots: u32, counts: u32, input: u32, end: u32, shift: i32, mostLines: u32): void {
  const layout = changetype<Layout>(layoutAt);
  const members = layoutAt + offsetof<Layout>();
  const membersEnd = members + layout.memberCount * offsetof<Member>();
  let at = input;
  let slot = slots;
  let count = counts;
  let line: u32 = 0;
  while (at < end && line < mostLines) {
    const lineEnd = find(at, newline);
    if (lineEnd >= end) break;
    let stop = lineEnd;
    if (load<u8>(stop - 1) == comma) stop -= 1;
    let place = at;
    let next = slot + 8;
    let list = count;
    let isFine = true;
    for (let memberAt = members; memberAt < membersEnd; memberAt += offsetof<Member>()) {
      const member = changetype<Member>(memberAt);
      if (!same(place, member.prefix, member.prefixLength)) {
        isFine = false;
        break;
      }
      place += member.prefixLength;
      isEscaped = false;
      const valueEnd = behindValue(layout, member.kind, place, stop);
      if (valueEnd == 0) {
        isFine = false;
        break;
      }
      if (member.kind > textKind) {
        store<u32>(list, links);
        list += 4;
      }
      next = noteValue(next, place, valueEnd, shift);
      place = valueEnd;
    }
    if (!isFine || !same(place, layout.tail, layout.tailLength)) break;
    place += layout.tailLength;
    isEscaped = false;
    const keyEnd = layout.keyKind == textKind ? behindText(place, stop) : behindInteger(place, stop);
    if (keyEnd == 0) break;
    const isOwned = stop - keyEnd == 1 && load<u8>(keyEnd) == brace;
    const isShared = stop - keyEnd == layout.sharedEndLength && same(keyEnd, layout.sharedEnd, layout.sharedEndLength);
    if (!isOwned && !isShared) break;
    next = noteValue(next, place, keyEnd, shift);
    store<i32>(slot, <i32>at + shift);
    store<i32>(slot, <i32>stop + shift, 4);
    slot = next;
    count = list;
    at = lineEnd + 1;
    line += 1;
  }
  lines = line;
}

function noteValue(slot: u32, start: u32, end: u32, shift: i32): u32 {
  store<i32>(slot, <i32>start + shift);
  store<i32>(slot, isEscaped ? -(<i32>end + shift) : <i32>end + shift, 4);
  return slot + 8;
}

/** Where a value ends; 0 where none of the kind stands there. */
function behindValue(layout: Layout, kind: u32, at: u32, end: u32): u32 {
  if (kind > textKind) return behindList(at, end);
  if (same(at, layout.nullText, 4)) return at + 4;
  if (kind == textKind) return behindText(at, end);
  if (kind == integerKind) return behindInteger(at, end);
  if (kind == booleanKind) return same(at, layout.trueText, 4) ? at + 4 : same(at, layout.falseText, 5) ? at + 5 : 0;
  return load<u8>(at) == quote ? behindText(at, end) : behindNumber(at, end);
}

/** As PostgreSQL writes one, in quotes where JSON's numbers are not exact. */
function behindInteger(at: u32, end: u32): u32 {
  const isQuoted = load<u8>(at) == quote;
  let first = isQuoted ? at + 1 : at;
  if (load<u8>(first) == minus) first += 1;
  let stop = first;
  while (stop < end && load<u8>(stop) - zero <= 9) stop += 1;
  const count = stop - first;
  if (count == 0 || (load<u8>(first) == zero && (count > 1 || first > at))) return 0;
  if (isQuoted) return <i32>count > safeDigits && load<u8>(stop) == quote ? stop + 1 : 0;
  return <i32>count <= safeDigits ? stop : 0;
}

function behindNumber(at: u32, end: u32): u32 {
  let stop = at;
  while (stop < end && isOfNumber(load<u8>(stop))) stop += 1;
  return stop > at && (isPlainNumber(at, stop) || isJsonNumber(at, stop)) ? stop : 0;
}

function isOfNumber(byte: u8): bool {
  return byte - zero <= 9 || byte == minus || byte == 0x2e || byte == 0x65 || byte == 0x2b;
}

function behindText(start: u32, end: u32): u32 {
  if (load<u8>(start) != quote) return 0;
  let at = start + 1;
  while (at < end) {
    const bytes = v128.load(at);
    const mask = specials(bytes);
    if (mask == 0) {
      at += 16;
      continue;
    }
    at += <u32>ctz(mask);
    if (at >= end) return 0;
    const byte = load<u8>(at);
    if (byte == quote) return at + 1;
    if (byte != backslash) return 0;
    isEscaped = true;
    const length = escapeLength(at);
    if (length == 0) return 0;
    at += length;
  }
  return 0;
}

/** What an encoder escapes: one of the short forms, or a control character that has none. */
function escapeLength(at: u32): u32 {
  const letter = load<u8>(at, 1);
  if (letter == quote || letter == backslash) return 2;
  if (letter == 0x62 || letter == 0x66 || letter == 0x6e || letter == 0x72 || letter == 0x74) return 2;
  if (letter != 0x75 || load<u8>(at, 2) != zero || load<u8>(at, 3) != zero) return 0;
  const high = load<u8>(at, 4);
  const low = load<u8>(at, 5);
  const isHex = low - zero <= 9 || low - 0x61 <= 5;
  if (!isHex) return 0;
  if (high == zero + 1) return 6;
  const isOther = (low >= zero + 1 && low <= zero + 7) || low == 0x62 || (low >= 0x65 && low <= 0x66);
  return high == zero && isOther ? 6 : 0;
}

/** Ascending integers: none is there twice. */
function behindList(at: u32, end: u32): u32 {
  links = 0;
  if (load<u8>(at) != 0x5b) return 0;
  if (load<u8>(at, 1) == bracket) return at + 2;
  let before: i64 = i64.MIN_VALUE;
  let place = at + 1;
  while (place < end) {
    const stop = load<u8>(place) == quote ? 0 : behindInteger(place, end);
    if (stop == 0) return 0;
    const key = integerBetween(place, stop);
    if (key <= before) return 0;
    before = key;
    links += 1;
    if (load<u8>(stop) == bracket) return stop + 1;
    if (load<u8>(stop) != comma) return 0;
    place = stop + 1;
  }
  return 0;
}

function integerBetween(start: u32, end: u32): i64 {
  const isNegative = load<u8>(start) == minus;
  let value: i64 = 0;
  for (let at = isNegative ? start + 1 : start; at < end; at += 1) value = value * 10 + (load<u8>(at) - zero);
  return isNegative ? -value : value;
}
