import { BufferPool } from './buffer-pool.js';
import { KernelLineWriter } from './kernel-line-writer.js';
import { lineKernel } from './line-kernel.js';
import type { LineOptions, LineWriter } from './line-writer.js';
import { lineShape } from './line-writer.js';
import { OutputBuffer } from './output-buffer.js';
import { PlainLineWriter } from './plain-line-writer.js';

export interface ObjectEncoderOptions extends LineOptions {
  /** Where the buffers come from that are handed on: of {@link encoderBuffers}, or another of that size. */
  readonly buffers: BufferPool;
}

/** Turns rows of COPY text into lines of the archive. */
export interface ObjectEncoder {
  /** What the COPY is to select, in this order. */
  readonly columns: readonly string[];
  /** Encodes whole rows, which come in the order of their keys; gives what is worth handing on, or nothing yet. */
  encode(chunk: Buffer): Buffer | undefined;
  /** What has not been handed on, when all rows are encoded. */
  rest(): Buffer;
  /** Rows so far. */
  readonly count: number;
}

/** Lines are handed on in pieces of about this size: few enough calls that none counts, few enough bytes that none waits long. */
const worthHandingOn = 256 * 1024;
const outputCapacity = worthHandingOn + 128 * 1024;

/** Buffers in which an encoder hands on what it has encoded. */
export function encoderBuffers(): BufferPool {
  return new BufferPool(outputCapacity);
}

/** Works on bytes, in WebAssembly where it is there and can say all that a line has, else in JavaScript. */
export function createObjectEncoder(options: ObjectEncoderOptions): ObjectEncoder {
  const shape = lineShape(options);
  const plain = new PlainLineWriter(shape, options);
  const kernel = KernelLineWriter.suits(shape, options) ? lineKernel() : undefined;
  const writer = kernel === undefined ? plain : new KernelLineWriter(kernel, shape, options, plain);
  return new Encoder(
    shape.columns.map(({ name }) => name),
    writer,
    options.buffers,
  );
}

class Encoder implements ObjectEncoder {
  readonly columns: readonly string[];
  readonly #writer: LineWriter;
  readonly #buffers: BufferPool;
  #out: OutputBuffer;
  #count = 0;

  constructor(columns: readonly string[], writer: LineWriter, buffers: BufferPool) {
    this.columns = columns;
    this.#writer = writer;
    this.#buffers = buffers;
    this.#out = new OutputBuffer(buffers.take());
  }

  get count(): number {
    return this.#count;
  }

  encode(chunk: Buffer): Buffer | undefined {
    this.#count += this.#writer.write(chunk, this.#out);
    if (this.#out.length < worthHandingOn) return undefined;
    const bytes = this.#out.bytes();
    this.#out = new OutputBuffer(this.#buffers.take());
    return bytes;
  }

  rest(): Buffer {
    return this.#out.bytes();
  }
}
