const tab = 0x09;
const newline = 0x0a;
const quote = 0x22;
const slash = 0x2f;
const backslash = 0x5c;
const hex = Buffer.from('0123456789abcdef');

/** What COPY writes after a backslash → what JSON writes after one; 0 where JSON needs the long form. */
const shortEscapes = new Uint8Array(256);
for (const letter of 'bfnrt') shortEscapes[letter.charCodeAt(0)] = letter.charCodeAt(0);

/** Control characters → JSON's short escape. */
const controlEscapes = new Uint8Array(32);
for (const pair of ['\bb', '\ff', '\nn', '\rr', '\tt']) controlEscapes[pair.charCodeAt(0)] = pair.charCodeAt(1);

/** Bytes of a COPY row that a JSON string has as they are. */
const isPlain = Uint8Array.from({ length: 256 }, (_, byte) => (byte < 0x20 || byte === quote || byte === backslash ? 0 : 1));

/** The bytes of `\\u0001`, and those of the quotes. */
const longestEscape = 8;

/** Where it is worth to know first how many bytes a text takes. */
const longText = 4096;

/** Bytes that grow. Short runs are copied in JavaScript, where a call into native code would cost more than the bytes. */
export class OutputBuffer {
  #buffer: Buffer;
  #length = 0;

  constructor(buffer: Buffer) {
    this.#buffer = buffer;
  }

  get length(): number {
    return this.#length;
  }

  /** What was written, as text; the next begins anew. */
  takeText(): string {
    const text = this.#buffer.toString('utf8', 0, this.#length);
    this.#length = 0;
    return text;
  }

