import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { mkdir, open, readdir, realpath, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileError } from '../file-error.js';
import { FewAtOnce } from './few-at-once.js';
import { discardTemporaryFile, forgetTemporaryFile, temporaryName } from '../temporary-files.js';
import type { OpenTree, TreeMember, WrittenMember } from './tree.js';
import { refuseFullFolder } from './tree-place.js';

/** Files that go to the disk at once: each keeps one of the threads busy that also write. */
const syncsAtOnce = 3;

/** Writes a folder beside its name, and renames it when it is whole. */
export class FolderTree implements OpenTree {
  readonly holdsBytes = false;
  readonly #path: string;
  readonly #temporary: string;
  readonly #open = new Set<FileHandle>();
  readonly #syncs = new FewAtOnce(syncsAtOnce);
  #bytes = 0;
  #sha256 = '';

  private constructor(path: string, temporary: string) {
    this.#path = path;
    this.#temporary = temporary;
  }

  /** @throws UsageError OUTPUT_EXISTS, FOLDER_MISSING */
  static async open(name: string): Promise<FolderTree> {
    await refuseFullFolder(name);
    // A link to an empty folder stays one.
    const path = await realpath(name).catch(() => name);
    const temporary = temporaryName(path);
    try {
      await mkdir(temporary, { mode: 0o700 });
    } catch (error) {
      forgetTemporaryFile(temporary);
      throw fileError(error, path);
    }
    return new FolderTree(path, temporary);
  }

  async create(path: string): Promise<TreeMember> {
    const place = join(this.#temporary, path);
    const digest = createHash('sha256');
    let bytes = 0;
    const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
      try {
        return await work();
      } catch (error) {
        throw fileError(error, join(this.#path, path));
      }
    };
    const file = await guarded(async () => {
      await mkdir(dirname(place), { recursive: true, mode: 0o700 });
      return open(place, 'wx', 0o600);
    });
    this.#open.add(file);
    return {
      write: (chunk) =>
        guarded(async () => {
          digest.update(chunk);
          bytes += chunk.length;
          for (let at = 0; at < chunk.length;) at += (await file.write(chunk, at)).bytesWritten;
        }),
      finish: () =>
        guarded(async (): Promise<WrittenMember> => {
          await this.#syncs.begin(() =>
            guarded(async () => {
              await file.datasync();
              await file.close();
              this.#open.delete(file);
            }),
          );
          this.#bytes += bytes;
          this.#sha256 = digest.digest('hex');
          return { path, bytes, sha256: this.#sha256 };
        }),
      discard: () =>
        guarded(async () => {
          this.#open.delete(file);
          await file.close();
          await rm(place);
        }),
    };
  }

  async finish(): Promise<{ readonly bytes: number; readonly sha256: string }> {
    try {
      await this.#syncs.end();
      for (const folder of await foldersOf(this.#temporary)) await syncFolder(folder);
      // A folder with something in it is never replaced: rename refuses.
      await refuseFullFolder(this.#path);
      await rename(this.#temporary, this.#path);
      forgetTemporaryFile(this.#temporary);
      await syncFolder(dirname(this.#path));
    } catch (error) {
      throw fileError(error, this.#path);
    }
    return { bytes: this.#bytes, sha256: this.#sha256 };
  }

  async abort(): Promise<void> {
    await Promise.all([...this.#open].map((file) => file.close().catch(() => undefined)));
    await discardTemporaryFile(this.#temporary);
  }
}

async function foldersOf(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const below = entries.filter((entry) => entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
  return [folder, ...below];
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
