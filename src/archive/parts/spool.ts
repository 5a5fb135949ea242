import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import { fileError } from '../file-error.js';
import { discardTemporaryFile, forgetTemporaryFile, temporaryName } from '../temporary-files.js';

/** Bytes that wait in memory; where there are more, all wait on the disk. */
const inMemory = 1024 * 1024;
const pieceSize = 256 * 1024;

/** Keeps bytes until one knows how many they are: a tar file tells that first. */
export class Spool {
  readonly #beside: string;
  #held: Buffer[] = [];
  #file: { readonly handle: FileHandle; readonly path: string } | undefined;
  #bytes = 0;

  /** @param beside an output: its disk has room for so much */
  constructor(beside: string) {
    this.#beside = beside;
  }

  get bytes(): number {
    return this.#bytes;
  }

  async write(bytes: Buffer): Promise<void> {
    this.#bytes += bytes.length;
    if (this.#file === undefined && this.#bytes <= inMemory) {
      this.#held.push(bytes);
      return;
    }
    try {
      const { handle } = (this.#file ??= await this.#open());
      await handle.writeFile(Buffer.concat([...this.#held, bytes]));
      this.#held = [];
    } catch (error) {
      throw fileError(error, this.#beside);
    }
  }

  async *read(): AsyncGenerator<Buffer> {
    yield* this.#held;
    const handle = this.#file?.handle;
    if (handle === undefined) return;
    for (let at = 0; at < this.#bytes;) {
      const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(pieceSize), 0, pieceSize, at);
      if (bytesRead === 0) return;
      at += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  }

  async discard(): Promise<void> {
    this.#held = [];
    const file = this.#file;
    if (file === undefined) return;
    await file.handle.close().catch(() => undefined);
    await discardTemporaryFile(file.path);
  }

  async #open(): Promise<{ readonly handle: FileHandle; readonly path: string }> {
    const path = temporaryName(this.#beside);
    try {
      return { path, handle: await open(path, 'wx+', 0o600) };
    } catch (error) {
      forgetTemporaryFile(path);
      throw error;
    }
  }
}
