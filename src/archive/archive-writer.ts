import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Transform, Writable } from 'node:stream';
import stringify from 'fast-json-stable-stringify';
import type { FileSink } from '../files/file-source.js';
import type { ByteTarget } from '../store/byte-target.js';
import { isUrl } from '../store/object-place.js';
import type { Allowance } from './allowance.js';
import type { ArchiveHeader, ArchiveTrailer, TrailerContent } from './archive.js';
import type { OpenTargetOptions } from './archive-target.js';
import { openTarget } from './archive-target.js';
import { checkLines } from './check-lines.js';
import type { PathLayout } from './compression.js';
import { compressor } from './compression.js';
import { lineLimit, partLimit, trailerTooLong } from './limits.js';
import { outputLayout } from './output-layout.js';
import type { FileRecord } from './parts/file-record.js';
import type { PartsWriter } from './parts/parts-writer.js';
import { sealOf } from './seal-of.js';

export interface ArchiveWriterOptions extends OpenTargetOptions {
  /** A path, `gs://` or `s3://`, `-` for standard output, or a stream. */
  readonly output: string | Writable;
  readonly header: ArchiveHeader;
  /** Of an archive in parts, the most that a part holds. Default: that of the format. */
  readonly partBytes?: number | undefined;
  /** How much it may have in it. */
  readonly allowance?: Allowance | undefined;
}

export interface FinishedArchive {
  /** Of the file, compressed as it is; of a folder, all its files. */
  readonly bytes: number;
  /** Of the file; of a folder, its trailer's, which knows the digests of all other parts. */
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
  /** Where the form can hold files beside the rows: ends the objects, and gives the place for files. */
  openFiles?(): Promise<FileSink>;
  /** Tells of a file that has got its place there: in the same order. */
  record?(record: FileRecord): Promise<void>;
  finish(trailer: TrailerContent): Promise<FinishedArchive>;
  /** Leaves nothing behind. */
  abort(): Promise<void>;
}

/** @throws UsageError OUTPUT_EXISTS, FOLDER_MISSING, OUTPUT_LAYOUT, NO_ZSTD; FailedError for the rest */
export async function createArchiveWriter(options: ArchiveWriterOptions): Promise<ArchiveWriter> {
  const { output, header } = options;
  const writer = await openWriter(await outputLayout(output), options);
  try {
    await writer.begin(header);
    return writer;
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

async function openWriter(
  { layout, compression }: PathLayout,
  options: ArchiveWriterOptions,
): Promise<LinesWriter | PartsWriter> {
  const { output, force, partBytes = partLimit, allowance } = options;
  if (layout === 'folder' && typeof output === 'string') {
    const { FolderTarget } = await import('./parts/folder-target.js');
    const { PartsWriter } = await import('./parts/parts-writer.js');
    return new PartsWriter(await FolderTarget.open(output, force), partBytes, allowance);
  }
  const transform = compressor(compression);
  if (layout === 'tar') {
    const { TarTarget } = await import('./parts/tar-target.js');
    const { PartsWriter } = await import('./parts/parts-writer.js');
    const target = await openTarget(output, options);
    return new PartsWriter(new TarTarget(target, transform, waitingPlace(output)), partBytes, allowance);
  }
  const target = await openTarget(output, options);
  return new LinesWriter(target, transform, layout === 'document', allowance);
}

/** Beside a file; what goes elsewhere has no disk of its own. */
function waitingPlace(output: string | Writable): string {
  return typeof output === 'string' && !isUrl(output) ? output : join(tmpdir(), 'portolan');
}

class LinesWriter implements ArchiveWriter {
  readonly lineStart: string;
  readonly #target: ByteTarget;
  readonly #transform: Transform | undefined;
  readonly #document: boolean;
  readonly #allowance: Allowance | undefined;
  readonly #content = createHash('sha256');
  /** Of the compressed bytes; without compression the content is the file. */
  readonly #compressed = createHash('sha256');
  readonly #drained: Promise<void> | undefined;
  #empty = true;

  constructor(target: ByteTarget, transform: Transform | undefined, document: boolean, allowance: Allowance | undefined) {
    this.#target = target;
    this.#transform = transform;
    this.#document = document;
    this.#allowance = allowance;
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
    this.#allowance?.spend(bytes.length);
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
