import { createWriteStream } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { link, open, rename } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { UsageError } from '../errors/portolan-error.js';
import type { ByteTarget } from '../store/byte-target.js';
import type { ObjectCondition } from '../store/object-store.js';
import { fileError } from './file-error.js';
import { isStandardOutput, outputPlace } from './output-place.js';
import { discardTemporaryFile, forgetTemporaryFile, temporaryName } from './temporary-files.js';

export interface OpenTargetOptions {
  /** Whether what stands there may be replaced. */
  readonly force: boolean;
  /** Of an object of a bucket: no other version may be replaced. */
  readonly replaces?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A path, `gs://` or `s3://`, `-` (or another name) for standard output, or a stream. @throws UsageError OUTPUT_EXISTS, FOLDER_MISSING, OUTPUT_LAYOUT */
export async function openTarget(output: string | Writable, options: OpenTargetOptions): Promise<ByteTarget> {
  if (typeof output !== 'string') return new StreamTarget(output, 'the output');
  if (isStandardOutput(output)) return new StreamTarget(process.stdout, 'standard output');
  const place = await outputPlace(output);
  switch (place.kind) {
    case 'object': {
      const { ObjectTarget } = await import('../store/object-target.js');
      return ObjectTarget.open(place.object, conditionOf(options), { signal: options.signal });
    }
    case 'special':
      return new StreamTarget(createWriteStream(output), output);
    case 'file':
      if (!options.force) throw outputExists(output);
      return FileTarget.open(place.path, options.force);
    case 'nothing':
      return FileTarget.open(place.path, options.force);
  }
}

function conditionOf({ force, replaces }: OpenTargetOptions): ObjectCondition {
  if (replaces !== undefined) return { kind: 'version', version: replaces };
  return { kind: force ? 'anything' : 'nothing' };
}

class StreamTarget implements ByteTarget {
  #bytes = 0;
  readonly #stream: Writable;
  readonly #name: string;
  #error: Error | undefined;

  constructor(stream: Writable, name: string) {
    this.#stream = stream;
    this.#name = name;
    stream.on('error', (error) => {
      this.#error = error;
    });
  }

  async write(bytes: Buffer): Promise<boolean> {
    this.#check();
    this.#bytes += bytes.length;
    await new Promise<void>((resolve, reject) => {
      this.#stream.write(bytes, (error) => {
        if (error === null || error === undefined) resolve();
        else reject(fileError(error, this.#name));
      });
    });
    return false;
  }

  async finish(): Promise<number> {
    this.#check();
    if (this.#stream !== process.stdout) {
      this.#stream.end();
      await finished(this.#stream).catch((error: unknown) => {
        throw fileError(error, this.#name);
      });
    }
    return this.#bytes;
  }

  async abort(): Promise<void> {
    if (this.#stream !== process.stdout) this.#stream.destroy();
    return Promise.resolve();
  }

  #check(): void {
    if (this.#error !== undefined) throw fileError(this.#error, this.#name);
  }
}

/** So many bytes are worth sending to the disk while the next ones are made: little is left to wait for at the end. */
const worthSyncing = 32 * 1024 * 1024;

class FileTarget implements ByteTarget {
  #bytes = 0;
  #synced = 0;
  #syncing: Promise<void> | undefined;
  #syncError: { readonly error: unknown } | undefined;
  readonly #path: string;
  readonly #temporary: string;
  readonly #file: FileHandle;
  readonly #force: boolean;

  private constructor(path: string, temporary: string, file: FileHandle, force: boolean) {
    this.#path = path;
    this.#temporary = temporary;
    this.#file = file;
    this.#force = force;
  }

  static async open(path: string, force: boolean): Promise<FileTarget> {
    const temporary = temporaryName(path);
    try {
      return new FileTarget(path, temporary, await open(temporary, 'wx', 0o600), force);
    } catch (error) {
      forgetTemporaryFile(temporary);
      throw fileError(error, path);
    }
  }

  async write(bytes: Buffer): Promise<boolean> {
    this.#bytes += bytes.length;
    try {
      for (let at = 0; at < bytes.length;) at += (await this.#file.write(bytes, at, bytes.length - at)).bytesWritten;
      if (this.#bytes - this.#synced >= worthSyncing) this.#startSync();
      return true;
    } catch (error) {
      throw fileError(error, this.#path);
    }
  }

  /** One at a time. The system may tell of an error once only: it is kept for the end. */
  #startSync(): void {
    if (this.#syncing !== undefined) return;
    this.#synced = this.#bytes;
    this.#syncing = this.#file
      .datasync()
      .catch((error: unknown) => {
        this.#syncError ??= { error };
      })
      .finally(() => {
        this.#syncing = undefined;
      });
  }

  async finish(): Promise<number> {
    try {
      await this.#syncing;
      if (this.#syncError !== undefined) throw this.#syncError.error;
      await this.#file.sync();
      await this.#file.close();
      if (this.#force || !(await this.#linkInPlace())) {
        await rename(this.#temporary, this.#path);
        forgetTemporaryFile(this.#temporary);
      }
    } catch (error) {
      throw fileError(error, this.#path);
    }
    return this.#bytes;
  }

  async abort(): Promise<void> {
    await this.#syncing;
    await this.#file.close().catch(() => undefined);
    await discardTemporaryFile(this.#temporary);
  }

  /** A link fails where a rename would replace what somebody else has put there meanwhile. False: there are no links here. */
  async #linkInPlace(): Promise<boolean> {
    try {
      await link(this.#temporary, this.#path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw outputExists(this.#path);
      return false;
    }
    // The archive has its name; that the other one stays for a moment is no failure.
    await discardTemporaryFile(this.#temporary);
    return true;
  }
}

export function outputExists(path: string, hint = 'Choose another name, or replace it with --force.'): UsageError {
  return new UsageError('OUTPUT_EXISTS', `${path} exists`, { hint });
}
