import type { ArchiveTrailer } from './archive.js';
import type { FileRecord } from './parts/file-record.js';
import type { LineBatch } from './read-lines.js';

/** The lines of an archive, however they are kept: one file, a folder, a tar file. */
export interface ArchiveContent {
  readonly path: string;
  /** Reads all of it, from the beginning. */
  pass(files: FilesOfPass): ContentPass;
  /** The same as it stands there, whoever has changed it. */
  bytes(): AsyncGenerator<Buffer>;
  /** Tells it from another that is put in its place, and from itself after a change. */
  version(): Promise<ContentVersion>;
}

/** What a pass does with the files beside the rows: proves that they are what was written, does not look at them, or shows them. */
export type FilesOfPass = 'prove' | 'pass over' | FileVisitor;

/** Is shown the files of an archive. Nothing is proven before its record comes. */
export interface FileVisitor {
  /** Bytes that are not read are passed over. */
  file(name: string, bytes: AsyncIterable<Buffer>): Promise<void>;
  /** The same file again, in the same order: now it is known to be what was written, and which object names it. */
  record(record: FileRecord): Promise<void>;
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
