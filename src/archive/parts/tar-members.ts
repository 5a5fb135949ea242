import type { Extract, Header } from 'tar-stream';
import { extract } from 'tar-stream';
import { PortolanError, RefusedError } from '../../errors/portolan-error.js';
import type { ByteSource } from '../../store/byte-source.js';
import type { ContentVersion } from '../archive-content.js';
import type { Compression } from '../compression.js';
import { readBytes } from '../read-lines.js';
import type { Member, Members } from './members.js';
import { printable } from './part-order.js';

/** Where every kind of tar file that has long names says what it is. */
const magic = { at: 257, text: 'ustar' } as const;
/** A tar file ends with two blocks of zeros. */
const blockSize = 512;
const endSize = 2 * blockSize;

/** Told by the first block: a file that cannot be decompressed is none. */
export async function isTar(source: ByteSource, compression: Compression): Promise<boolean> {
  const end = magic.at + magic.text.length;
  let start = Buffer.alloc(0);
  try {
    for await (const chunk of readBytes(source, compression)) {
      start = Buffer.concat([start, chunk.subarray(0, end)]);
      if (start.length >= end) break;
    }
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
  }
  return start.toString('latin1', magic.at, end) === magic.text;
}

/** The members of a tar file, compressed or not. */
export class TarMembers implements Members {
  readonly path: string;
  readonly #source: ByteSource;
  readonly #compression: Compression;

  constructor(source: ByteSource, compression: Compression) {
    this.path = source.name;
    this.#source = source;
    this.#compression = compression;
  }

  async *read(_: boolean, onRead: (bytes: number) => void): AsyncGenerator<Member> {
    const archive = extract();
    const end = new TarEnd();
    const fed = feed(archive, readBytes(this.#source, this.#compression, onRead), end);
    try {
      for await (const entry of archive) {
        this.#refuseOthers(entry.header);
        yield { name: entry.header.name, chunks: this.#chunks(entry as AsyncIterable<Buffer>) };
      }
    } catch (error) {
      throw this.#unreadable(error);
    } finally {
      archive.destroy();
      await fed;
    }
    if (!end.isThere) throw this.#cut();
  }

  /** What is wrong with the file is told to whoever reads of it at that moment. */
  async *#chunks(entry: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    try {
      yield* entry;
    } catch (error) {
      throw this.#unreadable(error);
    }
  }

  version(): Promise<ContentVersion> {
    return this.#source.look();
  }

  /** Only a regular file has a content of its own, and only if nothing says that it is another than follows. */
  #refuseOthers({ name, type, ...header }: Header): void {
    const { pax } = header as { readonly pax?: Readonly<Record<string, string>> | null };
    const further = Object.keys(pax ?? {}).find((key) => key !== 'path');
    if (type === 'file' && further === undefined) return;
    const what = type === 'file' ? `is told more of (${printable(String(further))})` : `is no regular file (${type})`;
    throw new RefusedError('ARCHIVE_DAMAGED', `${this.path}: ${printable(name)} ${what}`, {
      hint: 'A tar file of another program is unpacked first: an archive can be a folder, too.',
    });
  }

  #unreadable(error: unknown): PortolanError {
    if (error instanceof PortolanError) return error;
    if (/Unexpected end/u.test(String(error))) return this.#cut(error);
    return new RefusedError('ARCHIVE_DAMAGED', `${this.path}: it is no whole tar file`, {
      cause: error,
      hint: 'Copy or export it again.',
    });
  }

  #cut(cause?: unknown): RefusedError {
    return new RefusedError('ARCHIVE_TRUNCATED', `${this.path} is cut: the tar file has no end`, {
      cause,
      hint: 'Copy or export it again.',
    });
  }
}

/** Ends when all has been taken, or when nobody wants more. */
async function feed(archive: Extract, bytes: AsyncIterable<Buffer>, end: TarEnd): Promise<void> {
  try {
    for await (const chunk of bytes) {
      if (archive.destroyed) return;
      end.add(chunk);
      if (!archive.write(chunk)) await taken(archive);
    }
    archive.end(null);
  } catch (error) {
    archive.destroy(error as Error);
  }
}

function taken(archive: Extract): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      archive.off('drain', done).off('close', done);
      resolve();
    };
    archive.on('drain', done).on('close', done);
  });
}

/** Whether a tar file comes to its end. */
class TarEnd {
  #last = Buffer.alloc(0);
  #length = 0;

  add(chunk: Buffer): void {
    this.#length += chunk.length;
    this.#last = Buffer.concat([this.#last, chunk.subarray(-endSize)]).subarray(-endSize);
  }

  get isThere(): boolean {
    return this.#length % blockSize === 0 && this.#last.length === endSize && this.#last.every((byte) => byte === 0);
  }
}
