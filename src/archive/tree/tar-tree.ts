import { createHash } from 'node:crypto';
import type { Transform } from 'node:stream';
import { pipeline, Readable } from 'node:stream';
import type { Pack } from 'tar-stream';
import { pack } from 'tar-stream';
import type { ByteTarget } from '../../store/byte-target.js';
import { Spool } from './spool.js';
import type { OpenTree, TreeMember, WrittenMember } from './tree.js';

export interface TarTreeOptions {
  readonly target: ByteTarget;
  readonly transform: Transform | undefined;
  /** In which every member stands. */
  readonly folder: string;
  /** Where the tar file goes: members wait beside it until their size is known. */
  readonly path: string;
}

/** What a member's header says beside name and size: nothing of the machine. */
const sameForAll = { type: 'file', mode: 0o600, uid: 0, gid: 0, mtime: new Date(0) } as const;

/** Writes a tar file, compressed or not. */
export class TarTree implements OpenTree {
  readonly holdsBytes = true;
  readonly #options: TarTreeOptions;
  readonly #pack = pack();
  readonly #digest = createHash('sha256');
  readonly #drained: Promise<void>;
  readonly #spools = new Set<Spool>();
  /** Members are finished side by side, and stand one after the other. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: TarTreeOptions) {
    this.#options = options;
    this.#drained = this.#drain();
    // Who writes a member is told.
    this.#drained.catch(() => undefined);
  }

  create(path: string): Promise<TreeMember> {
    const name = `${this.#options.folder}/${path}`;
    const spool = new Spool(this.#options.path);
    this.#spools.add(spool);
    const digest = createHash('sha256');
    return Promise.resolve({
      write: async (chunk) => {
        digest.update(chunk);
        await spool.write(chunk);
      },
      finish: async (): Promise<WrittenMember> => {
        const before = this.#last;
        const added = before.then(() => this.#add(name, spool));
        this.#last = added.catch(() => undefined);
        await added;
        return { path, bytes: spool.bytes, sha256: digest.digest('hex') };
      },
      discard: async () => {
        this.#spools.delete(spool);
        await spool.discard();
      },
    });
  }

  async finish(): Promise<{ readonly bytes: number; readonly sha256: string }> {
    await this.#last;
    this.#pack.finalize();
    await this.#drained;
    return { bytes: await this.#options.target.finish(), sha256: this.#digest.digest('hex') };
  }

  async abort(): Promise<void> {
    this.#pack.destroy();
    await this.#drained.catch(() => undefined);
    for (const spool of this.#spools) await spool.discard();
    await this.#options.target.abort();
  }

  async #add(name: string, spool: Spool): Promise<void> {
    const entry = entryOf(this.#pack, name, spool.bytes);
    for await (const chunk of spool.read()) await Promise.race([entry.write(chunk), this.#drained]);
    await Promise.race([entry.end(), this.#drained]);
    await spool.discard();
    this.#spools.delete(spool);
  }

  async #drain(): Promise<void> {
    const { target, transform } = this.#options;
    const packed = Readable.from(this.#pack, { objectMode: false });
    const bytes: AsyncIterable<unknown> = transform === undefined ? packed : pipeline(packed, transform, () => undefined);
    for await (const chunk of bytes) {
      this.#digest.update(chunk as Buffer);
      await target.write(chunk as Buffer);
    }
  }
}

/** The sink of a member, in promises that an error does not settle: that comes by what is drained, with its own name. */
function entryOf(tar: Pack, name: string, size: number): { write(chunk: Buffer): Promise<void>; end(): Promise<void> } {
  let ended: () => void = () => undefined;
  const end = new Promise<void>((resolve) => {
    ended = resolve;
  });
  const sink = tar.entry({ ...sameForAll, name, size }, (error) => {
    if (error === null || error === undefined) ended();
  });
  sink.on('error', () => undefined);
  return {
    write: (chunk) =>
      new Promise<void>((resolve) => {
        if (sink.write(chunk)) resolve();
        else sink.once('drain', resolve);
      }),
    end: () => {
      sink.end(undefined);
      return end;
    },
  };
}
