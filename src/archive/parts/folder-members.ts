import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { RefusedError, UsageError } from '../../errors/portolan-error.js';
import type { ContentVersion } from '../archive-content.js';
import { fileError } from '../file-error.js';
import type { Member, Members } from './members.js';
import { comparePartNames, headerPart, partOf, printable } from './part-order.js';

/** The members of a folder. */
export class FolderMembers implements Members {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  async *read(onRead: (bytes: number) => void): AsyncGenerator<Member> {
    let read = 0;
    for (const name of await this.#names()) {
      yield {
        name,
        chunks: this.#chunks(name, (bytes) => {
          read += bytes;
          onRead(read);
        }),
      };
    }
  }

  async version(): Promise<ContentVersion> {
    const digest = createHash('sha256');
    let total = 0;
    for (const name of await this.#names()) {
      const { dev, ino, size, mtimeNs } = await this.#asked(() => lstat(join(this.path, name), { bigint: true }));
      digest.update([name, dev, ino, size, mtimeNs, ''].join(' '));
      total += Number(size);
    }
    return { version: digest.digest('hex'), size: total };
  }

  /** @throws UsageError ARCHIVE_NOT_FOUND; RefusedError ARCHIVE_DAMAGED for what is no part */
  async #names(): Promise<readonly string[]> {
    const entries = await this.#asked(() => readdir(this.path, { withFileTypes: true }));
    const names = entries.map(({ name }) => name).sort(comparePartNames);
    if (!names.some((name) => partOf(name) !== undefined)) throw noArchive(this.path);
    const other = entries.find((entry) => partOf(entry.name) === undefined || !entry.isFile());
    if (other === undefined) return names;
    const what = partOf(other.name) === undefined ? 'is no part of an archive' : 'is no regular file';
    throw new RefusedError('ARCHIVE_DAMAGED', `${this.path}: ${printable(other.name)} ${what}`, {
      hint: 'Move it elsewhere, or export the archive again.',
    });
  }

  async *#chunks(name: string, onRead: (bytes: number) => void): AsyncGenerator<Buffer> {
    const source = createReadStream(join(this.path, name), { highWaterMark: 1 << 18 });
    try {
      for await (const chunk of source as AsyncIterable<Buffer>) {
        onRead(chunk.length);
        yield chunk;
      }
    } catch (error) {
      throw fileError(error, join(this.path, name));
    } finally {
      source.destroy();
    }
  }

  async #asked<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw fileError(error, this.path);
    }
  }
}

function noArchive(path: string): UsageError {
  return new UsageError('ARCHIVE_NOT_FOUND', `${path} is a folder without an archive: it has no ${headerPart}`, {
    hint: 'Name the folder that exportobjects wrote.',
  });
}
