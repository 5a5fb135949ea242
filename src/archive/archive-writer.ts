import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { link, open, rename } from 'node:fs/promises';
import type { Transform, Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import stringify from 'fast-json-stable-stringify';
import { FailedError, UsageError } from '../errors/portolan-error.js';
import type { ArchiveHeader, ArchiveTrailer } from './archive.js';
import type { PathLayout } from './compression.js';
import { compressor, pathLayout } from './compression.js';
import { fileError } from './file-error.js';
import { lineLimit } from './limits.js';
import { discardTemporaryFile, forgetTemporaryFile, temporaryName } from './temporary-files.js';

export interface ArchiveWriterOptions {
  /** A path, `-` for standard output, or a stream. */
  readonly output: string | Writable;
  readonly header: ArchiveHeader;
  readonly force: boolean;
}

/** Writes an archive; it has its name only when {@link ArchiveWriter.finish} has returned. */
export interface ArchiveWriter {
  /** What ends each line that is handed over. */
  readonly lineEnd: string;
  /** Whole lines. */
  write(lines: Buffer): Promise<void>;
  /** Bytes and SHA-256 of the finished file, compressed as it is. */
  finish(trailer: Omit<ArchiveTrailer, 'sha256'>): Promise<{ readonly bytes: number; readonly sha256: string }>;
  /** Leaves nothing behind. */
  abort(): Promise<void>;
}

/** @throws UsageError OUTPUT_EXISTS, FOLDER_MISSING, OUTPUT_LAYOUT, NO_ZSTD; FailedError for the rest */
export async function createArchiveWriter(options: ArchiveWriterOptions): Promise<ArchiveWriter> {
  const { output, header, force } = options;
  const layout: PathLayout =
    typeof output === 'string' && output !== '-' ? pathLayout(output) : { layout: 'document', compression: 'none' };
  const transform = compressor(layout.compression);
  const target =
    typeof output !== 'string'
      ? new StreamTarget(output)
      : output === '-'
        ? new StreamTarget(process.stdout)
        : await FileTarget.open(output, force);
  const writer = new LinesWriter(target, transform, layout.layout);
  try {
    await writer.begin(header);
    return writer;
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

class LinesWriter implements ArchiveWriter {
  readonly lineEnd: string;
  readonly #target: Target;
  readonly #transform: Transform | undefined;
  readonly #document: boolean;
  readonly #content = createHash('sha256');
  /** Of the compressed bytes; without compression the content is the file. */
  readonly #compressed = createHash('sha256');
  readonly #drained: Promise<void> | undefined;
  /** The comma of the last line is held back: nobody knows yet whether another follows. */
  #held = '';

  constructor(target: Target, transform: Transform | undefined, layout: PathLayout['layout']) {
    this.#target = target;
    this.#transform = transform;
    this.#document = layout === 'document';
    this.lineEnd = this.#document ? ',\n' : '\n';
    if (transform !== undefined) {
      this.#drained = (async () => {
        for await (const chunk of transform) {
          this.#compressed.update(chunk as Buffer);
          await target.write(chunk as Buffer);
        }
      })();
      this.#drained.catch(() => undefined);
    }
  }

  async begin(header: ArchiveHeader): Promise<void> {
    await this.#put(
      Buffer.from(this.#document ? `{"header":${stringify(header)},\n"objects":[\n` : `{"header":${stringify(header)}}\n`),
    );
  }

  async write(lines: Buffer): Promise<void> {
    if (lines.length === 0) return;
    if (lines.length > lineLimit) checkLines(lines);
    if (this.#held !== '') await this.#put(Buffer.from(this.#held));
    this.#held = '';
    if (!this.#document) return this.#put(lines);
    this.#held = ',\n';
    await this.#put(lines.subarray(0, lines.length - 2));
  }

  async finish(trailer: Omit<ArchiveTrailer, 'sha256'>): Promise<{ readonly bytes: number; readonly sha256: string }> {
    if (this.#document) await this.#put(Buffer.from(this.#held === '' ? '],\n' : '\n],\n'));
    const body = stringify({ ...trailer, sha256: this.#content.copy().digest('hex') });
    await this.#put(Buffer.from(this.#document ? `"trailer":${body}}\n` : `{"trailer":${body}}\n`));
    if (this.#transform !== undefined) {
      this.#transform.end();
      await this.#drained;
    }
    const file = this.#transform === undefined ? this.#content : this.#compressed;
    return { bytes: await this.#target.finish(), sha256: file.digest('hex') };
  }

  async abort(): Promise<void> {
    this.#transform?.destroy();
    await this.#drained?.catch(() => undefined);
    await this.#target.abort();
  }

  async #put(bytes: Buffer): Promise<void> {
    this.#content.update(bytes);
    await this.#send(bytes);
  }

  async #send(bytes: Buffer): Promise<void> {
    const transform = this.#transform;
    if (transform === undefined) return this.#target.write(bytes);
    if (!transform.write(bytes)) await Promise.race([once(transform, 'drain'), this.#drained]);
  }
}

/** Where the bytes go. */
interface Target {
  write(bytes: Buffer): Promise<void>;
  /** How many bytes there are. */
  finish(): Promise<number>;
  abort(): Promise<void>;
}

class StreamTarget implements Target {
  #bytes = 0;
  readonly #stream: Writable;
  #error: Error | undefined;

  constructor(stream: Writable) {
    this.#stream = stream;
    stream.on('error', (error) => {
      this.#error = error;
    });
  }

  async write(bytes: Buffer): Promise<void> {
    this.#check();
    this.#bytes += bytes.length;
    await new Promise<void>((resolve, reject) => {
      this.#stream.write(bytes, (error) => {
        if (error === null || error === undefined) resolve();
        else reject(fileError(error, 'the output'));
      });
    });
  }

  async finish(): Promise<number> {
    this.#check();
    if (this.#stream !== process.stdout) {
      this.#stream.end();
      await finished(this.#stream);
    }
    return this.#bytes;
  }

  async abort(): Promise<void> {
    if (this.#stream !== process.stdout) this.#stream.destroy();
    return Promise.resolve();
  }

  #check(): void {
    if (this.#error !== undefined) throw fileError(this.#error, 'the output');
  }
}

class FileTarget implements Target {
  #bytes = 0;
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
    if (!force && existsSync(path)) throw outputExists(path);
    const temporary = temporaryName(path);
    try {
      return new FileTarget(path, temporary, await open(temporary, 'wx', 0o600), force);
    } catch (error) {
      forgetTemporaryFile(temporary);
      throw fileError(error, path);
    }
  }

  async write(bytes: Buffer): Promise<void> {
    this.#bytes += bytes.length;
    try {
      for (let at = 0; at < bytes.length;) at += (await this.#file.write(bytes, at, bytes.length - at)).bytesWritten;
    } catch (error) {
      throw fileError(error, this.#path);
    }
  }

  async finish(): Promise<number> {
    try {
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

function outputExists(path: string): UsageError {
  return new UsageError('OUTPUT_EXISTS', `${path} exists`, { hint: 'Choose another name, or replace it with --force.' });
}

function checkLines(lines: Buffer): void {
  for (let at = 0; at < lines.length;) {
    const end = lines.indexOf(0x0a, at);
    if (end - at > lineLimit) {
      throw new FailedError('LINE_TOO_LONG', `an object takes more than ${String(lineLimit >> 20)} MiB in one line`, {
        hint: 'Leave its large column out with --exclude Model.field.',
      });
    }
    at = end + 1;
  }
}
