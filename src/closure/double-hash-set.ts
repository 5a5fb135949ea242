/** A set of safe integers in one array of doubles: open addressing with linear probing, at most half full. 16 to 32 bytes a key. */
export class DoubleHashSet {
  #slots = new Float64Array(16_384).fill(NaN);
  #size = 0;

  has(key: number): boolean {
    const at = this.#slot(key);
    return this.#slots[at] === key;
  }

  add(key: number): boolean {
    const at = this.#slot(key);
    if (this.#slots[at] === key) return false;
    this.#slots[at] = key;
    this.#size += 1;
    if (this.#size * 2 > this.#slots.length) this.#grow();
    return true;
  }

  get bytes(): number {
    return this.#slots.byteLength;
  }

  /** The keys in ascending order, as of now. */
  sorted(): Float64Array {
    const keys = new Float64Array(this.#size);
    let next = 0;
    for (const value of this.#slots) if (!Number.isNaN(value)) keys[next++] = value;
    return keys.sort();
  }

  /** Where the key is, or the empty slot (NaN) where it belongs. */
  #slot(key: number): number {
    const mask = this.#slots.length - 1;
    let at = hashOf(key) & mask;
    for (let value = this.#slots[at]; value !== key && !Number.isNaN(value); value = this.#slots[at]) at = (at + 1) & mask;
    return at;
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Float64Array(old.length * 2).fill(NaN);
    for (const value of old) if (!Number.isNaN(value)) this.#slots[this.#slot(value)] = value;
  }
}

/** Mixes both halves of the integer (the finalizer of MurmurHash3, Appleby 2011). */
function hashOf(key: number): number {
  let hash = (key | 0) ^ Math.imul(Math.floor(key / 2 ** 32) | 0, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
