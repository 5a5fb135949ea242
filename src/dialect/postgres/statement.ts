import type { PackedKeyRun } from '../../closure/packed-key-run.js';
import { UsageError } from '../../errors/portolan-error.js';
import type { Statement } from '../session.js';

/** No SQL of ours, and none that PostgreSQL takes, holds it. */
const mark = '\0';

/** Bytes in one piece of a statement. */
const pieceBytes = 64 * 1024;

/** No element of an array takes more: the longest text, escaped. */
const longestElement = 32 * 1024;

const comma = 0x2c;
const quote = 0x22;
const apostrophe = 0x27;
const backslash = 0x5c;

/** One column of some keys, as the elements of an array's text within a literal of SQL. */
export interface KeyElements {
  readonly keys: PackedKeyRun;
  readonly column: number;
}

/** Says where elements stand in a statement: to be put into its text. */
export type PlaceElements = (elements: KeyElements) => string;

/**
 * A statement in which keys stand as they are packed, and become text only when it is sent, piece by piece: there may be tens of megabytes
 * of them.
 */
class KeyStatement implements Statement {
  readonly shown: string;
  readonly length: number;
  readonly #parts: readonly (string | KeyElements)[];

  constructor(text: string, elements: readonly KeyElements[]) {
    this.#parts = text.split(mark).map((part, at) => (at % 2 === 0 ? part : elementsAt(elements, part)));
    this.shown = this.#parts.map((part) => (typeof part === 'string' ? part : '…')).join('');
    const scratch = Buffer.allocUnsafe(longestElement);
    this.length = this.#parts.reduce(
      (sum, part) => sum + (typeof part === 'string' ? Buffer.byteLength(part) : elementsLength(part, scratch)),
      0,
    );
  }

  *pieces(): Generator<Buffer> {
    const piece = Buffer.allocUnsafeSlow(Math.min(pieceBytes, this.length + longestElement));
    let end = 0;
    for (const part of this.#parts) {
      if (typeof part === 'string') {
        for (const bytes of inPieces(Buffer.from(part), piece.length)) {
          if (end + bytes.length > piece.length) {
            yield piece.subarray(0, end);
            end = 0;
          }
          end += bytes.copy(piece, end);
        }
        continue;
      }
      for (let index = 0; index < part.keys.length; index += 1) {
        if (end + longestElement > piece.length) {
          yield piece.subarray(0, end);
          end = 0;
        }
        end = writeElement(part, index, piece, end);
      }
    }
    if (end > 0) yield piece.subarray(0, end);
  }
}

/** The statement that `write` gives; its keys are sent as they are packed, where it places any. */
export function statementOf(write: (place: PlaceElements) => string): string | Statement {
  const elements: KeyElements[] = [];
  const text = write((some) => `${mark}${String(elements.push(some) - 1)}${mark}`);
  return elements.length === 0 ? text : new KeyStatement(text, elements);
}

function elementsAt(elements: readonly KeyElements[], number: string): KeyElements {
  const found = elements[Number(number)];
  if (found === undefined)
    throw new UsageError('INVALID_VALUE', 'a statement holds the character NUL, which PostgreSQL does not take');
  return found;
}

function elementsLength({ keys, column }: KeyElements, scratch: Buffer): number {
  const width = keys.columns[column]?.width;
  if (width !== undefined) return Math.max(0, keys.length * (width + 1) - 1);
  let length = 0;
  for (let index = 0; index < keys.length; index += 1) length += writeElement({ keys, column }, index, scratch, 0);
  return length;
}

/** With what stands before it; where it ends. */
function writeElement({ keys, column }: KeyElements, index: number, into: Buffer, to: number): number {
  let at = to;
  if (index > 0) into[at++] = comma;
  if (keys.columns[column]?.plain === true) return keys.write(index, column, into, at);
  into[at++] = quote;
  const start = at;
  const end = keys.write(index, column, into, start);
  let longer = 0;
  for (let place = start; place < end; place += 1) if (isSpecial(into[place])) longer += 1;
  // From its end, as it becomes longer where it stands.
  let one = end - 1;
  let last = one + longer;
  while (last > one) {
    const byte = into[one--] as number;
    into[last--] = byte;
    if (isSpecial(byte)) into[last--] = byte === apostrophe ? apostrophe : backslash;
  }
  at = end + longer;
  into[at++] = quote;
  return at;
}

function isSpecial(byte: number | undefined): boolean {
  return byte === quote || byte === backslash || byte === apostrophe;
}

function* inPieces(bytes: Buffer, length: number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}
