import { createHash } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { createReadStream } from 'node:fs';
import { lstat, readdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { RefusedError, UsageError } from '../../errors/portolan-error.js';
import type { ContentVersion } from '../archive-content.js';
import { fileError } from '../file-error.js';
import { linesOf } from '../read-lines.js';
import { readFileRecord } from './file-record.js';
import type { Member, Members } from './members.js';
import { comparePartNames, filesFolder, headerPart, partOf, printable } from './part-order.js';

/** The members of a folder: files stand before the list that tells of them, as in a tar file. */
export class FolderMembers implements Members {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  async *read(files: boolean, onRead: (bytes: number) => void): AsyncGenerator<Member> {
    let read = 0;
    const count = (bytes: number): void => {
      read += bytes;
      onRead(read);
    };
    let listed = 0;
    for (const name of await this.#names()) {
      const kind = partOf(name)?.kind;
      if (kind === 'files' && files) {
        for await (const file of this.#listed(name)) {
          listed += 1;
          yield { name: file, chunks: this.#chunks(file, count) };
        }
      }
      if (kind === 'trailer' && files) await this.#refuseUnlisted(listed);
      yield { name, chunks: this.#chunks(name, count) };
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
    if (!entries.some(({ name }) => partOf(name) !== undefined)) throw noArchive(this.path);
    for (const entry of entries) if (!isFolderOfFiles(entry)) this.#refuseOther(entry.name, entry);
    return entries
      .filter((entry) => !isFolderOfFiles(entry))
      .map(({ name }) => name)
      .sort(comparePartNames);
  }

  #refuseOther(name: string, entry: Dirent): void {
    if (partOf(name) === undefined) throw this.#damaged(name, 'is no part of an archive');
    if (!entry.isFile()) throw this.#damaged(name, 'is no regular file');
  }

  /** The files that a list tells of; its own lines are looked at by whoever reads it. */
  async *#listed(list: string): AsyncGenerator<string> {
    const root = await this.#asked(() => realpath(this.path));
    for await (const { bytes, ends } of linesOf(
      this.#chunks(list, () => undefined),
      this.path,
      () => 0,
    )) {
      let start = 0;
      for (const end of ends) {
        const record = readFileRecord(bytes.toString('utf8', start, end));
        start = end;
        if (record === undefined) throw this.#damaged(list, 'has a line that tells of no file');
        const name = `${filesFolder}/${record.name}`;
        const place = await realpath(join(root, name)).catch(() => undefined);
        if (place === undefined) throw this.#damaged(name, 'is missing');
        // A link leads elsewhere, or stands for a file that was one.
        if (place !== join(root, name) || !(await lstat(place)).isFile()) throw this.#damaged(name, 'is no regular file');
        yield name;
      }
    }
  }

  /** What is listed is there, once each: more files than that are surplus. */
  async #refuseUnlisted(listed: number): Promise<void> {
    let left = listed;
    const look = async (folder: string): Promise<void> => {
      const entries = await readdir(join(this.path, folder), { withFileTypes: true }).catch((error: unknown) => {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
        throw fileError(error, join(this.path, folder));
      });
      for (const entry of entries) {
        const name = `${folder}/${entry.name}`;
        if (entry.isDirectory()) await look(name);
        else if (!entry.isFile()) throw this.#damaged(name, 'is no regular file');
        else left -= 1;
      }
    };
    await look(filesFolder);
    if (left < 0) throw this.#damaged(filesFolder, 'has files that are in no list');
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

  #damaged(name: string, what: string): RefusedError {
    return new RefusedError('ARCHIVE_DAMAGED', `${this.path}: ${printable(name)} ${what}`, {
      hint: 'Move what is none of it elsewhere, or export the archive again.',
    });
  }

  async #asked<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw fileError(error, this.path);
    }
  }
}

function isFolderOfFiles(entry: Dirent): boolean {
  return entry.name === filesFolder && entry.isDirectory();
}

function noArchive(path: string): UsageError {
  return new UsageError('ARCHIVE_NOT_FOUND', `${path} is a folder without an archive: it has no ${headerPart}`, {
    hint: 'Name the folder that exportobjects wrote.',
  });
}
