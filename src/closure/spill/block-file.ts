import { readSync, writeSync } from 'node:fs';
import { fileError } from '../../archive/file-error.js';

export const blockBytes = 16 * 1024;

/** Blocks that are read again and again are kept, 2 MiB of them. */
const cachedBlocks = 128;

/** A temporary file that is open for reading and writing. */
export interface OpenedFile {
  readonly descriptor: number;
  readonly path: string;
  /** Leaves nothing of it. */
  close(): void;
}

/** A temporary file in blocks, of which those that nobody needs any more are written anew. It is opened when the first is written. */
export class BlockFile {
  readonly #open: () => OpenedFile;
  #file: OpenedFile | undefined;
  #isClosed = false;
  #count = 0;
  readonly #free: number[] = [];
  readonly #cached = new Int32Array(cachedBlocks).fill(-1);
  readonly #cache: Buffer[] = [];

  constructor(open: () => OpenedFile) {
    this.#open = open;
  }

  /** Its number. @throws FailedError DISK_FULL, FILE_ERROR */
  write(bytes: Buffer): number {
    const file = (this.#file ??= this.#usable(this.#open()));
    const block = this.#free.pop() ?? this.#count++;
    try {
      for (let done = 0; done < bytes.length;)
        done += writeSync(file.descriptor, bytes, done, bytes.length - done, block * blockBytes + done);
    } catch (error) {
      throw fileError(error, file.path);
    }
    return block;
  }

  /** One that is likely to be asked for again. What it returns is good until the next is read. */
  read(block: number): Buffer {
    const place = block % cachedBlocks;
    const bytes = (this.#cache[place] ??= Buffer.allocUnsafeSlow(blockBytes));
    if (this.#cached[place] === block) return bytes;
    this.#cached[place] = -1;
    this.load(block, bytes);
    this.#cached[place] = block;
    return bytes;
  }

  load(block: number, into: Buffer): void {
    const file = this.#usable(this.#file);
    try {
      for (let done = 0; done < blockBytes;) {
        const read = readSync(file.descriptor, into, done, blockBytes - done, block * blockBytes + done);
        if (read === 0) throw new RangeError('the file ends early');
        done += read;
      }
    } catch (error) {
      throw fileError(error, file.path);
    }
  }

  /** They are needed no more. */
  free(blocks: Iterable<number>): void {
    for (const block of blocks) {
      const place = block % cachedBlocks;
      if (this.#cached[place] === block) this.#cached[place] = -1;
      this.#free.push(block);
    }
  }

  close(): void {
    if (!this.#isClosed) this.#file?.close();
    this.#isClosed = true;
  }

  #usable(file: OpenedFile | undefined): OpenedFile {
    if (file !== undefined && !this.#isClosed) return file;
    throw new TypeError('the export has ended, and the temporary file of its keys is gone');
  }
}
