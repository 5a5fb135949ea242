import { createHash } from 'node:crypto';
import type { ArchivePart } from '../archive.js';
import type { Member } from './members.js';

/** Counts what is read of a member. */
export class CountedPart implements AsyncIterable<Buffer> {
  readonly name: string;
  readonly #chunks: AsyncIterator<Buffer>;
  readonly #hash = createHash('sha256');
  #bytes = 0;

  constructor({ name, chunks }: Member) {
    this.name = name;
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** Goes on where whoever read before has stopped. */
  [Symbol.asyncIterator](): AsyncIterator<Buffer> {
    return {
      next: async () => {
        const next = await this.#chunks.next();
        if (next.done !== true) {
          this.#bytes += next.value.length;
          this.#hash.update(next.value);
        }
        return next;
      },
    };
  }

  /** When it was read to its end. */
  facts(): ArchivePart {
    return { name: this.name, bytes: this.#bytes, sha256: this.#hash.digest('hex') };
  }
}
