import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { open, readdir, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { fileError } from '../archive/file-error.js';
import { UsageError } from '../errors/portolan-error.js';
import { isUrl } from '../store/object-place.js';
import { isFileName } from './file-name.js';
import type { FileSource, FileState } from './file-source.js';

const pieceSize = 256 * 1024;
const missing = Object.freeze({ kind: 'missing' });
const outside = Object.freeze({ kind: 'outside' });

/**
 * The files below a folder. Links within it are followed, those that lead out of it are not.
 *
 * @example
 * await exportObjects(dataSource, { objects: ['demoapp.Book.4'], output: 'book/', files: localFiles('uploads') });
 *
 * @throws UsageError OPTION_VALUE for a URL
 */
export function localFiles(folder: string): FileSource {
  if (isUrl(folder)) {
    throw new UsageError('OPTION_VALUE', `${folder} is no folder`, { hint: 'Files in a bucket are those of objectFiles.' });
  }
  return new LocalFiles(folder);
}

type Place = { readonly kind: 'there'; readonly path: string } | typeof missing | typeof outside;

class LocalFiles implements FileSource {
  readonly name: string;

  constructor(folder: string) {
    this.name = folder;
  }

  async check(): Promise<void> {
    await this.#find('');
  }

  async stat(path: string): Promise<FileState> {
    const place = await this.#find(path);
    if (place.kind !== 'there') return place;
    try {
      const facts = await stat(place.path, { bigint: true });
      if (!facts.isFile()) return missing;
      const { dev, ino, size, mtime, mtimeNs, ctimeNs } = facts;
      return { kind: 'file', size: Number(size), modified: mtime, version: [dev, ino, size, mtimeNs, ctimeNs].join(' ') };
    } catch (error) {
      if (isGone(error)) return missing;
      throw fileError(error, join(this.name, path));
    }
  }

  async *open(path: string): AsyncGenerator<Buffer> {
    const file = await this.#open(path);
    if (file === undefined) return;
    try {
      for (;;) {
        const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(pieceSize), 0, pieceSize, null);
        if (bytesRead === 0) return;
        yield buffer.subarray(0, bytesRead);
      }
    } catch (error) {
      throw fileError(error, join(this.name, path));
    } finally {
      await file.close();
    }
  }

  async *list(prefix: string): AsyncGenerator<string> {
    const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
    if (folder !== '' && !isFileName(folder.slice(0, -1))) return;
    for await (const path of this.#below(folder)) if (path.startsWith(prefix)) yield path;
  }

  async *#below(folder: string): AsyncGenerator<string> {
    const place = await this.#find(folder.slice(0, -1));
    if (place.kind !== 'there') return;
    const entries = await readdir(place.path, { withFileTypes: true }).catch((error: unknown) => {
      if (isGone(error)) return [];
      throw fileError(error, join(this.name, folder));
    });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = `${folder}${entry.name}`;
      if (!isFileName(path)) continue;
      if (entry.isDirectory()) yield* this.#below(`${path}/`);
      else if ((await this.stat(path)).kind === 'file') yield path;
    }
  }

  /** Nothing but a file is opened: a pipe would be waited for. */
  async #open(path: string): Promise<FileHandle | undefined> {
    if ((await this.stat(path)).kind !== 'file') return undefined;
    const place = await this.#find(path);
    if (place.kind !== 'there') return undefined;
    try {
      return await open(place.path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    } catch (error) {
      if (isGone(error)) return undefined;
      throw fileError(error, join(this.name, path));
    }
  }

  /** What lies behind all links; the folder itself for an empty path. */
  async #find(path: string): Promise<Place> {
    if (path !== '' && !isFileName(path)) return outside;
    const root = await realpath(this.name).catch((error: unknown) => {
      throw fileError(error, this.name);
    });
    try {
      const found = await realpath(join(root, path));
      const isInside = found === root || found.startsWith(root.endsWith(sep) ? root : `${root}${sep}`);
      return isInside ? { kind: 'there', path: found } : outside;
    } catch (error) {
      if (isGone(error)) return missing;
      throw fileError(error, join(this.name, path));
    }
  }
}

function isGone(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ELOOP'].includes((error as NodeJS.ErrnoException).code ?? '');
}
