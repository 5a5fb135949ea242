import { createHash } from 'node:crypto';
import stringify from 'fast-json-stable-stringify';
import type { FileSink } from '../../files/file-source.js';
import type { Allowance } from '../allowance.js';
import type { ArchiveFiles, ArchiveHeader, ArchivePart, ArchiveTrailer, TrailerContent } from '../archive.js';
import { checkLines } from '../check-lines.js';
import { lineLimit, listLimit, trailerTooLong } from '../limits.js';
import { sealOf } from '../seal-of.js';
import type { FileRecord } from './file-record.js';
import { writeFileRecord } from './file-record.js';
import { filesFolder, headerPart, numberedPart, trailerPart } from './part-order.js';
import type { PartsTarget } from './parts-target.js';

const lineFeed = 0x0a;

/** Writes an archive in parts: the lines of the JSON lines form, cut where a part is full, whatever pieces they come in. */
export class PartsWriter {
  readonly lineStart = '\n';
  readonly #target: PartsTarget;
  readonly #limit: number;
  readonly #allowance: Allowance | undefined;
  readonly #content = createHash('sha256');
  readonly #parts: ArchivePart[] = [];
  #buffer = Buffer.alloc(0);
  #used = 0;
  readonly #counts = { objects: 0, files: 0 };
  #files: ArchiveFiles | undefined;
  #records: Buffer[] = [];
  #recordBytes = 0;

  constructor(target: PartsTarget, limit: number, allowance?: Allowance) {
    this.#target = target;
    this.#limit = limit;
    this.#allowance = allowance;
  }

  async begin(header: ArchiveHeader): Promise<void> {
    await this.#part(headerPart, Buffer.from(`{"header":${stringify(header)}}\n`));
  }

  /** Each line comes with the line feed that ends the one before: here it ends its own. */
  async write(lines: Buffer): Promise<boolean> {
    if (lines.length === 0) return true;
    if (lines.length > lineLimit) checkLines(lines);
    for (let at = 1; at <= lines.length;) {
      const end = this.#endOf(lines, at);
      if (end === at) await this.#finishObjects();
      else {
        this.#take(lines, at, end);
        at = end;
      }
    }
    return true;
  }

  /** The objects are over: files follow. */
  async openFiles(): Promise<FileSink> {
    await this.#finishObjects();
    this.#files = { count: 0, bytes: 0 };
    const sink: FileSink = { create: (name) => this.#target.create(`${filesFolder}/${name}`) };
    return this.#allowance?.sink(sink) ?? sink;
  }

  /** Of a file that has its place: in the order in which files got theirs. */
  async record(record: FileRecord): Promise<void> {
    const { count, bytes } = this.#files ?? { count: 0, bytes: 0 };
    this.#files = { count: count + 1, bytes: bytes + record.bytes };
    const line = Buffer.from(writeFileRecord(record));
    if (line.length > lineLimit) throw trailerTooLong(lineLimit);
    this.#records.push(line);
    this.#recordBytes += line.length;
    if (this.#recordBytes >= this.#limit || this.#records.length >= listLimit) await this.#finishRecords();
  }

  async finish(content: TrailerContent): Promise<{
    readonly bytes: number;
    readonly sha256: string;
    readonly trailer: ArchiveTrailer;
  }> {
    await this.#finishObjects();
    await this.#finishRecords();
    const told = { ...content, ...(this.#files === undefined ? {} : { files: this.#files }), parts: [...this.#parts] };
    const sha256 = this.#content.copy().digest('hex');
    const trailer: ArchiveTrailer = { ...told, seal: sealOf(told), sha256 };
    const line = Buffer.from(`{"trailer":${stringify(trailer)}}\n`);
    if (line.length > lineLimit) throw trailerTooLong(lineLimit);
    const last = await this.#part(trailerPart, line);
    return { ...(await this.#target.finish(last)), trailer };
  }

  abort(): Promise<void> {
    return this.#target.abort();
  }

  /** Where the lines end that still go into the part; the last line of `lines` has its line feed behind them. */
  #endOf(lines: Buffer, at: number): number {
    const room = this.#limit - this.#used;
    if (lines.length + 1 - at <= room) return lines.length + 1;
    const fit = room <= 0 ? -1 : lines.lastIndexOf(lineFeed, at + room - 1);
    if (fit >= at) return fit + 1;
    if (this.#used > 0) return at;
    const next = lines.indexOf(lineFeed, at);
    return next < 0 ? lines.length + 1 : next + 1;
  }

  #take(lines: Buffer, start: number, end: number): void {
    const length = end - start;
    if (this.#used + length > this.#buffer.length) this.#grow(this.#used + length);
    lines.copy(this.#buffer, this.#used, start, end);
    this.#buffer[this.#used + length - 1] = lineFeed;
    this.#used += length;
  }

  /** A small archive needs no large buffer. */
  #grow(least: number): void {
    const grown = Buffer.allocUnsafeSlow(Math.max(least, Math.min(this.#limit, this.#buffer.length * 4), 1 << 16));
    this.#buffer.copy(grown, 0, 0, this.#used);
    this.#buffer = grown;
  }

  async #finishObjects(): Promise<void> {
    if (this.#used === 0) return;
    const bytes = this.#buffer.subarray(0, this.#used);
    // The target has them from now on. The next part is mostly as large.
    this.#buffer = Buffer.allocUnsafeSlow(Math.min(this.#limit, this.#buffer.length));
    this.#used = 0;
    this.#counts.objects += 1;
    await this.#part(numberedPart('objects', this.#counts.objects), bytes);
  }

  async #finishRecords(): Promise<void> {
    if (this.#records.length === 0) return;
    const bytes = Buffer.concat(this.#records);
    this.#records = [];
    this.#recordBytes = 0;
    this.#counts.files += 1;
    await this.#part(numberedPart('files', this.#counts.files), bytes);
  }

  async #part(name: string, bytes: Buffer): Promise<ArchivePart> {
    this.#allowance?.spend(bytes.length);
    this.#content.update(bytes);
    const part = { name, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
    await this.#target.part(name, bytes);
    this.#parts.push(part);
    return part;
  }
}
