import type { Key } from '../closure/key.js';
import { unescapeCopy } from './copy-text.js';
import { integerAt } from './integer-at.js';

const tab = 0x09;
const newline = 0x0a;
const backslash = 0x5c;
const letterN = 0x4e;

/** Stands on one row of COPY text after another: its values are read in place, as bytes or as text. */
export class RowCursor {
  readonly #starts: Int32Array;
  readonly #ends: Int32Array;
  /** 0 plain, 1 holds a backslash, 2 NULL. */
  readonly #marks: Uint8Array;
  #chunk: Buffer = Buffer.alloc(0);
  #next = 0;

  /** @param columns how many a row has */
  constructor(columns: number) {
    this.#starts = new Int32Array(columns);
    this.#ends = new Int32Array(columns);
    this.#marks = new Uint8Array(columns);
  }

  /** Whole rows; the cursor stands before the first. */
  enter(chunk: Buffer): void {
    this.#chunk = chunk;
    this.#next = 0;
  }

  /** The bytes in which the values stand. */
  get chunk(): Buffer {
    return this.#chunk;
  }

  /** Goes to the next row; false where there is none in this chunk. */
  next(): boolean {
    const chunk = this.#chunk;
    if (this.#next >= chunk.length) return false;
    let at = this.#next;
    for (let column = 0; column < this.#starts.length; column += 1) {
      const start = at;
      let mark = 0;
      let byte = chunk[at] as number;
      while (byte !== tab && byte !== newline) {
        if (byte === backslash) mark = 1;
        at += 1;
        byte = chunk[at] as number;
      }
      this.#starts[column] = start;
      this.#ends[column] = at;
      this.#marks[column] = mark === 1 && at === start + 2 && chunk[start + 1] === letterN ? 2 : mark;
      at += 1;
    }
    this.#next = at;
    return true;
  }

  start(column: number): number {
    return this.#starts[column] as number;
  }

  end(column: number): number {
    return this.#ends[column] as number;
  }

  isNull(column: number): boolean {
    return this.#marks[column] === 2;
  }

  /** From now on this value of this row is NULL. */
  setNull(column: number): void {
    this.#marks[column] = 2;
  }

  /** The server's text; null for NULL. */
  text(column: number): string | null {
    const mark = this.#marks[column];
    if (mark === 2) return null;
    const text = this.#chunk.toString('utf8', this.#starts[column], this.#ends[column]);
    return mark === 1 ? unescapeCopy(text) : text;
  }

  /** The value of an integer column that is not NULL. */
  integer(column: number): Key {
    return integerAt(this.#chunk, this.#starts[column] as number, this.#ends[column] as number);
  }
}
