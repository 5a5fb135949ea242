import { backslash, copy, fieldEnd, isNull, newline, quote, specials, tab, zero } from './bytes';
import { safeDigits } from './integers';
import { booleanKind, integerKind, textKind } from './kinds';
import { isJsonNumber, isPlainNumber } from './numbers';

const letterT: u8 = 0x74;
const letterV: u8 = 0x76;

/** Where the last value that was copied ends in the input; negative where it has escapes. */
export let valueEnd: i32 = 0;

/** Writes what begins at a byte of a row; {@link valueEnd} says where it ended. */
export function writeValue(kind: u32, start: u32, out: u32): u32 {
  if (isNull(start)) {
    valueEnd = <i32>start + 2;
    return writeNull(out);
  }
  if (kind == textKind) return writeText(start, out);
  if (kind == booleanKind) {
    valueEnd = <i32>start + 1;
    if (load<u8>(start) == letterT) {
      store<u32>(out, 0x65757274);
      return out + 4;
    }
    store<u64>(out, 0x65736c6166);
    return out + 5;
  }
  const end = fieldEnd(start);
  const isNumber =
    kind == integerKind && <i32>(end - start) <= safeDigits ? true : isPlainNumber(start, end) || isJsonNumber(start, end);
  if (!isNumber) return writeText(start, out);
  valueEnd = <i32>end;
  return copy(start, end - start, out);
}

export function writeNull(out: u32): u32 {
  store<u32>(out, 0x6c6c756e);
  return out + 4;
}

/** A column as a JSON string, byte for byte as JSON.stringify makes one. */
function writeText(start: u32, to: u32): u32 {
  let at = start;
  let out = to;
  let isEscaped = false;
  store<u8>(out++, quote);
  for (;;) {
    const bytes = v128.load(at);
    v128.store(out, bytes);
    const mask = specials(bytes);
    if (mask == 0) {
      at += 16;
      out += 16;
      continue;
    }
    const plain = <u32>ctz(mask);
    at += plain;
    out += plain;
    let byte = load<u8>(at);
    if (byte == tab || byte == newline) break;
    if (byte == backslash) {
      isEscaped = true;
      byte = load<u8>(++at);
      // COPY's escapes of these are those of JSON.
      if (byte == 0x62 || byte == 0x66 || byte == 0x6e || byte == 0x72 || byte == 0x74) {
        store<u8>(out, backslash);
        store<u8>(out, byte, 1);
        out += 2;
        at += 1;
        continue;
      }
      if (byte == letterV) byte = 0x0b;
    }
    at += 1;
    if (byte == quote || byte == backslash) {
      store<u8>(out, backslash);
      store<u8>(out, byte, 1);
      out += 2;
    } else if (byte < 0x20) out = writeControl(byte, out);
    else store<u8>(out++, byte);
  }
  store<u8>(out++, quote);
  valueEnd = isEscaped ? -(<i32>at) : <i32>at;
  return out;
}

function writeControl(byte: u8, out: u32): u32 {
  store<u8>(out, backslash);
  let short: u8 = 0;
  if (byte == 0x08) short = 0x62;
  else if (byte == 0x0c) short = 0x66;
  else if (byte == 0x0a) short = 0x6e;
  else if (byte == 0x0d) short = 0x72;
  else if (byte == 0x09) short = 0x74;
  if (short != 0) {
    store<u8>(out, short, 1);
    return out + 2;
  }
  store<u8>(out, 0x75, 1);
  store<u8>(out, zero, 2);
  store<u8>(out, zero, 3);
  store<u8>(out, zero + (byte >> 4), 4);
  const low: u8 = byte & 15;
  store<u8>(out, low < 10 ? zero + low : 0x57 + low, 5);
  return out + 6;
}
