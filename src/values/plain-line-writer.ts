import type { Key } from '../closure/key.js';
import type { Column } from '../schema/schema.js';
import type { KeyShape } from './archive-value.js';
import { isJsonNumber, keyToPk } from './archive-value.js';
import { unescapeCopy } from './copy-text.js';
import { integerAt } from './integer-at.js';
import { isNullAt } from './is-null-at.js';
import type { Checked, Cut, LineOptions, LineShape, LineWriter } from './line-writer.js';
import type { OutputBuffer } from './output-buffer.js';

const tab = 0x09;
const newline = 0x0a;
const backslash = 0x5c;
const letterT = 0x74;

/**
 * In JavaScript. A value is copied from the server's row into the line while its end is looked for, and only what JSON or COPY
 * escapes is looked at, so that each row is gone through once.
 */
export class PlainLineWriter implements LineWriter {
  readonly #shape: LineShape;
  readonly #options: LineOptions;
  readonly #key: readonly number[];
  readonly #cuts: readonly Cut<number>[];
  readonly #references: readonly Checked<number>[];
  readonly #integers: readonly boolean[];
  /** Of the row that is looked at, where the text of each column begins and ends in the chunk. */
  readonly #starts: Int32Array;
  readonly #ends: Int32Array;
  /** Whether the text of a column has escapes; looked at where values are written. */
  readonly #escaped: Uint8Array;
  /** Columns that are written as NULL in the row that is looked at. */
  readonly #isCut: Uint8Array;

