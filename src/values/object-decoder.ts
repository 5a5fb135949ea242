import { EncodedObject, lineNumbers } from './encoded-object.js';
import { isJsonNumber } from './archive-value.js';
import type { KernelLineReader } from './kernel-line-reader.js';
import type { LayoutMember, ObjectLayout } from './object-layout.js';

const quote = 0x22;
const backslash = 0x5c;
const minus = 0x2d;
const point = 0x2e;
const zero = 0x30;
const comma = 0x2c;

/** Integers of one page of places. */
const pageSize = 65_536;

const texts = { null: Buffer.from('null'), true: Buffer.from('true'), false: Buffer.from('false') };
const ends = [Buffer.from('}'), Buffer.from(',"shared":true}')];

/** What may stand behind a backslash in a text that an encoder wrote; the long form is looked at separately. */
const shortEscapes = new Set(Buffer.from('bfnrt"\\'));
const longEscape = /^\\u00(?:0[1-7be-f]|1[0-9a-f])$/u;

/**
 * Finds the values of an object in the bytes of its line, where that is written exactly as an encoder writes it, and holds what the
 * layout says: each member once, in order and of its kind, texts that the database can hold, lists of keys in ascending order. Any
 * other line is for a JSON parser, and for checks that tell what is wrong with it.
 */
export class ObjectDecoder {
  readonly #layout: ObjectLayout;
  readonly #ahead: KernelLineReader | undefined;
  #slots = new Int32Array(0);
  #next = 0;
  #escaped = false;
  #links = 0;

  /** @param ahead asked first, where it pays to decode lines before they are asked for */
  constructor(layout: ObjectLayout, ahead?: KernelLineReader) {
    this.#layout = layout;
    this.#ahead = ahead;
  }

  /** Tells of each list that is not empty. */
  decode(bytes: Buffer, start: number, end: number, onLinks: (member: string, count: number) => void): EncodedObject | undefined {
    const known = this.#ahead?.find(bytes, start, end, onLinks) ?? -1;
    if (this.#ahead !== undefined && known >= 0) return new EncodedObject(this.#layout, bytes, this.#ahead.slots, known);
    return this.#decode(bytes, start, end, onLinks);
  }

  #decode(
    bytes: Buffer,
    start: number,
    end: number,
    onLinks: (member: string, count: number) => void,
  ): EncodedObject | undefined {
    const { members, tail } = this.#layout;
    const room = lineNumbers + (members.length + 1) * 2;
    if (this.#next + room > this.#slots.length) {
      this.#slots = new Int32Array(Math.max(pageSize, room));
      this.#next = 0;
    }
    const slots = this.#slots;
    const values = this.#next + lineNumbers;
    let linked: (readonly [string, number])[] | undefined;
    let at = start;
    for (let place = 0; place < members.length; place += 1) {
      const member = members[place] as LayoutMember;
      at = behind(bytes, at, member.prefix);
      if (at < 0) return undefined;
      this.#escaped = false;
      const stop =
        member.holds.is === 'value' ? this.#value(bytes, at, end, member.holds.kind) : this.#keys(bytes, at, end, member);
      if (stop < 0) return undefined;
      if (member.holds.is === 'keys' && this.#links > 0) (linked ??= []).push([member.name, this.#links]);
      slots[values + place * 2] = at;
      slots[values + place * 2 + 1] = this.#place(stop);
      at = stop;
    }
    at = behind(bytes, at, tail);
    if (at < 0) return undefined;
    this.#escaped = false;
    const stop = this.#layout.pk === 'integer' ? this.#integer(bytes, at, end) : this.#string(bytes, at, end);
    if (stop < 0 || !ends.some((one) => one.length === end - stop && behind(bytes, stop, one) === end)) return undefined;
    slots[values + members.length * 2] = at;
    slots[values + members.length * 2 + 1] = this.#place(stop);
    const first = this.#next;
    slots[first] = start;
    slots[first + 1] = end;
    this.#next += room;
    if (linked !== undefined) for (const [member, count] of linked) onLinks(member, count);
    return new EncodedObject(this.#layout, bytes, slots, first);
  }

  #place(end: number): number {
    return this.#escaped ? -end : end;
  }

  #value(bytes: Buffer, at: number, end: number, kind: 'integer' | 'number' | 'boolean' | 'text'): number {
    if (bytes[at] === texts.null[0]) return behind(bytes, at, texts.null);
    switch (kind) {
      case 'integer':
        return this.#integer(bytes, at, end);
      case 'number':
        return bytes[at] === quote ? this.#string(bytes, at, end) : this.#number(bytes, at, end);
      case 'boolean':
        return behind(bytes, at, bytes[at] === texts.true[0] ? texts.true : texts.false);
      case 'text':
        return this.#string(bytes, at, end);
    }
  }

