import type { Key } from '../../closure/key.js';
import { unescapeCopy } from '../../values/copy-text.js';
import { integerAt } from '../../values/integer-at.js';

/** How the columns of one group stand in a COPY row, and whether they make an integer key. */
export interface GroupShape {
  readonly columns: number;
  readonly integer: boolean;
}

const tab = 0x09;
const newline = 0x0a;
const backslash = 0x5c;
const letterN = 0x4e;

/** Rows as column-major keys. */
export interface ParsedKeys {
  readonly count: number;
  readonly groups: readonly (Key | null)[][];
}

/** Reads COPY text rows into keys, integers straight from their digits. Chunks may be cut anywhere. */
export class KeyParser {
  readonly #shapes: readonly GroupShape[];
  /** Where no column is selected, a row is an empty line. */
  readonly #empty: boolean;
  #rest: Buffer | undefined;

  constructor(shapes: readonly GroupShape[]) {
    this.#shapes = shapes;
    this.#empty = shapes.every((shape) => shape.columns === 0);
  }

  /** The rows that are complete with this chunk. A group without columns holds null. */
  parse(chunk: Buffer): ParsedKeys {
    const buffer = this.#rest === undefined ? chunk : Buffer.concat([this.#rest, chunk]);
    const end = buffer.lastIndexOf(newline) + 1;
    this.#rest = end === buffer.length ? undefined : buffer.subarray(end);
    const groups: (Key | null)[][] = this.#shapes.map(() => []);
    let count = 0;
    for (let at = 0; at < end; count += 1) {
      for (let group = 0; group < this.#shapes.length; group += 1) {
        const shape = this.#shapes[group] as GroupShape;
        const target = groups[group] as (Key | null)[];
        if (shape.integer) {
          const stop = fieldEnd(buffer, at);
          target.push(buffer[at] === backslash ? null : integerAt(buffer, at, stop));
          at = stop + 1;
        } else if (shape.columns === 0) {
          target.push(null);
        } else {
          let key: string | null = '';
          for (let column = 0; column < shape.columns; column += 1) {
            const stop = fieldEnd(buffer, at);
            const text = textAt(buffer, at, stop);
            at = stop + 1;
            if (key !== null) key = text === null ? null : column === 0 ? text : `${key}\0${text}`;
          }
          target.push(key);
        }
      }
      if (this.#empty) at += 1;
    }
    return { count, groups };
  }
}

function textAt(buffer: Buffer, from: number, end: number): string | null {
  if (end === from + 2 && buffer[from] === backslash && buffer[from + 1] === letterN) return null;
  return unescapeCopy(buffer.toString('utf8', from, end));
}

function fieldEnd(buffer: Buffer, from: number): number {
  let at = from;
  for (let byte = buffer[at]; byte !== tab && byte !== newline; byte = buffer[at]) at += 1;
  return at;
}
