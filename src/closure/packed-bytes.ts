/** Bytes of one chunk; the first begins small and grows, as most sets are small. */
const chunkBits = 20;
const chunkBytes = 2 ** chunkBits;
const firstBytes = 1024;

/** Keys begin where this divides, so that 32 bits name a place among 16 GiB. */
const step = 4;
const stepBits = 2;

/** Byte strings one after the other, none across two chunks. The longest is a chunk. */
export class PackedBytes {
  readonly #chunks: Buffer[] = [];
  #free = chunkBytes;

  /** Its place, by which it is found again. */
  append(from: Buffer, length: number): number {
    if (this.#free + length > chunkBytes) {
      this.#chunks.push(Buffer.allocUnsafeSlow(this.#chunks.length === 0 ? firstBytes : chunkBytes));
      this.#free = 0;
    }
    const at = this.#free;
    if (this.#chunks.length === 1) this.#makeRoom(at + length);
    const chunk = this.#chunks.at(-1) as Buffer;
    from.copy(chunk, at, 0, length);
    this.#free = at + Math.ceil(length / step) * step;
    return (((this.#chunks.length - 1) << (chunkBits - stepBits)) | (at >>> stepBits)) >>> 0;
  }

  #makeRoom(needed: number): void {
    const [chunk = Buffer.alloc(0)] = this.#chunks;
    if (needed <= chunk.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.min(chunkBytes, Math.max(chunk.length * 2, needed)));
    chunk.copy(grown);
    this.#chunks[0] = grown;
  }

  chunkOf(place: number): Buffer {
    return this.#chunks[place >>> (chunkBits - stepBits)] as Buffer;
  }

  /** Where it begins in its chunk. */
  within(place: number): number {
    return (place & (chunkBytes / step - 1)) << stepBits;
  }

  equals(place: number, other: Buffer, from: number, length: number): boolean {
    const chunk = this.chunkOf(place);
    const at = this.within(place);
    for (let index = 0; index < length; index += 1) if (chunk[at + index] !== other[from + index]) return false;
    return true;
  }

  /** The byte of a string; beyond its end, whatever stands there. */
  byteAt(place: number, depth: number): number {
    return this.chunkOf(place)[this.within(place) + depth] ?? 0;
  }
}
