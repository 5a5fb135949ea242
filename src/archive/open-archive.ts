import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { RefusedError } from '../errors/portolan-error.js';
import { sourceChanged } from '../store/source-changed.js';
import type { ArchiveContent, ContentVersion, FilesOfPass, FileVisitor } from './archive-content.js';
import type { ArchiveHeader, ArchiveObject, ArchiveTrailer } from './archive.js';
import { checkHeader, checkTrailer } from './check-header.js';
import { ModelFilter } from './model-filter.js';
import { ObjectChecker } from './object-checker.js';
import { openContent } from './open-content.js';

/** An archive on disk or in a bucket. Its header is read at once; each pass over the objects reads and checks all of it again. */
export interface ArchiveReader {
  readonly path: string;
  readonly header: ArchiveHeader;
  /** Known when a pass has ended. */
  readonly trailer: ArchiveTrailer | undefined;
  /** How far the latest pass has come: bytes before compression, and about which share of the file. */
  readonly position: { readonly bytes: number; readonly share: number };
  /**
   * The objects in batches, in order. What a pass has proven when it ends: the order, no duplicates, every member, the counts
   * and the digest, and that it read what earlier passes read. When one pass has proven all that, later ones may pass over the
   * objects of other models than `only`. @throws RefusedError ARCHIVE_*
   */
  objects(only?: ReadonlySet<string>): AsyncGenerator<readonly ArchiveObject[]>;
  /** The same, but objects that need no parser are left in the bytes of their lines: see {@link EncodedObject}. */
  encoded(only?: ReadonlySet<string>): AsyncGenerator<readonly ArchiveObject[]>;
  /** Shows the files beside the rows, one after the other, and proves them on the way. @throws RefusedError ARCHIVE_* */
  files(visitor: FileVisitor): Promise<void>;
}

/** How an archive is read. */
export interface ReadOptions {
  readonly signal?: AbortSignal | undefined;
}

/**
 * @param path of a file or a folder, or `gs://bucket/path`, `s3://bucket/path`
 * @throws UsageError ARCHIVE_NOT_FOUND; RefusedError ARCHIVE_NOT_OURS, ARCHIVE_VERSION, ARCHIVE_DAMAGED, ARCHIVE_TRUNCATED
 */
export async function openArchive(path: string, { signal }: ReadOptions = {}): Promise<ArchiveReader> {
  const { content, version } = await openContent(path, signal);
  const { header, document } = await readHeader(content);
  return new ContentReader(content, version, header, document);
}

const headerStart = Buffer.from('{"header":');
const listEnd = Buffer.from('],\n');
const objectsLine = '"objects":[\n';
const trailerStart = Buffer.from('"trailer":');
const trailerLineStart = Buffer.from('{"trailer":');

async function readHeader(content: ArchiveContent): Promise<{ header: ArchiveHeader; document: boolean }> {
  const { path } = content;
  for await (const { bytes, ends, terminated } of content.pass('pass over').lines) {
    const line = bytes.subarray(0, ends[0]);
    if (line.length < headerStart.length || !line.subarray(0, headerStart.length).equals(headerStart)) throw notOurs(path);
    const text = line.toString('utf8').trimEnd();
    if (!terminated && ends.length === 1) throw text.endsWith('}}') ? notByLine(path) : truncated(path);
    const document = text.endsWith('},');
    const body = document ? text.slice(headerStart.length, -1) : text.slice(headerStart.length, -1);
    return { header: checkHeader(parse(body, path), path), document };
  }
  throw new RefusedError('ARCHIVE_TRUNCATED', `${path} is empty`);
}

/** Bytes of lines that are read before their objects are handed on: many, since a look-up of many takes little longer than one of few. */
const batchBytes = 1024 * 1024;

type ReadObject = (checker: ObjectChecker, bytes: Buffer, start: number, end: number, line: number) => ArchiveObject;

class ContentReader implements ArchiveReader {
  readonly header: ArchiveHeader;
  readonly #content: ArchiveContent;
  readonly #version: ContentVersion;
  readonly #document: boolean;
  #trailer: ArchiveTrailer | undefined;
  /** Of what the pass read that proved the digest: later ones must only read the same, which this tells ten times as fast. */
  #checksum = 0;
  #position = { bytes: 0, share: 0 };

  constructor(content: ArchiveContent, version: ContentVersion, header: ArchiveHeader, document: boolean) {
    this.#content = content;
    this.#version = version;
    this.header = header;
    this.#document = document;
  }

  get path(): string {
    return this.#content.path;
  }

  get trailer(): ArchiveTrailer | undefined {
    return this.#trailer;
  }

  get position(): ArchiveReader['position'] {
    return this.#position;
  }

  objects(only?: ReadonlySet<string>): AsyncGenerator<readonly ArchiveObject[]> {
    return this.#pass(only, (checker, bytes, start, end, line) => this.#parsed(checker, bytes, start, end, line));
  }

