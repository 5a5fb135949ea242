import type { ArchiveObject, ArchiveValue } from '../archive/archive.js';
import type { Key } from '../closure/key.js';
import { toIntegerKey } from '../closure/key.js';
import { integerAt } from './integer-at.js';
import { isNullAt } from './is-null-at.js';
import type { ObjectLayout } from './object-layout.js';
import type { OutputBuffer } from './output-buffer.js';

const quote = 0x22;
const letterN = 0x6e;
const letterT = 0x74;
const letterF = 0x66;
const comma = 0x2c;
const bracket = 0x5d;

/** From here on a call into native code costs less than the bytes. */
const longValue = 96;

/**
 * In the numbers of an object: where its line begins and ends, then for each member, and at last for the key, the first byte of the value and the
 * one behind its last; that end is negative where a text has escapes.
 */
export const lineNumbers = 2;

/**
 * An object that is still in the bytes of its line: what is asked of it most, a value as the server's text, is copied out of them,
 * and only what else is asked for is parsed. The bytes must not change as long as the object lives.
 */
export class EncodedObject implements ArchiveObject {
  readonly layout: ObjectLayout;
  readonly #bytes: Buffer;
  readonly #numbers: Int32Array;
  readonly #first: number;
  #parsed: ArchiveObject | undefined;
  #key: Key | undefined;

  /** @param first where in the numbers its own stand: see {@link lineNumbers} */
  constructor(layout: ObjectLayout, bytes: Buffer, numbers: Int32Array, first: number) {
    this.layout = layout;
    this.#bytes = bytes;
    this.#numbers = numbers;
    this.#first = first;
  }

  get model(): string {
    return this.layout.model;
  }

  get pk(): ArchiveObject['pk'] {
    return this.#whole().pk;
  }

  get fields(): ArchiveObject['fields'] {
    return this.#whole().fields;
  }

  /** Read once: it is what is asked for most. */
  get key(): Key {
    return (this.#key ??= this.#readKey());
  }

  /** The bytes of its line, as an encoder writes them. */
  get line(): Buffer {
    return this.#bytes.subarray(this.#start, this.#end);
  }

  /** Behind its key the line ends, unless it goes on to say that it is shared. */
  get isShared(): boolean {
    return this.#end - Math.abs(this.#numbers[this.#at(this.layout.members.length) + 1] as number) > 1;
  }

  /** A member's value as the server's text. */
  textAt(place: number): string | null {
    return this.#text(this.#at(place));
  }

  /** A member's value as an integer key; undefined for NULL. */
  integerAt(place: number): Key | undefined {
    const bytes = this.#bytes;
    const at = this.#at(place);
    const start = this.#numbers[at] as number;
    const byte = bytes[start];
    if (byte === letterN) return undefined;
    if (byte === quote) return toIntegerKey(this.textAt(place) ?? '');
    return integerAt(bytes, start, this.#numbers[at + 1] as number);
  }

  /** The member's list of keys. */
  keysAt(place: number): readonly Key[] {
    const at = this.#at(place);
    const start = this.#numbers[at] as number;
    const end = Math.abs(this.#numbers[at + 1] as number);
    if (end - start === 2) return none;
    if (this.layout.members[place]?.holds.kind === 'integer') return integersIn(this.#bytes, start + 1, end);
    return (JSON.parse(this.#bytes.toString('utf8', start, end)) as readonly ArchiveValue[]).map(String);
  }

  /** Writes a member's value, or the key, as COPY text. */
  copyInto(out: OutputBuffer, place: number | 'pk'): void {
    const bytes = this.#bytes;
    const at = this.#at(place === 'pk' ? this.layout.members.length : place);
    const start = this.#numbers[at] as number;
    const end = this.#numbers[at + 1] as number;
    switch (bytes[start]) {
      case quote:
        if (end > 0) out.copy(bytes, start + 1, end - 1);
        else out.unescaped(bytes, start + 1, -end - 1);
        return;
      case letterN:
        out.ascii('\\N');
        return;
      case letterT:
      case letterF:
        out.copy(bytes, start, start + 1);
        return;
      default:
        out.copy(bytes, start, end);
    }
  }

  /**
   * Where a column of COPY text would end that holds the value of a member, or of the key: what stands there has to be looked at. -1 where it holds
   * another; undefined where that is not seen from the bytes. The row ends with its line feed.
   */
  endIn(row: Buffer, start: number, place: number | 'pk' | undefined): number | undefined {
    if (place === undefined) return isNullAt(row, start) ? start + 2 : -1;
    const bytes = this.#bytes;
    const at = this.#at(place === 'pk' ? this.layout.members.length : place);
    const from = this.#numbers[at] as number;
    const to = this.#numbers[at + 1] as number;
    switch (bytes[from]) {
      case quote:
        return to < 0 ? undefined : sameUntil(bytes, from + 1, to - 1, row, start);
      case letterN:
        return isNullAt(row, start) ? start + 2 : -1;
      case letterT:
      case letterF:
        return row[start] === bytes[from] ? start + 1 : -1;
      default:
        return sameUntil(bytes, from, to, row, start);
    }
  }

  #readKey(): Key {
    const at = this.#at(this.layout.members.length);
    const start = this.#numbers[at] as number;
    if (this.layout.pk === 'text' || this.#bytes[start] === quote) {
      const text = this.#text(at) ?? '';
      return this.layout.pk === 'text' ? text : toIntegerKey(text);
    }
    return integerAt(this.#bytes, start, this.#numbers[at + 1] as number);
  }

  #text(at: number): string | null {
    const bytes = this.#bytes;
    const start = this.#numbers[at] as number;
    const end = this.#numbers[at + 1] as number;
    switch (bytes[start]) {
      case quote:
        if (end > 0) return bytes.toString('utf8', start + 1, end - 1);
        return JSON.parse(bytes.toString('utf8', start, -end)) as string;
      case letterN:
        return null;
      case 0x74:
        return 't';
      case 0x66:
        return 'f';
      default:
        return bytes.toString('latin1', start, end);
    }
  }

  #whole(): ArchiveObject {
    return (this.#parsed ??= JSON.parse(this.#bytes.toString('utf8', this.#start, this.#end)) as ArchiveObject);
  }

  get #start(): number {
    return this.#numbers[this.#first] as number;
  }

  get #end(): number {
    return this.#numbers[this.#first + 1] as number;
  }

  /** Where the first byte of a value is told. */
  #at(place: number): number {
    return this.#first + lineNumbers + place * 2;
  }
}

/** Each of them ends with a comma, or the bracket; those that JSON's numbers do not hold stand in quotes. */
function integersIn(bytes: Buffer, from: number, end: number): readonly Key[] {
  const keys: Key[] = [];
  for (let at = from, start = from; at < end; at += 1) {
    const byte = bytes[at];
    if (byte !== comma && byte !== bracket) continue;
    keys.push(bytes[start] === quote ? integerAt(bytes, start + 1, at - 1) : integerAt(bytes, start, at));
    start = at + 1;
  }
  return keys;
}

/** Where in a row some bytes end that stand there; else -1. */
function sameUntil(bytes: Buffer, from: number, to: number, row: Buffer, start: number): number {
  const end = start + to - from;
  if (to - from > longValue) return end < row.length && bytes.compare(row, start, end, from, to) === 0 ? end : -1;
  for (let at = from, other = start; at < to; at += 1, other += 1) if (bytes[at] !== row[other]) return -1;
  return end;
}

const none: readonly Key[] = Object.freeze([]);
