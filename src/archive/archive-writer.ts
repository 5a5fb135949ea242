import { createHash } from 'node:crypto';
import type { Transform, Writable } from 'node:stream';
import stringify from 'fast-json-stable-stringify';
import { FailedError } from '../errors/portolan-error.js';
import type { ByteTarget } from '../store/byte-target.js';
import type { ArchiveHeader, ArchiveTrailer, TrailerContent } from './archive.js';
import type { OpenTargetOptions } from './archive-target.js';
import { openTarget } from './archive-target.js';
import type { PathLayout } from './compression.js';
import { compressor, pathLayout } from './compression.js';
import { lineLimit, trailerTooLong } from './limits.js';
import { isStandardOutput } from './output-place.js';
import { sealOf } from './seal-of.js';

export interface ArchiveWriterOptions extends OpenTargetOptions {
  /** A path, `gs://` or `s3://`, `-` for standard output, or a stream. */
  readonly output: string | Writable;
  readonly header: ArchiveHeader;
}

export interface FinishedArchive {
  /** Of the file, compressed as it is. */
  readonly bytes: number;
  readonly sha256: string;
  /** As it stands there. */
  readonly trailer: ArchiveTrailer;
}

/** Writes an archive; it has its name only when {@link ArchiveWriter.finish} has returned. */
export interface ArchiveWriter {
  /** What stands before each line that is handed over. */
  readonly lineStart: string;
  /** Whole lines. True where nobody looks at the bytes any more. */
  write(lines: Buffer): Promise<boolean>;
  finish(trailer: TrailerContent): Promise<FinishedArchive>;
  /** Leaves nothing behind. */
  abort(): Promise<void>;
}

/** @throws UsageError OUTPUT_EXISTS, FOLDER_MISSING, OUTPUT_LAYOUT, NO_ZSTD; FailedError for the rest */
export async function createArchiveWriter(options: ArchiveWriterOptions): Promise<ArchiveWriter> {
  const { output, header } = options;
  const layout: PathLayout =
    typeof output === 'string' && !isStandardOutput(output) ? pathLayout(output) : { layout: 'document', compression: 'none' };
  const transform = compressor(layout.compression);
  const target = await openTarget(output, options);
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
  readonly lineStart: string;
  readonly #target: ByteTarget;
  readonly #transform: Transform | undefined;
  readonly #document: boolean;
  readonly #content = createHash('sha256');
  /** Of the compressed bytes; without compression the content is the file. */
  readonly #compressed = createHash('sha256');
  readonly #drained: Promise<void> | undefined;
  #empty = true;

  constructor(target: ByteTarget, transform: Transform | undefined, layout: PathLayout['layout']) {
    this.#target = target;
    this.#transform = transform;
    this.#document = layout === 'document';
    this.lineStart = this.#document ? ',\n' : '\n';
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
      Buffer.from(this.#document ? `{"header":${stringify(header)},\n"objects":[` : `{"header":${stringify(header)}}`),
    );
  }

  async write(lines: Buffer): Promise<boolean> {
    if (lines.length === 0) return true;
    if (lines.length > lineLimit) checkLines(lines);
    const isFirst = this.#document && this.#empty;
    this.#empty = false;
    return this.#put(isFirst ? lines.subarray(1) : lines);
  }

  async finish(content: TrailerContent): Promise<FinishedArchive> {
    await this.#put(Buffer.from(this.#document ? '\n],\n' : '\n'));
    const trailer: ArchiveTrailer = { ...content, seal: sealOf(content), sha256: this.#content.copy().digest('hex') };
    const body = stringify(trailer);
    const line = Buffer.from(this.#document ? `"trailer":${body}}\n` : `{"trailer":${body}}\n`);
    if (line.length > lineLimit) throw trailerTooLong(lineLimit);
    await this.#put(line);
    if (this.#transform !== undefined) {
      this.#transform.end();
      await this.#drained;
    }
    const file = this.#transform === undefined ? this.#content : this.#compressed;
    return { bytes: await this.#target.finish(), sha256: file.digest('hex'), trailer };
  }

  async abort(): Promise<void> {
    this.#transform?.destroy();
    // A write that waits for a slow store ends with it.
    const aborted = this.#target.abort();
    await this.#drained?.catch(() => undefined);
    await aborted;
  }

  async #put(bytes: Buffer): Promise<boolean> {
    this.#content.update(bytes);
    const transform = this.#transform;
    if (transform === undefined) return this.#target.write(bytes);
    const taken = new Promise<void>((resolve) => {
      // An error comes by what is drained, with its own name.
      transform.write(bytes, (error) => {
        if (error === null || error === undefined) resolve();
      });
    });
    await Promise.race([taken, this.#drained]);
    return true;
  }
}

function checkLines(lines: Buffer): void {
  for (let at = 0; at < lines.length;) {
    const next = lines.indexOf(0x0a, at);
    // A comma may still come to stand behind the last.
    const end = next < 0 ? lines.length + 1 : next;
    if (end - at > lineLimit) {
      const { model, pk } = tailOf(lines.subarray(at, end));
      throw new FailedError('LINE_TOO_LONG', `an object of ${model} takes more than ${String(lineLimit >> 20)} MiB in one line`, {
        hint: `Its pk is ${pk}. Leave its large column out with --exclude ${model}.FIELD.`,
      });
    }
    at = end + 1;
  }
}

/** Model and key stand behind an object's fields. */
function tailOf(line: Buffer): { readonly model: string; readonly pk: string } {
  const tail = line.subarray(-4096).toString();
  const [, model, pk] = /"model":"([^"]*)","pk":(.*?)(?:,"shared":true)?\}$/su.exec(tail) ?? [];
  return { model: model ?? 'one model', pk: pk ?? 'longer still' };
}
