/** One in fifty keys that are not there is looked for in vain. */
const bitsPerKey = 8;
const probes = 5;

/** Tells of most keys that they are not among some. A byte for each (Bloom 1970; two hashes make all: Kirsch and Mitzenmacher 2006). */
export class BloomFilter {
  readonly #words: Uint32Array;

  /** @param count how many keys it is for */
  constructor(count: number) {
    this.#words = new Uint32Array(Math.max(1, Math.ceil((count * bitsPerKey) / 32)));
  }

  get bytes(): number {
    return this.#words.byteLength;
  }

  add(hash: number): void {
    const bits = this.#words.length * 32;
    const step = stepOf(hash);
    for (let probe = 0, place = hash; probe < probes; probe += 1, place = (place + step) >>> 0) {
      const bit = place % bits;
      this.#words[bit >>> 5] = (this.#words[bit >>> 5] as number) | (1 << (bit & 31));
    }
  }

  mayHave(hash: number): boolean {
    const bits = this.#words.length * 32;
    const step = stepOf(hash);
    for (let probe = 0, place = hash; probe < probes; probe += 1, place = (place + step) >>> 0) {
      const bit = place % bits;
      if (((this.#words[bit >>> 5] as number) & (1 << (bit & 31))) === 0) return false;
    }
    return true;
  }
}

/** Odd, so that it leads through all places. */
function stepOf(hash: number): number {
  return (Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) | 1) >>> 0;
}
