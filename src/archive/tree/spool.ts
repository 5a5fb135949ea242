import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import { fileError } from '../file-error.js';
import { discardTemporaryFile, forgetTemporaryFile, temporaryName } from '../temporary-files.js';

/** Bytes of one member that wait in memory; more of them wait on the disk. */
const inMemory = 2 * 1024 * 1024;
const pieceSize = 256 * 1024;

/** Holds bytes until one knows how many they are. */
export class Spool {
  readonly #beside: string;
  #waiting: Buffer[] = [];
  #held = 0;
  #file: { readonly handle: FileHandle; readonly path: string } | undefined;
  #bytes = 0;

  /** @param beside the output: its disk is meant for so many bytes */
  constructor(beside: string) {
    this.#beside = beside;
  }

  get bytes(): number {
    return this.#bytes;
  }

  async write(chunk: Buffer): Promise<void> {
    this.#bytes += chunk.length;
    this.#waiting.push(chunk);
    this.#held += chunk.length;
    if (this.#held > inMemory) await this.#spill();
  }

  /** What was written, once. */
  async *read(): AsyncGenerator<Buffer> {
    const file = this.#file;
    if (file === undefined) {
      yield* this.#waiting;
      return;
    }
    await this.#spill();
    for (let at = 0; at < this.#bytes;) {
      const { bytesRead, buffer } = await file.handle.read(Buffer.allocUnsafe(pieceSize), 0, pieceSize, at).catch(this.#failed);
      if (bytesRead === 0) break;
      at += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  }

  async discard(): Promise<void> {
    this.#waiting = [];
    if (this.#file === undefined) return;
    await this.#file.handle.close().catch(() => undefined);
    await discardTemporaryFile(this.#file.path);
    this.#file = undefined;
  }

  async #spill(): Promise<void> {
    this.#file ??= await this.#open();
    const bytes = Buffer.concat(this.#waiting);
    this.#waiting = [];
    this.#held = 0;
    for (let at = 0; at < bytes.length;) {
      at += (await this.#file.handle.write(bytes, at).catch(this.#failed)).bytesWritten;
    }
  }

  async #open(): Promise<{ readonly handle: FileHandle; readonly path: string }> {
    const path = temporaryName(this.#beside);
    try {
      return { handle: await open(path, 'wx+', 0o600), path };
    } catch (error) {
      forgetTemporaryFile(path);
      throw fileError(error, this.#beside);
    }
  }

  readonly #failed = (error: unknown): never => {
    throw fileError(error, this.#beside);
  };
}
