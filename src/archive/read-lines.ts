import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream';
import { RefusedError, UsageError } from '../errors/portolan-error.js';
import type { Compression } from './compression.js';
import { decompressor } from './compression.js';
import { fileError } from './file-error.js';
import { lineLimit } from './limits.js';

/** Some whole lines of a file: the raw bytes, and where each line ends (after its line feed, or at the end of the file). */
export interface LineBatch {
  readonly bytes: Buffer;
  readonly ends: readonly number[];
  /** False where the last line of the file lacks its line feed. */
  readonly terminated: boolean;
  /** How many bytes of the file have been read by now, compressed as they are. */
  readonly read: number;
}

/** Compression is told by the first bytes, brotli's (which has none) by the name. */
export async function detectCompression(path: string): Promise<Compression> {
  try {
    // Opening a pipe would wait for a writer, and it could be read only once.
    if (!(await stat(path)).isFile()) {
      throw new UsageError('ARCHIVE_NOT_FOUND', `${path} is no file`, {
        hint: 'An archive is a file or a folder, and read several times.',
      });
    }
    const file = await open(path, 'r');
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0);
      if (bytesRead >= 2 && buffer.readUInt16BE(0) === 0x1f8b) return 'gzip';
      if (bytesRead === 4 && buffer.readUInt32LE(0) === 0xfd2fb528) return 'zstd';
    } finally {
      await file.close();
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      if (path === '' || path === '-') {
        throw new UsageError('ARCHIVE_NOT_FOUND', 'an archive cannot be read from standard input', {
          cause: error,
          hint: 'It is read several times: write it to a file first.',
        });
      }
      throw new UsageError('ARCHIVE_NOT_FOUND', `${path}: there is no such archive`, { cause: error });
    }
    throw fileError(error, path);
  }
  return /\.br$/iu.test(path) ? 'brotli' : 'none';
}

/** The bytes of a file, decompressed; `onRead` is told how many of its own bytes that took. @throws RefusedError ARCHIVE_DAMAGED where that fails */
export async function* readBytes(
  path: string,
  compression: Compression,
  onRead?: (bytes: number) => void,
): AsyncGenerator<Buffer> {
  const source = createReadStream(path, { highWaterMark: 1 << 18 });
  const transform = decompressor(compression);
  let read = 0;
  const stream: Readable = transform === undefined ? source : pipeline(source, transform, () => undefined);
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      read += chunk.length;
      // What is read ahead of the decompression has not come yet.
      onRead?.(transform === undefined ? read : transform.bytesWritten);
      yield chunk;
    }
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (/^(Z_|ERR_|ZSTD_)/u.test(code) || /brotli|zlib|zstd/iu.test(String(error))) {
      throw new RefusedError('ARCHIVE_DAMAGED', `${path}: its compressed data is damaged or cut`, { cause: error });
    }
    throw fileError(error, path);
  } finally {
    source.destroy();
    transform?.destroy();
  }
}

/** @throws RefusedError ARCHIVE_DAMAGED where decompression fails, ARCHIVE_LINE_TOO_LONG */
export function readLines(path: string, compression: Compression): AsyncGenerator<LineBatch> {
  let read = 0;
  const onRead = (count: number): void => {
    read = count;
  };
  return linesOf(readBytes(path, compression, onRead), path, () => read);
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
    const whole = chunk.subarray(0, end);
    const bytes = rest.length === 0 ? whole : Buffer.concat([...rest, whole]);
    rest = end === chunk.length ? [] : [chunk.subarray(end)];
    restLength = chunk.length - end;
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
