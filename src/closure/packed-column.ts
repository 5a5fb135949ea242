import { isIntegerText } from './key.js';

/** A key column as bytes that sort as the archive sorts it, and of which none is the beginning of another's. */
export interface PackedColumn {
  /** Where the next column begins; -1 where this text cannot be packed. The buffer has room. */
  pack(text: string, into: Buffer, at: number): number;
  /** The same of a text in UTF-8. */
  packBytes(from: Buffer, start: number, stop: number, into: Buffer, at: number): number;
  /** Where it ends that begins here. */
  end(from: Buffer, at: number): number;
  unpack(from: Buffer, at: number, end: number): string;
  /** As {@link unpack}, in UTF-8; where the text ends. The buffer has room. */
  write(from: Buffer, at: number, end: number, into: Buffer, to: number): number;
  /** Whether no text has a character but digits, letters and hyphens. */
  readonly plain: boolean;
  /** How many characters each text has, where all have as many. */
  readonly width: number | undefined;
}

/** Where a key ends that begins here. */
export function packedEnd(columns: readonly PackedColumn[], from: Buffer, at: number): number {
  let end = at;
  for (let index = 0; index < columns.length; index += 1) end = (columns[index] as PackedColumn).end(from, end);
  return end;
}

/** UTF-8, and a NUL, which no text holds. */
export const packedText: PackedColumn = Object.freeze({
  pack(text: string, into: Buffer, at: number): number {
    let end = at;
    for (let index = 0; index < text.length; index += 1) {
      const unit = text.charCodeAt(index);
      if (unit === 0) return -1;
      if (unit >= 0x80) return packUnicode(text, into, at);
      into[end++] = unit;
    }
    into[end] = 0;
    return end + 1;
  },
  packBytes(from: Buffer, start: number, stop: number, into: Buffer, at: number): number {
    const end = at + from.copy(into, at, start, stop);
    into[end] = 0;
    return end + 1;
  },
  end: (from: Buffer, at: number) => from.indexOf(0, at) + 1,
  unpack: (from: Buffer, at: number, end: number) => from.toString('utf8', at, end - 1),
  write: (from: Buffer, at: number, end: number, into: Buffer, to: number) => to + from.copy(into, to, at, end - 1),
  plain: false,
  width: undefined,
});

/** What is no Unicode text, such as half of a pair, would not come back. */
function packUnicode(text: string, into: Buffer, at: number): number {
  const end = at + into.write(text, at, 'utf8');
  if (text.includes('\0') || into.toString('utf8', at, end) !== text) return -1;
  into[end] = 0;
  return end + 1;
}

/** 16 bytes. */
export const packedUuid: PackedColumn = Object.freeze({
  pack(text: string, into: Buffer, at: number): number {
    if (text.length !== 36) return -1;
    let end = at;
    for (let index = 0; index < 36; index += 2) {
      if (index === 8 || index === 13 || index === 18 || index === 23) {
        if (text.charCodeAt(index) !== hyphen) return -1;
        index += 1;
      }
      const [high, low] = [digitOf(text.charCodeAt(index)), digitOf(text.charCodeAt(index + 1))];
      if (high < 0 || low < 0) return -1;
      into[end++] = high * 16 + low;
    }
    return end;
  },
  packBytes(from: Buffer, start: number, stop: number, into: Buffer, at: number): number {
    if (stop - start !== 36) return -1;
    let end = at;
    for (let index = start; index < stop; index += 2) {
      const before = index - start;
      if (before === 8 || before === 13 || before === 18 || before === 23) {
        if (from[index] !== hyphen) return -1;
        index += 1;
      }
      const high = digitOf(from[index] as number);
      const low = digitOf(from[index + 1] as number);
      if (high < 0 || low < 0) return -1;
      into[end++] = high * 16 + low;
    }
    return end;
  },
  end: (_: Buffer, at: number) => at + 16,
  unpack(from: Buffer, at: number): string {
    return uuidText.toString('latin1', 0, packedUuid.write(from, at, at + 16, uuidText, 0));
  },
  write(from: Buffer, at: number, _: number, into: Buffer, to: number): number {
    let end = to;
    for (let index = 0; index < 16; index += 1) {
      if (index === 4 || index === 6 || index === 8 || index === 10) into[end++] = hyphen;
      const byte = from[at + index] as number;
      into[end++] = digits[byte >>> 4] as number;
      into[end++] = digits[byte & 15] as number;
    }
    return end;
  },
  plain: true,
  width: 36,
});

const hyphen = 0x2d;
const digits = Buffer.from('0123456789abcdef');
const uuidText = Buffer.alloc(36);

/** Of a lower-case hexadecimal digit, as the server writes them; -1 of anything else. */
function digitOf(unit: number): number {
  if (unit >= 0x30 && unit <= 0x39) return unit - 0x30;
  return unit >= 0x61 && unit <= 0x66 ? unit - 0x57 : -1;
}

const zero = 0x80;

/** How many digits there are, then two in each byte; of negative ones all of it the other way round: within a key of several columns most integers are short. */
export const packedInteger: PackedColumn = Object.freeze({
  pack(text: string, into: Buffer, at: number): number {
    if (!isIntegerText(text)) return -1;
    const isNegative = text.startsWith('-');
    const flip = isNegative ? 0xff : 0;
    const count = text.length - (isNegative ? 1 : 0);
    into[at] = isNegative ? zero - count : zero + count;
    let end = at + 1;
    for (let index = text.length - count - (count % 2); index < text.length; index += 2) {
      const high = index < text.length - count ? 0 : text.charCodeAt(index) - 0x30;
      into[end++] = (high * 16 + text.charCodeAt(index + 1) - 0x30) ^ flip;
    }
    return end;
  },
  packBytes: (from: Buffer, start: number, stop: number, into: Buffer, at: number) =>
    packedInteger.pack(from.toString('latin1', start, stop), into, at),
  end: (from: Buffer, at: number) => at + 1 + Math.ceil(Math.abs((from[at] ?? zero) - zero) / 2),
  unpack(from: Buffer, at: number, end: number): string {
    const head = from[at] ?? zero;
    const count = Math.abs(head - zero);
    const flip = head < zero ? 0xff : 0;
    let digits = '';
    for (let byte = at + 1; byte < end; byte += 1) {
      const two = (from[byte] ?? 0) ^ flip;
      digits += String.fromCharCode(0x30 + (two >>> 4), 0x30 + (two & 15));
    }
    return `${head < zero ? '-' : ''}${count % 2 === 1 ? digits.slice(1) : digits}`;
  },
  write: (from: Buffer, at: number, end: number, into: Buffer, to: number) =>
    to + into.write(packedInteger.unpack(from, at, end), to, 'latin1'),
  plain: true,
  width: undefined,
});
