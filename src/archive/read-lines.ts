import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream';
import { PortolanError, RefusedError } from '../errors/portolan-error.js';
import type { ByteSource } from '../store/byte-source.js';
import type { Compression } from './compression.js';
import { decompressor } from './compression.js';
import { fileError } from './file-error.js';
import { lineLimit } from './limits.js';

/** Some whole lines of an archive: the raw bytes, and where each line ends (after its line feed, or at the end of all). */
export interface LineBatch {
  readonly bytes: Buffer;
  readonly ends: readonly number[];
  /** False where the last line lacks its line feed. */
  readonly terminated: boolean;
  /** How many bytes of the source have been read by now, compressed as they are. */
  readonly read: number;
  /** Set where these lines are no objects: their bytes are sealed, and nothing more is asked of them. */
  readonly beside?: true;
}

/** Compression is told by the first bytes, brotli's (which has none) by the name. */
export async function detectCompression(source: ByteSource): Promise<Compression> {
  const first = await firstBytes(source, 4);
  if (first.length >= 2 && first.readUInt16BE(0) === 0x1f8b) return 'gzip';
  if (first.length === 4 && first.readUInt32LE(0) === 0xfd2fb528) return 'zstd';
  return /\.br$/iu.test(source.name) ? 'brotli' : 'none';
}

async function firstBytes(source: ByteSource, count: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of source.read(0, count) as AsyncIterable<Buffer>) chunks.push(chunk);
  } catch (error) {
    throw fileError(error, source.name);
  }
  return Buffer.concat(chunks);
}

/** Bytes, decompressed; `onRead` is told how many of the source's own bytes that took. @throws RefusedError ARCHIVE_DAMAGED where that fails */
export async function* readBytes(
  source: ByteSource,
  compression: Compression,
  onRead?: (bytes: number) => void,
): AsyncGenerator<Buffer> {
  const stored = source.read();
  const transform = decompressor(compression);
  let read = 0;
  const stream: Readable = transform === undefined ? stored : pipeline(stored, transform, () => undefined);
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      read += chunk.length;
      // What is read ahead of the decompression has not come yet.
      onRead?.(transform === undefined ? read : transform.bytesWritten);
      yield chunk;
    }
  } catch (error) {
    if (error instanceof PortolanError) throw error;
    const { code = '' } = error as NodeJS.ErrnoException;
    if (/^(Z_|ERR_|ZSTD_)/u.test(code) || /brotli|zlib|zstd/iu.test(String(error))) {
      throw new RefusedError('ARCHIVE_DAMAGED', `${source.name}: its compressed data is damaged or cut`, { cause: error });
    }
    throw fileError(error, source.name);
  } finally {
    stored.destroy();
    transform?.destroy();
  }
}

/** @throws RefusedError ARCHIVE_DAMAGED where decompression fails, ARCHIVE_LINE_TOO_LONG */
export function readLines(source: ByteSource, compression: Compression): AsyncGenerator<LineBatch> {
  let read = 0;
  const onRead = (count: number): void => {
    read = count;
  };
  return linesOf(readBytes(source, compression, onRead), source.name, () => read);
}

/** Cuts bytes at line ends; `read` tells how many bytes were read for them by now. @throws RefusedError ARCHIVE_LINE_TOO_LONG */
export async function* linesOf(chunks: AsyncIterable<Buffer>, path: string, read: () => number): AsyncGenerator<LineBatch> {
  let rest: Buffer[] = [];
  let restLength = 0;
  for await (const chunk of chunks) {
    const end = chunk.lastIndexOf(0x0a) + 1;
    if (end === 0) {
      rest.push(chunk);
      restLength += chunk.length;
      if (restLength > lineLimit) throw lineTooLong(path);
      continue;
    }
    // Only the line that was cut is put together: all the others stay where they are.
    const start = rest.length === 0 ? 0 : chunk.indexOf(0x0a) + 1;
    if (start > 0) {
      const bytes = Buffer.concat([...rest, chunk.subarray(0, start)]);
      yield { bytes, ends: [bytes.length], terminated: true, read: read() };
    }
    rest = end === chunk.length ? [] : [chunk.subarray(end)];
    restLength = chunk.length - end;
    if (start === end) continue;
    const bytes = chunk.subarray(start, end);
    yield { bytes, ends: lineEnds(bytes), terminated: true, read: read() };
  }
  if (restLength > 0) {
    const bytes = Buffer.concat(rest);
    yield { bytes, ends: [bytes.length], terminated: false, read: read() };
  }
}

function lineEnds(bytes: Buffer): readonly number[] {
  const ends: number[] = [];
  for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) ends.push(at + 1);
  return ends;
}

function lineTooLong(path: string): RefusedError {
  return new RefusedError(
    'ARCHIVE_LINE_TOO_LONG',
    `${path} has a line of more than ${String(lineLimit >> 20)} MiB: no archive of this format has`,
  );
}