  encoded(only?: ReadonlySet<string>): AsyncGenerator<readonly ArchiveObject[]> {
    return this.#pass(
      only,
      (checker, bytes, start, end, line) =>
        checker.decode(bytes, start, end, line) ?? this.#parsed(checker, bytes, start, end, line),
    );
  }

  async files(visitor: FileVisitor): Promise<void> {
    const objects = this.#pass(
      new Set(),
      (checker, bytes, start, end, line) => this.#parsed(checker, bytes, start, end, line),
      visitor,
    );
    while ((await objects.next()).done !== true);
  }

  #parsed(checker: ObjectChecker, bytes: Buffer, start: number, end: number, line: number): ArchiveObject {
    return checker.check(parse(bytes.toString('utf8', start, end), this.path, line), line);
  }

  async *#pass(
    only: ReadonlySet<string> | undefined,
    objectOf: ReadObject,
    files: FilesOfPass = this.#trailer === undefined ? 'prove' : 'pass over',
  ): AsyncGenerator<readonly ArchiveObject[]> {
    if ((await this.#content.version()).version !== this.#version.version) throw sourceChanged(this.path);
    const filter = only === undefined || this.#trailer === undefined ? undefined : new ModelFilter(only);
    const checker = new ObjectChecker(this.header, this.path);
    const hash = this.#trailer === undefined ? createHash('sha256') : undefined;
    let checksum = 0;
    const take = (read: Buffer): void => {
      hash?.update(read);
      checksum = crc32(read, checksum);
    };
    let line = 0;
    let trailer: ArchiveTrailer | undefined;
    let listClosed = !this.#document;
    let batch: ArchiveObject[] = [];
    let size = 0;
    let passed = 0;
    const pass = this.#content.pass(files);
    for await (const { bytes, ends, terminated, read, beside } of pass.lines) {
      if (beside === true) {
        take(bytes);
        continue;
      }
      let start = 0;
      let hashed = bytes.length;
      for (const end of ends) {
        line += 1;
        if (trailer !== undefined) throw this.#damaged('something follows the trailer', line);
        const head = this.#document ? trailerStart : trailerLineStart;
        if (isAt(bytes, start, head)) {
          if (!listClosed || !terminated) throw this.#truncated();
          trailer = this.#parseTrailer(bytes.toString('utf8', start, end), line);
          hashed = start;
        } else if (line > (this.#document ? 2 : 1)) {
          if (listClosed && this.#document) throw this.#damaged('the objects are over, but no trailer follows', line);
          if (this.#document && end - start === listEnd.length && isAt(bytes, start, listEnd)) listClosed = true;
          else if (filter?.passesOver(bytes, start, end) !== true) {
            const object = objectOf(checker, bytes, start, this.#stopOf(bytes, end), line);
            if (filter?.wants(object.model) !== false) batch.push(object);
          }
        } else if (line === 2 && bytes.toString('latin1', start, end) !== objectsLine)
          throw this.#damaged('the list of objects does not begin', line);
        start = end;
      }
      take(hashed === bytes.length ? bytes : bytes.subarray(0, hashed));
      passed += bytes.length;
      this.#position = { bytes: passed, share: Math.min(1, read / this.#version.size) };
      size += bytes.length;
      if (size < batchBytes) continue;
      if (batch.length > 0) yield batch;
      batch = [];
      size = 0;
    }
    if (batch.length > 0) yield batch;
    if (trailer === undefined) throw this.#truncated();
    pass.prove(trailer);
    if (hash !== undefined && hash.digest('hex') !== trailer.sha256) {
      throw new RefusedError('ARCHIVE_DAMAGED', `${this.path}: the content is not what the trailer's SHA-256 was made of`, {
        hint: editedHint,
      });
    }
    if (this.#trailer !== undefined && (this.#trailer.sha256 !== trailer.sha256 || this.#checksum !== checksum))
      throw sourceChanged(this.path);
    this.#checksum = checksum;
    if (filter === undefined) checker.compareCounts(trailer);
    this.#trailer = trailer;
  }

  /** Where the object ends in a line that ends there. */
  #stopOf(bytes: Buffer, end: number): number {
    const stop = bytes[end - 1] === 0x0a ? end - 1 : end;
    return this.#document && bytes[stop - 1] === 0x2c ? stop - 1 : stop;
  }

  #parseTrailer(text: string, line: number): ArchiveTrailer {
    const body = this.#document
      ? text.slice(trailerStart.length, text.lastIndexOf('}'))
      : text.slice(trailerLineStart.length, text.lastIndexOf('}'));
    return checkTrailer(parse(body, this.path, line), this.path);
  }

  #damaged(what: string, line: number): RefusedError {
    return new RefusedError('ARCHIVE_DAMAGED', `${this.path}:${String(line)}: ${what}`, { hint: editedHint });
  }

  #truncated(): RefusedError {
    return truncated(this.path);
  }
}

const editedHint = 'If you edited it on purpose: portolan verify --reseal. Else copy or export it again.';

function isAt(bytes: Buffer, start: number, prefix: Buffer): boolean {
  // Of nearly all lines the first byte says it.
  if (bytes[start] !== prefix[0]) return false;
  return bytes.length - start >= prefix.length && bytes.compare(prefix, 0, prefix.length, start, start + prefix.length) === 0;
}

function parse(text: string, path: string, line = 1): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new RefusedError('ARCHIVE_DAMAGED', `${path}:${String(line)}: not valid JSON`, {
      detail: String(error),
      hint: editedHint,
    });
  }
}

function truncated(path: string): RefusedError {
  return new RefusedError('ARCHIVE_TRUNCATED', `${path} is cut: it has no whole trailer`, { hint: 'Copy or export it again.' });
}

/** What a program leaves that reads JSON and writes it again. */
function notByLine(path: string): RefusedError {
  return new RefusedError('ARCHIVE_DAMAGED', `${path}: all of it is one line, where an archive has one for each object`, {
    hint: editedHint,
  });
}

function notOurs(path: string): RefusedError {
  return new RefusedError('ARCHIVE_NOT_OURS', `${path} is no Portolan archive: it does not begin with {"header":`, {
    hint: 'Name what exportobjects wrote. If it was reformatted by an editor: portolan verify --reseal brings it back into form.',
  });
}
