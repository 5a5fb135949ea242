import { link, mkdir, open, readdir, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { fileError } from '../archive/file-error.js';
import { discardTemporaryFile, forgetTemporaryFile, temporaryName } from '../archive/temporary-files.js';
import { RefusedError, UsageError } from '../errors/portolan-error.js';
import { isUrl } from '../store/object-place.js';
import { fileCame } from './file-came.js';
import type { FileDigest } from './file-digest.js';
import { fileDigest } from './file-digest.js';
import type { FileDraft, FileSource } from './file-source.js';
import type { FileStore, FileTransaction } from './file-store.js';
import { localFiles } from './local-files.js';

/**
 * Puts files below a folder that is there. Until the rows are committed they stand in a folder of their own within it.
 *
 * @example
 * await importObjects(dataSource, { archive: 'book/', files: localFileStore('uploads') });
 *
 * @throws UsageError OPTION_VALUE for a URL
 */
export function localFileStore(folder: string): FileStore {
  if (isUrl(folder)) {
    throw new UsageError('OPTION_VALUE', `${folder} is no folder`, { hint: 'objectFileStore puts files into a bucket.' });
  }
  return { name: folder, begin: (overwrite) => LocalTransaction.begin(folder, overwrite) };
}

class LocalTransaction implements FileTransaction {
  readonly #folder: string;
  readonly #staging: string;
  readonly #overwrite: boolean;
  readonly #there: FileSource;

  private constructor(folder: string, staging: string, overwrite: boolean) {
    this.#folder = folder;
    this.#staging = staging;
    this.#overwrite = overwrite;
    this.#there = localFiles(folder);
  }

  static async begin(name: string, overwrite: boolean): Promise<LocalTransaction> {
    let staging = '';
    try {
      const folder = await realpath(name);
      staging = temporaryName(join(folder, 'files'));
      await mkdir(staging, { mode: 0o700 });
      return new LocalTransaction(folder, staging, overwrite);
    } catch (error) {
      forgetTemporaryFile(staging);
      throw fileError(error, name);
    }
  }

  async look(path: string): Promise<FileDigest | undefined> {
    await this.#refuseWayOut(path);
    return fileDigest(this.#there, path);
  }

  async stage(path: string): Promise<FileDraft> {
    const staged = join(this.#staging, path);
    const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
      try {
        return await work();
      } catch (error) {
        throw fileError(error, join(this.#folder, path));
      }
    };
    const file = await guarded(async () => {
      await mkdir(dirname(staged), { recursive: true });
      return open(staged, 'wx');
    });
    return {
      write: (bytes) => guarded(() => file.writeFile(bytes)),
      end: () =>
        guarded(async () => {
          await file.datasync();
          await file.close();
        }),
      finish: () => Promise.resolve(),
      discard: async () => {
        await file.close().catch(() => undefined);
        await rm(staged, { force: true });
      },
    };
  }

  async withdraw(path: string): Promise<void> {
    await rm(join(this.#staging, path), { force: true });
  }

  async publish(): Promise<void> {
    try {
      await this.#publish('');
    } finally {
      await this.discard();
    }
  }

  async discard(): Promise<void> {
    await discardTemporaryFile(this.#staging);
  }

  async #publish(folder: string): Promise<void> {
    for (const entry of await readdir(join(this.#staging, folder), { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) await this.#publish(path);
      else await this.#move(path);
    }
  }

  async #move(path: string): Promise<void> {
    const [from, to] = [join(this.#staging, path), join(this.#folder, path)];
    try {
      await this.#refuseWayOut(path);
      await mkdir(dirname(to), { recursive: true });
      if (this.#overwrite) await rename(from, to);
      else await linkOrRename(from, to);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw fileCame(this.#folder, error);
      throw fileError(error, to);
    }
  }

  /** As far as the way is there, it must not lead out: what is made at its end would stand elsewhere. */
  async #refuseWayOut(path: string): Promise<void> {
    const names = path.split(sep);
    for (let length = 1; length <= names.length; length += 1) {
      const part = join(this.#folder, ...names.slice(0, length));
      const found = await realpath(part).catch((error: unknown) => {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw fileError(error, part);
      });
      if (found === undefined) return;
      if (!found.startsWith(`${this.#folder}${sep}`)) throw outside(this.#folder);
    }
  }
}

/** A link fails where a rename would replace what somebody else has put there. Not everywhere are there links. */
async function linkOrRename(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw error;
    const isThere = await stat(to).then(
      () => true,
      () => false,
    );
    if (isThere) throw Object.assign(new Error('it is there'), { code: 'EEXIST' });
    await rename(from, to);
  }
}

function outside(folder: string): RefusedError {
  return new RefusedError('FILE_OUTSIDE', `${folder}: a link in it leads out of it, where a file of the archive belongs`, {
    hint: 'Nothing was written. Name the folder to which the link leads, or take the link away.',
  });
}
