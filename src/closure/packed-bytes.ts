/** Bytes of one chunk; the first begins small and grows, as most sets are small. */
const chunkBits = 20;
const chunkBytes = 2 ** chunkBits;
const firstBytes = 1024;

/** Keys begin where this divides, so that 32 bits name a place among 16 GiB. */
const step = 4;
const stepBits = 2;
const placesInChunk = chunkBytes / step;

/** Byte strings one after the other, none across two chunks. The longest is a chunk. */
export class PackedBytes {
  readonly #chunks: Buffer[] = [];
  /** Where each chunk but the last ends. */
  readonly #ends: number[] = [];
  #free = chunkBytes;

  /** Where the next one may be: all places from here on are of those that come later. */
  get end(): number {
    return placeOf(this.#chunks.length - 1, this.#free);
  }

  /** Of memory. */
  get bytes(): number {
    const [first] = this.#chunks;
    return first === undefined ? 0 : first.length + (this.#chunks.length - 1) * chunkBytes;
  }

  /** Its place, by which it is found again. */
  append(from: Buffer, length: number): number {
    if (this.#free + length > chunkBytes) {
      if (this.#chunks.length > 0) this.#ends.push(this.#free);
      this.#chunks.push(Buffer.allocUnsafeSlow(this.#chunks.length === 0 ? firstBytes : chunkBytes));
      this.#free = 0;
    }
    const at = this.#free;
    if (this.#chunks.length === 1) this.#makeRoom(at + length);
    const chunk = this.#chunks.at(-1) as Buffer;
    from.copy(chunk, at, 0, length);
    this.#free = at + Math.ceil(length / step) * step;
    return placeOf(this.#chunks.length - 1, at);
  }

  /** The first place from this one on that something has: `place` is one, or the end of one. */
  next(place: number): number {
    const chunk = Math.floor(place / placesInChunk);
    const end = this.#ends[chunk];
    return end !== undefined && (place % placesInChunk) * step >= end ? (chunk + 1) * placesInChunk : place;
  }

  /** Where what begins at a place ends, if it has so many bytes. */
  after(place: number, length: number): number {
    return place + Math.ceil(length / step);
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
    return (place & (placesInChunk - 1)) << stepBits;
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

function placeOf(chunk: number, at: number): number {
  return chunk * placesInChunk + at / step;
}