  bytes(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  /** Begins anew. */
  clear(): void {
    this.#length = 0;
  }

  /** Takes back what was written behind a length. */
  backTo(length: number): void {
    this.#length = length;
  }

  /** Whether the same bytes stand in others, from `start` on. */
  standsIn(bytes: Buffer, start: number): boolean {
    const end = start + this.#length;
    return end <= bytes.length && bytes.compare(this.#buffer, 0, this.#length, start, end) === 0;
  }

  append(bytes: Buffer): void {
    this.copy(bytes, 0, bytes.length);
  }

  copy(source: Buffer, start: number, end: number): void {
    this.#reserve(end - start);
    this.#copy(source, start, end);
  }

  ascii(text: string): void {
    this.#reserve(text.length);
    for (let at = 0; at < text.length; at += 1) this.#buffer[this.#length++] = text.charCodeAt(at);
  }

  /** A safe integer in digits. */
  integer(value: number): void {
    if (value < 0 || value > 0x7fffffff) {
      this.ascii(String(value));
      return;
    }
    this.#reserve(10);
    let end = this.#length + 1;
    for (let bound = 10; bound <= value; bound *= 10) end += 1;
    this.#length = end;
    for (let rest = value; ; rest = (rest / 10) | 0) {
      this.#buffer[--end] = 0x30 + (rest % 10);
      if (rest < 10) return;
    }
  }

  utf8(text: string): void {
    this.#reserve(text.length > longText ? Buffer.byteLength(text) : text.length * 3);
    this.#length += this.#buffer.write(text, this.#length, 'utf8');
  }

  /** Copies a column of a COPY row that has no escapes; returns where it ends. */
  column(source: Buffer, start: number): number {
    let buffer = this.#buffer;
    let length = this.#length;
    let at = start;
    for (let byte = source[at] as number; byte !== tab && byte !== newline; byte = source[++at] as number) {
      if (length === buffer.length) buffer = this.#grow(length);
      buffer[length++] = byte;
    }
    this.#length = length;
    return at;
  }

  /**
   * A column of a COPY row as a JSON string: COPY's escapes are undone, JSON's are made, byte for byte as JSON.stringify does. Returns
   * where the column ends, negative where COPY escaped something in it.
   */
  textColumn(source: Buffer, start: number): number {
    let buffer = this.#buffer;
    let length = this.#length;
    let at = start;
    let isEscaped = false;
    if (length + longestEscape > buffer.length) buffer = this.#grow(length);
    buffer[length++] = quote;
    for (;;) {
      let byte = source[at] as number;
      if (length + longestEscape > buffer.length) buffer = this.#grow(length);
      if (isPlain[byte] === 1) {
        buffer[length++] = byte;
        at += 1;
        continue;
      }
      if (byte === tab || byte === newline) break;
      if (byte === backslash) {
        isEscaped = true;
        at += 1;
        byte = source[at] as number;
        const short = shortEscapes[byte] as number;
        if (short !== 0) {
          buffer[length++] = backslash;
          buffer[length++] = short;
          at += 1;
          continue;
        }
        if (byte === 0x76) byte = 0x0b;
      }
      at += 1;
      if (byte === quote || byte === backslash) {
        buffer[length++] = backslash;
        buffer[length++] = byte;
      } else if (byte < 0x20) {
        this.#length = length;
        this.#control(byte);
        length = this.#length;
      } else buffer[length++] = byte;
    }
    buffer[length++] = quote;
    this.#length = length;
    return isEscaped ? -at : at;
  }

  /** A COPY value as a JSON string in ASCII: `\\/` and `\\uXXXX` are escaped as well, as Python's ujson does. */
  escapedAscii(source: Buffer, start: number, end: number): void {
    this.#reserve((end - start) * 6 + 2);
    const buffer = this.#buffer;
    buffer[this.#length++] = quote;
    for (let at = start; at < end; at += 1) {
      let byte = source[at] as number;
      if (byte >= 0x80) {
        at = this.#beyondAscii(source, at);
        continue;
      }
      if (byte === backslash) {
        at += 1;
        byte = source[at] as number;
        const short = shortEscapes[byte] as number;
        if (short !== 0) {
          buffer[this.#length++] = backslash;
          buffer[this.#length++] = short;
          continue;
        }
        if (byte === 0x76) byte = 0x0b;
      }
      if (byte === quote || byte === backslash || byte === slash) {
        buffer[this.#length++] = backslash;
        buffer[this.#length++] = byte;
      } else if (byte < 0x20) this.#control(byte);
      else buffer[this.#length++] = byte;
    }
    buffer[this.#length++] = quote;
  }

  /** What stands between the quotes of a JSON string that {@link escaped} wrote, as a COPY value. */
  unescaped(source: Buffer, start: number, end: number): void {
    this.#reserve(end - start);
    const buffer = this.#buffer;
    for (let at = start; at < end; at += 1) {
      const byte = source[at] as number;
      if (byte !== backslash) {
        buffer[this.#length++] = byte;
        continue;
      }
      at += 1;
      const letter = source[at] as number;
      if (letter === 0x75) {
        const code = parseInt(source.toString('latin1', at + 1, at + 5), 16);
        at += 4;
        if (code === 0x0b) {
          buffer[this.#length++] = backslash;
          buffer[this.#length++] = 0x76;
        } else buffer[this.#length++] = code;
      } else {
        if (letter !== quote) buffer[this.#length++] = backslash;
        buffer[this.#length++] = letter;
      }
    }
  }

  /** One character of UTF-8 as one or two code units; returns where its last byte stands. */
  #beyondAscii(source: Buffer, at: number): number {
    const first = source[at] as number;
    const more = first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
    let point = first & (0x3f >> more);
    for (let next = 1; next <= more; next += 1) point = (point << 6) | ((source[at + next] as number) & 0x3f);
    if (point < 0x10000) this.#codeUnit(point);
    else {
      this.#codeUnit(0xd800 + ((point - 0x10000) >> 10));
      this.#codeUnit(0xdc00 + ((point - 0x10000) & 0x3ff));
    }
    return at + more;
  }

  #codeUnit(unit: number): void {
    const buffer = this.#buffer;
    buffer[this.#length++] = backslash;
    buffer[this.#length++] = 0x75;
    for (let shift = 12; shift >= 0; shift -= 4) buffer[this.#length++] = hex[(unit >> shift) & 15] as number;
  }

  #control(byte: number): void {
    const buffer = this.#buffer;
    const short = controlEscapes[byte] as number;
    buffer[this.#length++] = backslash;
    if (short !== 0) {
      buffer[this.#length++] = short;
      return;
    }
    buffer[this.#length++] = 0x75;
    buffer[this.#length++] = 0x30;
    buffer[this.#length++] = 0x30;
    buffer[this.#length++] = hex[byte >> 4] as number;
    buffer[this.#length++] = hex[byte & 15] as number;
  }

  #copy(source: Buffer, start: number, end: number): void {
    if (end - start > 96) {
      source.copy(this.#buffer, this.#length, start, end);
      this.#length += end - start;
      return;
    }
    const buffer = this.#buffer;
    let length = this.#length;
    for (let at = start; at < end; at += 1) buffer[length++] = source[at] as number;
    this.#length = length;
  }

  #reserve(more: number): void {
    if (this.#length + more > this.#buffer.length) this.#grow(this.#length, more);
  }

  #grow(length: number, more = longestEscape): Buffer {
    const grown = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, length + more));
    this.#buffer.copy(grown, 0, 0, length);
    this.#buffer = grown;
    return grown;
  }
}
