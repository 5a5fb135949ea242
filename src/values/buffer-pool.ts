/**
 * Buffers of one size that go round: what writes an archive would else have the allocator and the garbage collector busy with
 * as many bytes as the archive has.
 */
export class BufferPool {
  readonly #free: Buffer[] = [];
  readonly #size: number;

  constructor(size: number) {
    this.#size = size;
  }

  take(): Buffer {
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(this.#size);
  }

  /** Takes back what nobody looks at any more: a buffer that was taken, or a part of it. One that had to grow is let go. */
  give(bytes: Buffer): void {
    if (bytes.buffer.byteLength === this.#size) this.#free.push(Buffer.from(bytes.buffer));
  }
}
