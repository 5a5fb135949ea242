import { RefusedError } from '../errors/portolan-error.js';
import type { ByteSource } from '../store/byte-source.js';
import type { ArchiveContent, ContentPass, ContentVersion } from './archive-content.js';
import type { Compression } from './compression.js';
import { readBytes, readLines } from './read-lines.js';

/** An archive that is one file of lines, or one such object of a bucket. */
export class FileContent implements ArchiveContent {
  readonly path: string;
  readonly #source: ByteSource;
  readonly #compression: Compression;

  constructor(source: ByteSource, compression: Compression) {
    this.path = source.name;
    this.#source = source;
    this.#compression = compression;
  }

  pass(): ContentPass {
    return {
      lines: readLines(this.#source, this.#compression),
      prove: ({ files }) => {
        if (files === undefined) return;
        throw new RefusedError('ARCHIVE_DAMAGED', `${this.path}: it is the lines of an archive that has files, without them`, {
          hint: 'Copy or export it again.',
        });
      },
    };
  }

  bytes(): AsyncGenerator<Buffer> {
    return readBytes(this.#source, this.#compression);
  }

  version(): Promise<ContentVersion> {
    return this.#source.look();
  }
}
