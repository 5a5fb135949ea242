import { createHash } from 'node:crypto';
import type { Transform } from 'node:stream';
import { pipeline, Readable } from 'node:stream';
import { pack } from 'tar-stream';
import type { FileDraft } from '../../files/file-source.js';
import type { ByteTarget } from '../../store/byte-target.js';
import type { PartsTarget } from './parts-target.js';
import { Spool } from './spool.js';

/** What a member's header says beside name and size: the same for every archive. */
const sameForAll = { type: 'file', mode: 0o600, uid: 0, gid: 0, mtime: new Date(0) } as const;

/** Writes the members of an archive into one tar file, compressed or not. */
export class TarTarget implements PartsTarget {
  readonly #target: ByteTarget;
  readonly #pack = pack();
  readonly #digest = createHash('sha256');
  readonly #written: Promise<void>;
  readonly #spools = new Set<Spool>();
  readonly #beside: string;

  /** @param beside where members wait until their size is known */
  constructor(target: ByteTarget, transform: Transform | undefined, beside: string) {
    this.#target = target;
    this.#beside = beside;
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

  create(name: string): Promise<FileDraft> {
    const spool = new Spool(this.#beside);
    this.#spools.add(spool);
    const discard = async (): Promise<void> => {
      this.#spools.delete(spool);
      await spool.discard();
    };
    return Promise.resolve({
      write: (bytes) => spool.write(bytes),
      end: () => Promise.resolve(),
      finish: async () => {
        await this.#append(name, spool);
        await discard();
      },
      discard,
    });
  }

  async #append(name: string, spool: Spool): Promise<void> {
    let done: () => void = () => undefined;
    const taken = new Promise<void>((resolve) => {
      done = resolve;
    });
    const entry = this.#pack.entry({ ...sameForAll, name, size: spool.bytes }, (error) => {
      if (error === null || error === undefined) done();
    });
    for await (const chunk of spool.read()) {
      if (entry.write(chunk)) continue;
      const drained = new Promise<void>((resolve) => {
        entry.once('drain', resolve);
      });
      await Promise.race([drained, this.#written]);
    }
    entry.end(null);
    await Promise.race([taken, this.#written]);
  }

  async finish(): Promise<{ readonly bytes: number; readonly sha256: string }> {
    this.#pack.finalize();
    await this.#written;
    return { bytes: await this.#target.finish(), sha256: this.#digest.digest('hex') };
  }

  async abort(): Promise<void> {
    this.#pack.destroy();
    // A write that waits for a slow store ends with it.
    const aborted = this.#target.abort();
    await this.#written.catch(() => undefined);
    for (const spool of this.#spools) await spool.discard();
    await aborted;
  }

  async #drain(stream: AsyncIterable<unknown>): Promise<void> {
    for await (const chunk of stream) {
      this.#digest.update(chunk as Buffer);
      await this.#target.write(chunk as Buffer);
    }
  }
}