  /** As PostgreSQL writes one, in quotes where JSON's numbers are not exact. */
  #integer(bytes: Buffer, at: number, end: number): number {
    const digits = bytes[at] === minus || bytes[at] === quote ? at + 1 : at;
    const first = bytes[at] === quote && bytes[digits] === minus ? digits + 1 : digits;
    let stop = first;
    while (stop < end && isDigit(bytes[stop] as number)) stop += 1;
    const count = stop - first;
    if (count === 0 || (bytes[first] === zero && (count > 1 || first > at))) return -1;
    if (bytes[at] === quote) return count > 15 && bytes[stop] === quote ? stop + 1 : -1;
    return count <= 15 ? stop : -1;
  }

  #number(bytes: Buffer, at: number, end: number): number {
    let stop = at;
    while (stop < end && isOfNumber(bytes[stop] as number)) stop += 1;
    return stop > at && isPlain(bytes, at, stop) ? stop : isJsonNumber(bytes.toString('latin1', at, stop)) ? stop : -1;
  }

  #string(bytes: Buffer, at: number, end: number): number {
    if (bytes[at] !== quote) return -1;
    for (let place = at + 1; place < end; place += 1) {
      const byte = bytes[place] as number;
      if (byte === quote) return place + 1;
      if (byte < 0x20) return -1;
      if (byte !== backslash) continue;
      this.#escaped = true;
      if (shortEscapes.has(bytes[place + 1] as number)) place += 1;
      else if (longEscape.test(bytes.toString('latin1', place, place + 6))) place += 5;
      else return -1;
    }
    return -1;
  }

  /** Ascending keys: none is there twice. */
  #keys(bytes: Buffer, at: number, end: number, { holds }: LayoutMember): number {
    this.#links = 0;
    if (bytes[at] !== 0x5b) return -1;
    if (bytes[at + 1] === 0x5d) return at + 2;
    let before = -Infinity;
    let last = at;
    for (let place = at + 1; place < end;) {
      const stop = holds.kind === 'integer' ? this.#integer(bytes, place, end) : this.#string(bytes, place, end);
      if (stop < 0 || this.#escaped) return -1;
      if (holds.kind === 'integer') {
        const key = bytes[place] === quote ? NaN : Number(bytes.toString('latin1', place, stop));
        if (!(key > before)) return -1;
        before = key;
      } else if (this.#links > 0 && bytes.compare(bytes, last, place - 1, place, stop) <= 0) return -1;
      this.#links += 1;
      last = place;
      if (bytes[stop] === 0x5d) return stop + 1;
      if (bytes[stop] !== comma) return -1;
      place = stop + 1;
    }
    return -1;
  }
}

/** The place behind some bytes, if they stand there; else -1. */
function behind(bytes: Buffer, at: number, expected: Buffer): number {
  for (let place = 0; place < expected.length; place += 1) if (bytes[at + place] !== expected[place]) return -1;
  return at + expected.length;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

function isOfNumber(byte: number): boolean {
  return isDigit(byte) || byte === minus || byte === point || byte === 0x65 || byte === 0x2b;
}

/** A few digits, perhaps with some behind a point, of which the last is no zero: JavaScript writes such a number just so. */
function isPlain(bytes: Buffer, start: number, end: number): boolean {
  const first = bytes[start] === minus ? start + 1 : start;
  let at = first;
  while (at < end && isDigit(bytes[at] as number)) at += 1;
  if (at === first) return false;
  if (end - first > 15 || (bytes[first] === zero && (at > first + 1 || at === end))) return at === end && end - start === 1;
  if (at === end) return true;
  if (bytes[at] !== point || bytes[first] === zero) return false;
  const fraction = at + 1;
  at = fraction;
  while (at < end && isDigit(bytes[at] as number)) at += 1;
  return at === end && at > fraction && bytes[end - 1] !== zero;
}
