import { readFileSync } from 'node:fs';
import type { ValueKind } from '../schema/schema.js';
import { isJsonNumber } from './archive-value.js';

/** What the kernel asks of whoever has it encode. Places are in {@link LineKernel.bytes}. */
export interface KernelQuestions {
  /** Whether the value of a step is to be NULL; given as an integer, or as infinity where it is to be read from the bytes. */
  isCut(step: number, integer: number, start: number, end: number): boolean;
  /** Whether the row of a key is owned. */
  isOwned(integer: number, start: number, end: number): boolean;
}

/** Where in its memory stand what it works with, and what it works on. */
export interface KernelPlaces {
  readonly plan: number;
  readonly notes: number;
  readonly input: number;
  readonly inputEnd: number;
  readonly output: number;
  readonly outputLimit: number;
  /** As many rows as there is room for notes. */
  readonly mostRows: number;
}

/** The same where lines are read. */
export interface DecodePlaces {
  readonly layout: number;
  /** What is found of each line, and how many keys each of its lists has. */
  readonly slots: number;
  readonly counts: number;
  readonly input: number;
  readonly inputEnd: number;
  /** What is added to each place that is told. */
  readonly shift: number;
  /** As many lines as there is room for what is found. */
  readonly mostLines: number;
}

/** The same where rows become COPY's binary form. */
export interface BinaryPlaces {
  /** A byte for each column: how it is sent. */
  readonly types: number;
  readonly columns: number;
  readonly input: number;
  readonly inputEnd: number;
  readonly output: number;
  readonly outputLimit: number;
}

/** What came of that: where the rows end that were taken, where their bytes end, and whether the next one cannot be taken. */
export interface Binary {
  readonly takenEnd: number;
  readonly outputEnd: number;
  readonly isStrange: boolean;
}

/** What came of rows: how many were encoded, where they end, and where their lines end. */
export interface Encoded {
  readonly rows: number;
  readonly inputEnd: number;
  readonly outputEnd: number;
}

/** Of the language's own, what is used here: it has no types without those of a browser. */
interface WebAssemblyApi {
  readonly Module: new (code: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
}

/** What `assembly/kernel.ts` exports. */
interface KernelExports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  readonly inputEnd: { readonly value: number };
  readonly outputEnd: { readonly value: number };
  readonly rows: { readonly value: number };
  readonly lines: { readonly value: number };
  readonly takenEnd: { readonly value: number };
  readonly binaryEnd: { readonly value: number };
  readonly isStrange: { readonly value: number };
  binary(types: number, columns: number, input: number, end: number, output: number, limit: number): void;
  decode(layout: number, slots: number, counts: number, input: number, end: number, shift: number, mostLines: number): void;
  encode(plan: number, notes: number, input: number, end: number, output: number, limit: number, mostRows: number): void;
}

const pageSize = 65_536;

/** How values are written, by the numbers of `assembly/kinds.ts`. */
export const kernelKinds: Readonly<Record<ValueKind | 'list', number>> = Object.freeze({
  integer: 0,
  number: 1,
  boolean: 2,
  text: 3,
  list: 4,
});

/** The next place in its memory at which anything can begin. */
export function aligned(place: number): number {
  return Math.ceil(place / 16) * 16;
}

/** Encodes rows, and decodes lines, in a memory of its own. One is enough for all: nothing of a call is there when the next one comes. */
export class LineKernel {
  readonly #exports: KernelExports;
  #questions: KernelQuestions | undefined;
  #bytes = Buffer.alloc(0);
  #doubles = new Float64Array(0);
  #integers = new Int32Array(0);

  /** @throws WebAssembly.CompileError where the processor, or an option of Node, does not allow what it is made of */
  constructor({ Module, Instance }: Pick<WebAssemblyApi, 'Module' | 'Instance'>, code: Uint8Array) {
    const asked = {
      isCut: (step: number, integer: number, start: number, end: number) =>
        this.#questions?.isCut(step, integer, start, Math.abs(end)) ?? false,
      isOwned: (integer: number, start: number, end: number) => this.#questions?.isOwned(integer, start, Math.abs(end)) ?? false,
    };
    const values = {
      isJsonNumber: (start: number, end: number) => isJsonNumber(this.#bytes.toString('latin1', start, end)),
    };
    this.#exports = new Instance(new Module(code), { 'encode-lines': asked, numbers: values }).exports as KernelExports;
  }

  /** Its memory, until more is asked for. */
  get bytes(): Buffer {
    return this.#bytes;
  }

  get doubles(): Float64Array {
    return this.#doubles;
  }

  get integers(): Int32Array {
    return this.#integers;
  }

  /** Has so much memory from here on; what was in it stays. False where there is no more. */
  reserve(size: number): boolean {
    const { memory } = this.#exports;
    const missing = size - memory.buffer.byteLength;
    if (missing <= 0) return true;
    try {
      memory.grow(Math.ceil(missing / pageSize));
    } catch (error) {
      if (error instanceof RangeError) return false;
      throw error;
    }
    this.#bytes = Buffer.from(memory.buffer);
    this.#doubles = new Float64Array(memory.buffer);
    this.#integers = new Int32Array(memory.buffer);
    return true;
  }

  /** How many lines were decoded of those that lie in its memory. */
  decode(places: DecodePlaces): number {
    const { layout, slots, counts, input, inputEnd, shift, mostLines } = places;
    this.#exports.decode(layout, slots, counts, input, inputEnd, shift, mostLines);
    return this.#exports.lines.value;
  }

  binary({ types, columns, input, inputEnd, output, outputLimit }: BinaryPlaces): Binary {
    const { takenEnd, binaryEnd, isStrange } = this.#exports;
    this.#exports.binary(types, columns, input, inputEnd, output, outputLimit);
    return { takenEnd: takenEnd.value, outputEnd: binaryEnd.value, isStrange: isStrange.value !== 0 };
  }

  encode(questions: KernelQuestions, places: KernelPlaces): Encoded {
    const { rows, inputEnd, outputEnd } = this.#exports;
    const { plan, notes, input, inputEnd: end, output, outputLimit, mostRows } = places;
    this.#questions = questions;
    try {
      this.#exports.encode(plan, notes, input, end, output, outputLimit, mostRows);
    } finally {
      // What an export knows must not live as long as the kernel.
      this.#questions = undefined;
    }
    return { rows: rows.value, inputEnd: inputEnd.value, outputEnd: outputEnd.value };
  }
}

let loaded: { readonly kernel: LineKernel | undefined } | undefined;

/**
 * Loaded when first asked for. Undefined where Node's options do not allow WebAssembly, the processor has no vectors of 128 bits, or a bundler
 * has left the file behind.
 */
export function lineKernel(): LineKernel | undefined {
  loaded ??= { kernel: load() };
  return loaded.kernel;
}

function load(): LineKernel | undefined {
  const { WebAssembly } = globalThis as unknown as { readonly WebAssembly?: WebAssemblyApi };
  if (WebAssembly === undefined) return undefined;
  try {
    return new LineKernel(WebAssembly, readFileSync(new URL('line-kernel.wasm', import.meta.url)));
  } catch {
    // All that it does is done in JavaScript as well: nothing that keeps it from being loaded is a reason to fail.
    return undefined;
  }
}
