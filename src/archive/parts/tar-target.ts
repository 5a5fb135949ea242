import { createHash } from 'node:crypto';
import type { Transform } from 'node:stream';
import { pipeline, Readable } from 'node:stream';
import { pack } from 'tar-stream';
import type { PartsTarget } from './parts-target.js';

/** Where the bytes of the tar file go. */
interface Bytes {
  write(bytes: Buffer): Promise<boolean>;
  finish(): Promise<number>;
  abort(): Promise<void>;
}

/** What a member's header says beside name and size: the same for every archive. */
const sameForAll = { type: 'file', mode: 0o600, uid: 0, gid: 0, mtime: new Date(0) } as const;

/** Writes the members of an archive into one tar file, compressed or not. */
export class TarTarget implements PartsTarget {
  readonly #target: Bytes;
  readonly #pack = pack();
  readonly #digest = createHash('sha256');
  readonly #written: Promise<void>;

  constructor(target: Bytes, transform: Transform | undefined) {
    this.#target = target;
    const packed = Readable.from(this.#pack, { objectMode: false });
    const stream: AsyncIterable<unknown> = transform === undefined ? packed : pipeline(packed, transform, () => undefined);
    this.#written = this.#drain(stream);
    // Whoever writes a part is told.
    this.#written.catch(() => undefined);
  }

  async part(name: string, bytes: Buffer): Promise<void> {
    const taken = new Promise<void>((resolve) => {
      // An error comes by what is written, with its own name.
      this.#pack.entry({ ...sameForAll, name, size: bytes.length }, bytes, (error) => {
        if (error === null || error === undefined) resolve();
      });
    });
    await Promise.race([taken, this.#written]);
  }

  async finish(): Promise<{ readonly bytes: number; readonly sha256: string }> {
    this.#pack.finalize();
    await this.#written;
    return { bytes: await this.#target.finish(), sha256: this.#digest.digest('hex') };
  }

  async abort(): Promise<void> {
    this.#pack.destroy();
    await this.#written.catch(() => undefined);
    await this.#target.abort();
  }

  async #drain(stream: AsyncIterable<unknown>): Promise<void> {
    for await (const chunk of stream) {
      this.#digest.update(chunk as Buffer);
      await this.#target.write(chunk as Buffer);
    }
  }
}
