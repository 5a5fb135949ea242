import type { ArchiveTrailer } from './archive.js';
import type { LineBatch } from './read-lines.js';

/** The lines of an archive, however they are kept: one file, a folder, a tar file. */
export interface ArchiveContent {
  readonly path: string;
  /** Reads all of it, from the beginning. */
  pass(): ContentPass;
  /** The same as it stands there, whoever has changed it. */
  bytes(): AsyncGenerator<Buffer>;
  /** Tells it from another that is put in its place, and from itself after a change. */
  version(): Promise<ContentVersion>;
}

export interface ContentVersion {
  readonly version: string;
  /** Bytes, compressed as they are. */
  readonly size: number;
}

export interface ContentPass {
  readonly lines: AsyncGenerator<LineBatch>;
  /** When the lines have come to their end. @throws RefusedError where they were kept otherwise than the trailer tells */
  prove(trailer: ArchiveTrailer): void;
}
