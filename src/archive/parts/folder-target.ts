import { mkdir, open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { fileError } from '../file-error.js';
import { discardTemporaryFile, forgetTemporaryFile, temporaryName } from '../temporary-files.js';
import { folderPlace, takePlace } from './folder-place.js';
import type { PartsTarget } from './parts-target.js';

/** Writes the members of an archive into a folder, which has its name only when it is whole. */
export class FolderTarget implements PartsTarget {
  readonly #path: string;
  readonly #temporary: string;
  readonly #force: boolean;
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
    await discardTemporaryFile(this.#temporary);
  }
}
