import { stat } from 'node:fs/promises';
import type { ArchiveContent, ContentPass, ContentVersion } from './archive-content.js';
import type { Compression } from './compression.js';
import { fileError } from './file-error.js';
import { readBytes, readLines } from './read-lines.js';

/** An archive that is one file of lines. */
export class FileContent implements ArchiveContent {
  readonly path: string;
  readonly #compression: Compression;

  constructor(path: string, compression: Compression) {
    this.path = path;
    this.#compression = compression;
  }

  pass(): ContentPass {
    return { lines: readLines(this.path, this.#compression), prove: () => undefined };
  }

  bytes(): AsyncGenerator<Buffer> {
    return readBytes(this.path, this.#compression);
  }

  version(): Promise<ContentVersion> {
    return fileVersion(this.path);
  }
}

/** @throws UsageError, FailedError as the file system has it */
export async function fileVersion(path: string): Promise<ContentVersion> {
  try {
    const { dev, ino, size, mtimeNs } = await stat(path, { bigint: true });
    return { version: [dev, ino, size, mtimeNs].join(' '), size: Number(size) };
  } catch (error) {
    throw fileError(error, path);
  }
}
