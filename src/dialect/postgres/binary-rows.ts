import type { Column } from '../../schema/schema.js';
import type { LineKernel } from '../../values/line-kernel.js';
import { aligned, lineKernel } from '../../values/line-kernel.js';

const typesPlace = 16;
const inputRoom = 128 * 1024;
const outputRoom = 512 * 1024;
/** Sixteen bytes are read and written at a time. */
const slack = 64;
const newline = 0x0a;
const nothing = Buffer.alloc(0);

/** How a type is sent, by the numbers of `assembly/binary-rows.ts`; types that have a modifier, without it. */
const sentTypes: ReadonlyMap<string, number> = new Map([
  ['smallint', 0],
  ['integer', 1],
  ['bigint', 2],
  ['boolean', 3],
  ['text', 4],
  ['character varying', 4],
  ['character', 4],
  ['json', 4],
  ['timestamp with time zone', 5],
  ['timestamp without time zone', 6],
  ['date', 7],
  ['uuid', 8],
  ['jsonb', 9],
]);

/** What stands before all rows, and what behind them. */
export const binaryHeader = Buffer.from('PGCOPY\n\u00ff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
export const binaryTrailer = Buffer.from([0xff, 0xff]);

/**
 * Makes rows of COPY text into COPY's binary form, which the server takes in without parsing each value. What is
 * not written as the server itself would write it, it leaves to the server.
 */
export class BinaryRows {
  readonly #kernel: LineKernel;
  readonly #types: Buffer;

  private constructor(kernel: LineKernel, types: Buffer) {
    this.#kernel = kernel;
    this.#types = types;
  }

  /** Undefined where a column has another type than those that are known here, a domain for one. */
  static of(columns: readonly Pick<Column, 'type'>[]): BinaryRows | undefined {
    const types = columns.map(({ type }) => sentTypes.get(type.replace(/\(\d+\)/u, '')));
    const known = types.flatMap((type) => type ?? []);
    const kernel = known.length < types.length || known.length === 0 ? undefined : lineKernel();
    return kernel === undefined ? undefined : new BinaryRows(kernel, Buffer.from(known));
  }

  /** The binary form of rows, piece by piece, and at last those that have to be sent as text: all from the first that has a strange value on. */
  *convert(rows: Buffer): Generator<Buffer, Buffer> {
    for (let at = 0; at < rows.length;) {
      const end = rows.length - at <= inputRoom ? rows.length : rows.lastIndexOf(newline, at + inputRoom - 1) + 1;
      if (end <= at) return rows.subarray(at);
      const { bytes, taken, isStrange } = this.#convertPart(rows.subarray(at, end));
      at += taken;
      if (bytes.length > 0) yield bytes;
      if (isStrange || taken === 0) return rows.subarray(at);
    }
    return rows.subarray(rows.length);
  }

  #convertPart(part: Buffer): { readonly bytes: Buffer; readonly taken: number; readonly isStrange: boolean } {
    const kernel = this.#kernel;
    const input = aligned(typesPlace + this.#types.length);
    const output = aligned(input + inputRoom + slack);
    if (!kernel.reserve(output + outputRoom + slack)) return { bytes: nothing, taken: 0, isStrange: true };
    this.#types.copy(kernel.bytes, typesPlace);
    part.copy(kernel.bytes, input);
    const { takenEnd, outputEnd, isStrange } = kernel.binary({
      types: typesPlace,
      columns: this.#types.length,
      input,
      inputEnd: input + part.length,
      output,
      outputLimit: output + outputRoom,
    });
    return { bytes: Buffer.from(kernel.bytes.subarray(output, outputEnd)), taken: takenEnd - input, isStrange };
  }
}
