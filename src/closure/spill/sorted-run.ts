import { PackedBytes } from '../packed-bytes.js';
import type { BlockFile } from './block-file.js';
import { blockBytes } from './block-file.js';
import { BloomFilter } from './bloom-filter.js';
import { hashBytes } from '../hash-bytes.js';

/** A block begins with how many keys it holds, then has where each ends, then the keys. */
const countBytes = 2;
const endBytes = 2;

/** Where some bytes are, until the next are asked for. */
export interface Entry {
  readonly from: Buffer;
  readonly start: number;
  readonly end: number;
}

/** What a run leaves of itself: blocks that others may have. */
const leavings = new FinalizationRegistry<{ readonly file: BlockFile; readonly blocks: readonly number[] }>(
  ({ file, blocks }) => {
    file.free(blocks);
  },
);

/** Keys in the file, sorted by their bytes: in memory, the first of each block, and what tells of most others that they are not there. */
export class SortedRun {
  readonly size: number;
  readonly #file: BlockFile;
  readonly #blocks: readonly number[];
  readonly #firsts: PackedBytes;
  /** Where the first of each block is, and how long. */
  readonly #places: Uint32Array;
  readonly #lengths: Uint16Array;
  readonly #filter: BloomFilter;

  /** Writes what comes in order, each once. `count` is about how many. */
  constructor(file: BlockFile, entries: Iterable<Entry>, count: number) {
    const blocks: number[] = [];
    const places: number[] = [];
    const lengths: number[] = [];
    this.#file = file;
    this.#firsts = new PackedBytes();
    this.#filter = new BloomFilter(count);
    const block = new Block();
    const write = (): void => {
      const first = block.first();
      places.push(this.#firsts.append(first, first.length));
      lengths.push(first.length);
      blocks.push(file.write(block.bytes()));
    };
    let size = 0;
    for (const entry of entries) {
      if (!block.add(entry)) {
        write();
        block.clear();
        block.add(entry);
      }
      this.#filter.add(hashBytes(entry.from, entry.start, entry.end - entry.start));
      size += 1;
    }
    if (size > 0) write();
    this.size = size;
    this.#blocks = blocks;
    this.#places = Uint32Array.from(places);
    this.#lengths = Uint16Array.from(lengths);
    leavings.register(this, { file, blocks });
  }

  /** Of memory. */
  get bytes(): number {
    return this.#filter.bytes + this.#firsts.bytes + this.#blocks.length * 14;
  }

  has(key: Buffer, length: number, hash: number): boolean {
    if (!this.#filter.mayHave(hash)) return false;
    const at = this.#blockOf(key, length);
    if (at < 0) return false;
    const block = this.#file.read(this.#blocks[at] as number);
    let from = 0;
    let to = block.readUInt16LE(0);
    while (from < to) {
      const middle = (from + to) >>> 1;
      const order = block.compare(key, 0, length, startOf(block, middle), endOf(block, middle));
      if (order === 0) return true;
      if (order < 0) from = middle + 1;
      else to = middle;
    }
    return false;
  }

  *entries(): Generator<Entry> {
    const block = Buffer.allocUnsafe(blockBytes);
    for (const number of this.#blocks) {
      this.#file.load(number, block);
      const count = block.readUInt16LE(0);
      for (let at = 0; at < count; at += 1) yield { from: block, start: startOf(block, at), end: endOf(block, at) };
    }
  }

  /** The last block whose first key is not greater; -1 where none is. */
  #blockOf(key: Buffer, length: number): number {
    let from = 0;
    let to = this.#places.length;
    while (from < to) {
      const middle = (from + to) >>> 1;
      const place = this.#places[middle] as number;
      const at = this.#firsts.within(place);
      const order = this.#firsts.chunkOf(place).compare(key, 0, length, at, at + (this.#lengths[middle] as number));
      if (order <= 0) from = middle + 1;
      else to = middle;
    }
    return from - 1;
  }
}

/** The keys of one block before it is written. */
class Block {
  readonly #keys = Buffer.alloc(blockBytes);
  readonly #ends: number[] = [];
  #end = 0;

  /** False where it is full. */
  add({ from, start, end }: Entry): boolean {
    const length = end - start;
    if (countBytes + (this.#ends.length + 1) * endBytes + this.#end + length > blockBytes) return false;
    from.copy(this.#keys, this.#end, start, end);
    this.#end += length;
    this.#ends.push(this.#end);
    return true;
  }

  first(): Buffer {
    return this.#keys.subarray(0, this.#ends[0]);
  }

  bytes(): Buffer {
    const bytes = Buffer.alloc(blockBytes);
    const keysAt = countBytes + this.#ends.length * endBytes;
    bytes.writeUInt16LE(this.#ends.length, 0);
    for (const [at, end] of this.#ends.entries()) bytes.writeUInt16LE(keysAt + end, countBytes + at * endBytes);
    this.#keys.copy(bytes, keysAt, 0, this.#end);
    return bytes;
  }

  clear(): void {
    this.#ends.length = 0;
    this.#end = 0;
  }
}

function endOf(block: Buffer, at: number): number {
  return block.readUInt16LE(countBytes + at * endBytes);
}

function startOf(block: Buffer, at: number): number {
  return at === 0 ? countBytes + block.readUInt16LE(0) * endBytes : endOf(block, at - 1);
}
