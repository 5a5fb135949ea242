import type { Key } from '../closure/key.js';
import { integerAt } from './integer-at.js';
import type { Column, Entity } from '../schema/schema.js';
import type { KeyShape } from './archive-value.js';
import { isJsonNumber, keyShape, keyToPk } from './archive-value.js';
import { unescapeCopy } from './copy-text.js';
import { BufferPool } from './buffer-pool.js';
import { OutputBuffer } from './output-buffer.js';

/** A reference that is written as NULL where `is` says so, in rows whose column has the text of `when`. */
interface Cut<C> {
  readonly columns: readonly C[];
  readonly nulls: readonly C[];
  readonly when: { readonly column: C; readonly value: string } | undefined;
  is(key: Key): boolean;
}

/** A reference whose values are looked at: those that `isFine` does not know are told. */
interface Checked<C> {
  readonly columns: readonly C[];
  /** Whether the text of a single column, in UTF-8, needs no telling. */
  isFine(bytes: Buffer, start: number, end: number): boolean;
  found(value: Key, child: Key): void;
}

export interface ObjectEncoderOptions {
  readonly entity: Entity;
  /** In the order of the COPY's select list: every column that leaves, sorted by member. */
  readonly columns: readonly Column[];
  /** Which of the rows are owned: all, none, or those of some keys. */
  readonly isOwned: boolean | ((key: Key) => boolean);
  /** Many-to-many members; keys in order. */
  readonly lists: readonly { readonly member: string; of(key: Key): readonly Key[]; readonly inverse: KeyShape }[];
  readonly cut: readonly Cut<string>[];
  /** Told of each reference value that is written. */
  readonly references: readonly Checked<string>[];
  /** What stands before a line: `,\n` in a document, `\n` in JSON lines. */
  readonly lineStart: string;
  /** Where the buffers come from that are handed on: of {@link encoderBuffers}, or another of that size. */
  readonly buffers: BufferPool;
}

/** Turns rows of COPY text into lines of the archive. */
export interface ObjectEncoder {
  /** Encodes whole rows; gives what is worth handing on, or nothing yet. */
  encode(chunk: Buffer): Buffer | undefined;
  /** What has not been handed on, when all rows are encoded. */
  rest(): Buffer;
  /** Rows so far. */
  readonly count: number;
}

type Member =
  | { readonly is: 'column'; readonly at: number; readonly kind: Column['kind']; readonly prefix: Buffer }
  | { readonly is: 'list'; readonly list: ObjectEncoderOptions['lists'][number]; readonly prefix: Buffer };

/** Lines are handed on in pieces of about this size: few enough calls that none counts, few enough bytes that none waits long. */
const worthHandingOn = 256 * 1024;
const outputCapacity = worthHandingOn + 128 * 1024;

/** Buffers in which an encoder hands on what it has encoded. */
export function encoderBuffers(): BufferPool {
  return new BufferPool(outputCapacity);
}

const ownedEnd = Buffer.from('}');
const sharedEnd = Buffer.from(',"shared":true}');

const tab = 0x09;
const newline = 0x0a;
const backslash = 0x5c;
const quote = 0x22;
const letterN = 0x4e;

/**
 * Works on bytes: a value is copied from the server's row into the line, and only what JSON or COPY escapes is looked at.
 * Members were sorted once, so that a row needs no sorting.
 */
export function createObjectEncoder(options: ObjectEncoderOptions): ObjectEncoder {
  return new BytesEncoder(options);
}

class BytesEncoder implements ObjectEncoder {
  readonly #options: ObjectEncoderOptions;
  readonly #members: readonly Member[];
  readonly #key: readonly number[];
  readonly #shape: KeyShape;
  readonly #start: Buffer;
  readonly #tail: Buffer;
  readonly #cuts: readonly Cut<number>[];
  readonly #references: readonly Checked<number>[];
  /** Whether anybody asks for the keys of rows, if all is well. */
  readonly #asksKeys: boolean;
  readonly #starts: Int32Array;
  readonly #ends: Int32Array;
  /** 0 plain, 1 holds bytes that JSON or COPY escapes, 2 NULL. */
  readonly #marks: Uint8Array;
  readonly #integers: readonly boolean[];
  #out: OutputBuffer;
  #count = 0;