  constructor(shape: LineShape, options: LineOptions) {
    const { columns, keyLength } = shape;
    const position = (name: string): number => columns.findIndex((column) => column.name === name);
    this.#shape = shape;
    this.#options = options;
    this.#key = Array.from({ length: keyLength }, (_, at) => at);
    this.#cuts = options.cut.map((cut) => ({
      columns: cut.columns.map(position),
      nulls: cut.nulls.map(position),
      when: cut.when === undefined ? undefined : { column: position(cut.when.column), value: cut.when.value },
      is: (value) => cut.is(value),
    }));
    this.#references = options.references.map((reference) => ({
      columns: reference.columns.map(position),
      isFine: (bytes, start, end) => reference.isFine(bytes, start, end),
      found: (value, child) => {
        reference.found(value, child);
      },
    }));
    this.#integers = columns.map((column) => column.kind === 'integer');
    this.#starts = new Int32Array(columns.length);
    this.#ends = new Int32Array(columns.length);
    this.#escaped = new Uint8Array(columns.length);
    this.#isCut = new Uint8Array(columns.length);
  }

  write(chunk: Buffer, out: OutputBuffer): number {
    const { length } = chunk;
    let count = 0;
    for (let at = 0; at < length; count += 1) at = this.#row(chunk, at, out);
    return count;
  }

  /** Writes one row; returns where the next begins. */
  #row(chunk: Buffer, from: number, out: OutputBuffer): number {
    const { keyLength, key: keyShape, members, start, tail, ownedEnd, sharedEnd } = this.#shape;
    let at = from;
    if (this.#cuts.length > 0) this.#cut(chunk, from);
    for (let column = 0; column < keyLength; column += 1) at = this.#find(chunk, at, column);
    const { isOwned, lists } = this.#options;
    const isAsked = lists.length > 0 || typeof isOwned === 'function' || keyLength !== 1;
    const key = isAsked || chunk[from] === backslash ? this.#ownKey(chunk) : undefined;
    out.append(start);
    for (const member of members) {
      out.append(member.prefix);
      if (member.is === 'column') at = this.#member(chunk, at, out, member.at, member.kind);
      else writeKeys(out, member.list.of(key ?? this.#ownKey(chunk)), member.list.inverse);
    }
    for (const reference of this.#references) this.#check(chunk, reference, key);
    out.append(tail);
    if (keyLength === 1) this.#value(chunk, from, out, keyShape.kinds[0] ?? 'text');
    else out.utf8(JSON.stringify(keyToPk(key ?? this.#ownKey(chunk), keyShape)));
    const isOwnedRow = typeof isOwned === 'boolean' ? isOwned : isOwned(key ?? this.#ownKey(chunk));
    out.append(isOwnedRow ? ownedEnd : sharedEnd);
    return at;
  }

  /** Writes the value of a column, and says where the next begins. */
  #member(chunk: Buffer, start: number, out: OutputBuffer, column: number, kind: Column['kind']): number {
    if (this.#isCut[column] === 1) {
      out.ascii('null');
      return this.#find(chunk, start, column);
    }
    const end = this.#value(chunk, start, out, kind);
    this.#starts[column] = start;
    this.#ends[column] = Math.abs(end);
    this.#escaped[column] = end < 0 ? 1 : 0;
    return Math.abs(end) + 1;
  }

  /** Writes what begins at a byte of a row; returns where it ends, negative where it has escapes. */
  #value(chunk: Buffer, start: number, out: OutputBuffer, kind: Column['kind']): number {
    if (isNullAt(chunk, start)) {
      out.ascii('null');
      return start + 2;
    }
    switch (kind) {
      case 'integer':
      case 'number': {
        const from = out.length;
        const end = out.column(chunk, start);
        if (kind === 'number' || end - start > 15) rewriteNumber(chunk, start, end, out, from);
        return end;
      }
      case 'boolean':
        out.ascii(chunk[start] === letterT ? 'true' : 'false');
        return start + 1;
      case 'text':
        return out.textColumn(chunk, start);
    }
  }

  /** Notes where a column begins and ends; returns where the next begins. */
  #find(chunk: Buffer, start: number, column: number): number {
    let at = start;
    let escaped = 0;
    for (let byte = chunk[at]; byte !== tab && byte !== newline; byte = chunk[++at]) if (byte === backslash) escaped = 1;
    this.#starts[column] = start;
    this.#ends[column] = at;
    this.#escaped[column] = escaped;
    return at + 1;
  }

  /** Finds which columns of a row are to be NULL, for which it is gone through before. */
  #cut(chunk: Buffer, from: number): void {
    let at = from;
    this.#isCut.fill(0);
    for (let column = 0; column < this.#shape.columns.length; column += 1) at = this.#find(chunk, at, column);
    for (const { columns, nulls, when, is } of this.#cuts) {
      if (when !== undefined && this.#text(chunk, when.column) !== when.value) continue;
      const value = this.#keyAt(chunk, columns);
      if (value !== null && is(value)) for (const column of nulls) this.#isCut[column] = 1;
    }
  }

  #check(chunk: Buffer, reference: Checked<number>, key: Key | undefined): void {
    const { columns } = reference;
    const only = columns[0] as number;
    const isSimple =
      columns.length === 1 && this.#integers[only] !== true && this.#isCut[only] === 0 && this.#escaped[only] === 0;
    // Integers are as quickly told.
    if (isSimple && reference.isFine(chunk, this.#starts[only] as number, this.#ends[only] as number)) return;
    const value = this.#keyAt(chunk, columns);
    if (value !== null) reference.found(value, key ?? this.#ownKey(chunk));
  }

  #ownKey(chunk: Buffer): Key {
    const key = this.#keyAt(chunk, this.#key);
    if (key === null) throw new TypeError(`a row of ${this.#options.entity.model} without key`);
    return key;
  }

  #keyAt(chunk: Buffer, columns: readonly number[]): Key | null {
    const only = columns[0] as number;
    if (columns.length === 1 && this.#integers[only] === true) {
      if (this.#isNull(chunk, only)) return null;
      return integerAt(chunk, this.#starts[only] as number, this.#ends[only] as number);
    }
    const texts: string[] = [];
    for (const column of columns) {
      const text = this.#text(chunk, column);
      if (text === null) return null;
      texts.push(text);
    }
    return texts.join('\0');
  }

  #text(chunk: Buffer, column: number): string | null {
    if (this.#isNull(chunk, column)) return null;
    return unescapeCopy(chunk.toString('utf8', this.#starts[column], this.#ends[column]));
  }

  #isNull(chunk: Buffer, column: number): boolean {
    return this.#isCut[column] === 1 || isNullAt(chunk, this.#starts[column] as number);
  }
}

/** A number that JSON cannot give back as it is becomes a text. */
function rewriteNumber(chunk: Buffer, start: number, end: number, out: OutputBuffer, from: number): void {
  if (isJsonNumber(chunk.toString('latin1', start, end))) return;
  out.backTo(from);
  out.textColumn(chunk, start);
}

function writeKeys(out: OutputBuffer, keys: readonly Key[], shape: KeyShape): void {
  out.ascii('[');
  for (let at = 0; at < keys.length; at += 1) {
    if (at > 0) out.ascii(',');
    const key = keys[at] as Key;
    if (typeof key === 'number') out.integer(key);
    else out.utf8(JSON.stringify(keyToPk(key, shape)));
  }
  out.ascii(']');
}
