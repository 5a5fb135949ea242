import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { UsageError } from '../errors/portolan-error.js';
import type { ByteSource, SourceFacts } from '../store/byte-source.js';
import { fileError } from './file-error.js';

/** A file that is read. */
export class FileSource implements ByteSource {
  readonly name: string;

  private constructor(path: string) {
    this.name = path;
  }

  /** Whatever is there, a pipe too: read once, and not looked at before. */
  static of(path: string): FileSource {
    return new FileSource(path);
  }

  /** @throws UsageError ARCHIVE_NOT_FOUND */
  static async open(path: string): Promise<FileSource> {
    try {
      // Opening a pipe would wait for a writer, and it could be read only once.
      if ((await stat(path)).isFile()) return new FileSource(path);
    } catch (error) {
      throw notFound(error, path);
    }
    throw new UsageError('ARCHIVE_NOT_FOUND', `${path} is no file`, {
      hint: 'An archive is a file or a folder, and read several times.',
    });
  }

  async look(): Promise<SourceFacts> {
    try {
      const { dev, ino, size, mtimeNs } = await stat(this.name, { bigint: true });
      return { version: [dev, ino, size, mtimeNs].join(' '), size: Number(size) };
    } catch (error) {
      throw fileError(error, this.name);
    }
  }

  read(start?: number, end?: number): Readable {
    // A pipe has no places that could be named.
    return createReadStream(this.name, { start, end: end === undefined ? undefined : end - 1, highWaterMark: 1 << 18 });
  }
}

function notFound(error: unknown, path: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== 'ENOENT' && code !== 'ENOTDIR') return fileError(error, path);
  if (path !== '' && path !== '-')
    return new UsageError('ARCHIVE_NOT_FOUND', `${path}: there is no such archive`, {
      cause: error,
      hint: 'Check the name; it is relative to the current folder.',
    });
  return new UsageError('ARCHIVE_NOT_FOUND', 'an archive cannot be read from standard input', {
    cause: error,
    hint: 'It is read several times: write it to a file first.',
  });
}
