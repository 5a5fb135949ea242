import type { FileHandle } from 'node:fs/promises';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { FileDraft } from '../../files/file-source.js';
import { fileError } from '../file-error.js';
import { discardTemporaryFile, forgetTemporaryFile, temporaryName } from '../temporary-files.js';
import { folderPlace, takePlace } from './folder-place.js';
import type { PartsTarget } from './parts-target.js';

/** Writes the members of an archive into a folder, which has its name only when it is whole. */
export class FolderTarget implements PartsTarget {
  readonly #path: string;
  readonly #temporary: string;
  readonly #force: boolean;
  readonly #open = new Set<FileHandle>();
  #bytes = 0;
  /** The disk takes a part while the next one is made. */
  #synced: Promise<void> = Promise.resolve();

  private constructor(path: string, temporary: string, force: boolean) {
    this.#path = path;
    this.#temporary = temporary;
    this.#force = force;
  }

  /** @throws UsageError OUTPUT_EXISTS, FOLDER_MISSING */
  static async open(path: string, force: boolean): Promise<FolderTarget> {
    const place = await folderPlace(path, force);
    const temporary = temporaryName(place);
    try {
      await mkdir(temporary, { mode: 0o700 });
    } catch (error) {
      forgetTemporaryFile(temporary);
      throw fileError(error, path);
    }
    return new FolderTarget(place, temporary, force);
  }

  async part(name: string, bytes: Buffer): Promise<void> {
    try {
      await this.#synced;
      const file = await open(join(this.#temporary, name), 'wx', 0o600);
      try {
        await file.writeFile(bytes);
      } catch (error) {
        await file.close();
        throw error;
      }
      this.#bytes += bytes.length;
      this.#synced = file.datasync().finally(() => file.close());
      // Whoever writes the next part is told.
      this.#synced.catch(() => undefined);
    } catch (error) {
      throw fileError(error, this.#path);
    }
  }

  async create(name: string): Promise<FileDraft> {
    const path = join(this.#temporary, name);
    const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
      try {
        return await work();
      } catch (error) {
        throw fileError(error, this.#path);
      }
    };
    const file = await guarded(async () => {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      return open(path, 'wx', 0o600);
    });
    this.#open.add(file);
    let written = 0;
    const close = async (): Promise<void> => {
      if (this.#open.delete(file)) await file.close();
    };
    return {
      write: (bytes) =>
        guarded(async () => {
          await file.writeFile(bytes);
          written += bytes.length;
        }),
      end: () =>
        guarded(async () => {
          await file.datasync();
          await close();
        }),
      finish: () => {
        this.#bytes += written;
        return Promise.resolve();
      },
      discard: async () => {
        await close().catch(() => undefined);
        await rm(path, { force: true });
      },
    };
  }

  async finish({ sha256 }: { readonly sha256: string }): Promise<{ readonly bytes: number; readonly sha256: string }> {
    try {
      await this.#synced;
      const folder = await open(this.#temporary, 'r');
      try {
        await folder.sync();
      } finally {
        await folder.close();
      }
      const old = await takePlace(this.#path, this.#force);
      try {
        await rename(this.#temporary, this.#path);
      } catch (error) {
        await old?.restore();
        throw error;
      }
      forgetTemporaryFile(this.#temporary);
      await old?.remove();
    } catch (error) {
      throw fileError(error, this.#path);
    }
    return { bytes: this.#bytes, sha256 };
  }

  async abort(): Promise<void> {
    await this.#synced.catch(() => undefined);
    for (const file of this.#open) await file.close().catch(() => undefined);
    await discardTemporaryFile(this.#temporary);
  }
}