  constructor(options: ObjectEncoderOptions) {
    const { entity, columns } = options;
    this.#options = options;
    const position = (name: string): number => columns.findIndex((column) => column.name === name);
    this.#key = entity.key.map(position);
    this.#shape = keyShape(entity);
    this.#members = sortedMembers(options, new Set(this.#key));
    this.#start = Buffer.from(`${options.lineStart}{"fields":{`);
    this.#tail = Buffer.from(`},"model":${JSON.stringify(entity.model)},"pk":`);
    this.#out = new OutputBuffer(options.buffers.take());
    this.#cuts = options.cut.map((cut) => ({
      columns: cut.columns.map(position),
      nulls: cut.nulls.map(position),
      when: cut.when === undefined ? undefined : { column: position(cut.when.column), value: cut.when.value },
      is: (key) => cut.is(key),
    }));
    this.#references = options.references.map((reference) => ({
      columns: reference.columns.map(position),
      isFine: (bytes, start, end) => reference.isFine(bytes, start, end),
      found: (value, child) => {
        reference.found(value, child);
      },
    }));
    this.#asksKeys = this.#key.length !== 1 || options.lists.length > 0 || typeof options.isOwned === 'function';
    this.#integers = columns.map((column) => column.kind === 'integer');
    this.#starts = new Int32Array(columns.length);
    this.#ends = new Int32Array(columns.length);
    this.#marks = new Uint8Array(columns.length);
  }

  get count(): number {
    return this.#count;
  }

  encode(chunk: Buffer): Buffer | undefined {
    let at = 0;
    while (at < chunk.length) {
      at = this.#split(chunk, at);
      this.#row(chunk, this.#out);
      this.#count += 1;
    }
    if (this.#out.length < worthHandingOn) return undefined;
    const bytes = this.#out.bytes();
    this.#out = new OutputBuffer(this.#options.buffers.take());
    return bytes;
  }

  rest(): Buffer {
    return this.#out.bytes();
  }

  /** Finds the columns of one row; returns where the next row begins. */
  #split(chunk: Buffer, from: number): number {
    let at = from;
    for (let column = 0; column < this.#starts.length; column += 1) {
      this.#starts[column] = at;
      let mark = 0;
      let byte = chunk[at] as number;
      while (byte !== tab && byte !== newline) {
        if (byte < 0x20 || byte === backslash || byte === quote) mark = 1;
        at += 1;
        byte = chunk[at] as number;
      }
      this.#ends[column] = at;
      const start = this.#starts[column] as number;
      this.#marks[column] =
        mark === 1 && at === start + 2 && chunk[start] === backslash && chunk[start + 1] === letterN ? 2 : mark;
      at += 1;
    }
    return at;
  }

  #row(chunk: Buffer, out: OutputBuffer): void {
    let key = this.#asksKeys || this.#marks[this.#key[0] ?? 0] !== 0 ? this.#ownKey(chunk) : undefined;
    for (const cut of this.#cuts) {
      const value = cut.when === undefined || this.#has(chunk, cut.when) ? this.#keyAt(chunk, cut.columns) : null;
      if (value !== null && cut.is(value)) for (const column of cut.nulls) this.#marks[column] = 2;
    }
    for (const reference of this.#references) {
      if (this.#isFine(chunk, reference)) continue;
      const value = this.#keyAt(chunk, reference.columns);
      if (value !== null) reference.found(value, (key ??= this.#ownKey(chunk)));
    }
    out.append(this.#start);
    for (const member of this.#members) {
      out.append(member.prefix);
      if (member.is === 'column') this.#value(chunk, out, member.at, member.kind);
      else writeKeys(out, member.list.of((key ??= this.#ownKey(chunk))), member.list.inverse);
    }
    out.append(this.#tail);
    const [only] = this.#key;
    if (this.#key.length === 1 && only !== undefined) this.#value(chunk, out, only, this.#shape.kinds[0] ?? 'text');
    else out.utf8(JSON.stringify(keyToPk((key ??= this.#ownKey(chunk)), this.#shape)));
    const { isOwned } = this.#options;
    const isOwnedRow = typeof isOwned === 'boolean' ? isOwned : isOwned(key ?? this.#ownKey(chunk));
    out.append(isOwnedRow ? ownedEnd : sharedEnd);
  }

  #ownKey(chunk: Buffer): Key {
    const key = this.#keyAt(chunk, this.#key);
    if (key === null) throw new TypeError(`a row of ${this.#options.entity.model} without key`);
    return key;
  }

  /** Integers are as quickly told. */
  #isFine(chunk: Buffer, reference: Checked<number>): boolean {
    const [only] = reference.columns;
    if (only === undefined || reference.columns.length !== 1 || this.#integers[only] === true) return false;
    return this.#marks[only] === 0 && reference.isFine(chunk, this.#starts[only] as number, this.#ends[only] as number);
  }

  #value(chunk: Buffer, out: OutputBuffer, column: number, kind: Column['kind']): void {
    const start = this.#starts[column] as number;
    const end = this.#ends[column] as number;
    const mark = this.#marks[column];
    if (mark === 2) {
      out.ascii('null');
      return;
    }
    switch (kind) {
      case 'integer':
        if (end - start <= 15) out.copy(chunk, start, end);
        else this.#number(chunk, out, start, end);
        return;
      case 'number':
        this.#number(chunk, out, start, end);
        return;
      case 'boolean':
        out.ascii(chunk[start] === 0x74 ? 'true' : 'false');
        return;
      case 'text':
        if (mark === 0) out.quoted(chunk, start, end);
        else out.escaped(chunk, start, end);
    }
  }

  #number(chunk: Buffer, out: OutputBuffer, start: number, end: number): void {
    if (isJsonNumber(chunk.toString('latin1', start, end))) out.copy(chunk, start, end);
    else out.quoted(chunk, start, end);
  }

  #keyAt(chunk: Buffer, columns: readonly number[]): Key | null {
    const [only] = columns;
    if (columns.length === 1 && only !== undefined) {
      if (this.#marks[only] === 2) return null;
      if (!this.#integers[only]) return this.#text(chunk, only);
      return integerAt(chunk, this.#starts[only] as number, this.#ends[only] as number);
    }
    const texts: string[] = [];
    for (const column of columns) {
      if (this.#marks[column] === 2) return null;
      texts.push(this.#text(chunk, column));
    }
    return texts.join('\0');
  }

  #has(chunk: Buffer, { column, value }: { readonly column: number; readonly value: string }): boolean {
    return this.#marks[column] !== 2 && this.#text(chunk, column) === value;
  }

  #text(chunk: Buffer, column: number): string {
    const text = chunk.toString('utf8', this.#starts[column], this.#ends[column]);
    return this.#marks[column] === 1 ? unescapeCopy(text) : text;
  }
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

function sortedMembers(options: ObjectEncoderOptions, key: ReadonlySet<number>): readonly Member[] {
  const named: { readonly name: string; readonly make: (prefix: Buffer) => Member }[] = [];
  options.columns.forEach(({ member, kind }, at) => {
    if (!key.has(at)) named.push({ name: member, make: (prefix) => ({ is: 'column', at, kind, prefix }) });
  });
  for (const list of options.lists) named.push({ name: list.member, make: (prefix) => ({ is: 'list', list, prefix }) });
  named.sort((a, b) => (a.name < b.name ? -1 : 1));
  return named.map(({ name, make }, at) => make(Buffer.from(`${at === 0 ? '' : ','}${JSON.stringify(name)}:`)));
}
