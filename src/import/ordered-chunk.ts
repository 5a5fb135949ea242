/** How many integers there can be. */
const room = 65_536;

/** So many keys are a sorted list, more of them a bitmap of 8 KiB that is counted in 4 KiB. */
const listLimit = 1024;

/** Some of the integers from 0 to 65 535, each with a value; the values stand in the order of the integers. */
export class OrderedChunk {
  #list = new Uint16Array(4);
  #values = new Float64Array(4);
  #size = 0;
  #bits: Uint32Array | undefined;
  /** How many integers stand before those of a word of {@link #bits}, as far as {@link #counted}. */
  #ranks = new Uint16Array(0);
  #counted = 0;
  #greatest = -1;

  get size(): number {
    return this.#size;
  }

  get(low: number): number {
    const at = this.#find(low);
    return at < 0 ? NaN : (this.#values[at] as number);
  }

  /** False where many integers are there, and one of them is greater. */
  set(low: number, value: number): boolean {
    const at = this.#find(low);
    if (at >= 0) {
      this.#values[at] = value;
      return true;
    }
    if (this.#bits === undefined && this.#size === listLimit) this.#countBits();
    if (this.#bits === undefined) this.#insert(-at - 1, low, value);
    else if (low < this.#greatest) return false;
    else this.#append(this.#bits, low, value);
    return true;
  }

  *entries(): Generator<readonly [low: number, value: number]> {
    const bits = this.#bits;
    if (bits === undefined) {
      for (let at = 0; at < this.#size; at += 1) yield [this.#list[at] as number, this.#values[at] as number];
      return;
    }
    let at = 0;
    for (let word = 0; word < bits.length; word += 1)
      for (let rest = bits[word] as number; rest !== 0; rest &= rest - 1)
        yield [word * 32 + 31 - Math.clz32(rest & -rest), this.#values[at++] as number];
  }

  /** Where its value stands. Where it is not there, a negative number: of a list, -1 less the place where it belongs. */
  #find(low: number): number {
    const bits = this.#bits;
    if (bits === undefined) return this.#search(low);
    const word = low >>> 5;
    const all = bits[word] as number;
    const bit = 1 << (low & 31);
    return (all & bit) === 0 ? -1 : (this.#ranks[word] as number) + countOf(all & (bit - 1));
  }

  #search(low: number): number {
    if (low > this.#greatest) return -this.#size - 1;
    let from = 0;
    let to = this.#size;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if ((this.#list[middle] as number) < low) from = middle + 1;
      else to = middle;
    }
    return this.#list[from] === low ? from : -from - 1;
  }

  #insert(at: number, low: number, value: number): void {
    if (this.#size === this.#list.length) this.#list = grown(this.#list);
    this.#makeRoom();
    this.#list.copyWithin(at + 1, at, this.#size);
    this.#values.copyWithin(at + 1, at, this.#size);
    this.#list[at] = low;
    this.#values[at] = value;
    this.#size += 1;
    this.#greatest = Math.max(this.#greatest, low);
  }

  #append(bits: Uint32Array, low: number, value: number): void {
    this.#makeRoom();
    this.#count(bits, low);
    this.#values[this.#size] = value;
    this.#size += 1;
    this.#greatest = low;
  }

  #countBits(): void {
    const bits = new Uint32Array(room / 32);
    this.#ranks = new Uint16Array(room / 32);
    const list = this.#list;
    const size = this.#size;
    this.#size = 0;
    for (let at = 0; at < size; at += 1) {
      this.#count(bits, list[at] as number);
      this.#size += 1;
    }
    this.#bits = bits;
    this.#list = new Uint16Array(0);
  }

  #count(bits: Uint32Array, low: number): void {
    const word = low >>> 5;
    while (this.#counted < word) this.#ranks[++this.#counted] = this.#size;
    bits[word] = (bits[word] as number) | (1 << (low & 31));
  }

  #makeRoom(): void {
    if (this.#size === this.#values.length) this.#values = grown(this.#values);
  }
}

function countOf(bits: number): number {
  let sum = bits - ((bits >>> 1) & 0x55555555);
  sum = (sum & 0x33333333) + ((sum >>> 2) & 0x33333333);
  return Math.imul((sum + (sum >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

function grown<T extends Uint16Array | Float64Array>(array: T): T {
  const larger = new (array.constructor as new (length: number) => T)(array.length * 2);
  larger.set(array);
  return larger;
}
