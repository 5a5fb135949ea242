/** Integers of one chunk. */
export const chunkSize = 65_536;

/** A chunk's keys are a sorted list up to here, then a bitmap of 8 KiB. */
const listLimit = 1024;

/** Places within one chunk of 65 536 integers. */
export class IntegerChunk {
  #list = new Uint16Array(4);
  #length = 0;
  #bits: Uint32Array | undefined;

  has(low: number): boolean {
    if (this.#bits !== undefined) return ((this.#bits[low >>> 5] as number) & (1 << (low & 31))) !== 0;
    const at = this.#position(low);
    return at < this.#length && this.#list[at] === low;
  }

  get size(): number {
    return this.#length;
  }

  add(low: number): boolean {
    if (this.#bits !== undefined) {
      if (!setBit(this.#bits, low)) return false;
      this.#length += 1;
      return true;
    }
    const at = this.#position(low);
    if (at < this.#length && this.#list[at] === low) return false;
    if (this.#length === listLimit) {
      this.#becomeBits();
      return this.add(low);
    }
    if (this.#length === this.#list.length) {
      const grown = new Uint16Array(this.#list.length * 2);
      grown.set(this.#list);
      this.#list = grown;
    }
    this.#list.copyWithin(at + 1, at, this.#length);
    this.#list[at] = low;
    this.#length += 1;
    return true;
  }

  /** In ascending order, as of now. */
  values(): Uint16Array {
    if (this.#bits === undefined) return this.#list.slice(0, this.#length);
    const values = new Uint16Array(this.#length);
    let next = 0;
    for (let word = 0; word < this.#bits.length; word += 1) {
      for (let bits = this.#bits[word] as number; bits !== 0; bits &= bits - 1)
        values[next++] = word * 32 + (31 - Math.clz32(bits & -bits));
    }
    return values;
  }

  copy(): IntegerChunk {
    const copy = new IntegerChunk();
    copy.#length = this.#length;
    copy.#list = this.#list.slice(0, Math.max(1, this.#length));
    copy.#bits = this.#bits?.slice();
    if (this.#bits !== undefined) copy.#list = noList;
    return copy;
  }

  #becomeBits(): void {
    const bits = new Uint32Array(chunkSize / 32);
    for (const value of this.#list.subarray(0, this.#length)) setBit(bits, value);
    this.#bits = bits;
    this.#list = noList;
  }

  /** Where the value is or would be in the list; appending in order needs no search. */
  #position(low: number): number {
    let from = 0;
    let to = this.#length;
    if (to > 0 && (this.#list[to - 1] as number) < low) return to;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if ((this.#list[middle] as number) < low) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}

const noList = new Uint16Array(0);

function setBit(bits: Uint32Array, low: number): boolean {
  const word = low >>> 5;
  const mask = 1 << (low & 31);
  const before = bits[word] as number;
  if ((before & mask) !== 0) return false;
  bits[word] = before | mask;
  return true;
}
