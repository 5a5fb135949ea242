import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { fileError } from '../archive/file-error.js';
import { FileSource } from '../archive/file-source.js';
import type { LineBatch } from '../archive/read-lines.js';
import { readLines } from '../archive/read-lines.js';
import { discardTemporaryFile, temporaryName } from '../archive/temporary-files.js';

/** Lines that wait in a temporary file until they are needed: only its owner may read it, and it goes away with this process at the latest. */
export class Spool {
  readonly #path: string;
  readonly #file: FileHandle;
  #isOpen = true;

  private constructor(path: string, file: FileHandle) {
    this.#path = path;
    this.#file = file;
  }

  /** @throws PortolanError for the file system's failures, as every method */
  static async create(folder: string): Promise<Spool> {
    const path = temporaryName(join(folder, 'portolan-spool'));
    try {
      return new Spool(path, await open(path, 'wx', 0o600));
    } catch (error) {
      await discardTemporaryFile(path);
      throw fileError(error, path);
    }
  }

  /** Whole lines, each with its line feed. */
  async write(lines: Buffer): Promise<void> {
    try {
      await this.#file.writeFile(lines);
    } catch (error) {
      throw fileError(error, this.#path);
    }
  }

  /** All that was written; nothing can be written any more. */
  async *lines(): AsyncGenerator<LineBatch> {
    await this.#close();
    yield* readLines(FileSource.of(this.#path), 'none');
  }

  async discard(): Promise<void> {
    await this.#close().catch(() => undefined);
    await discardTemporaryFile(this.#path);
  }

  async #close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    await this.#file.close();
  }
}
