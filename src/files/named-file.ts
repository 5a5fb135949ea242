import type { ArchiveObject } from '../archive/archive.js';

/** The object whose row names a file. */
export interface FileOwner {
  readonly model: string;
  readonly pk: ArchiveObject['pk'];
  /** As people write it: `demoapp.book.4`. */
  readonly name: string;
}

/** A file that a row names. */
export interface NamedFile {
  readonly object: FileOwner;
  /** Where it is in its source. */
  readonly path: string;
  /** What it is called where it is copied to. One file has one name. */
  readonly name: string;
  /** It may be missing without a word. */
  readonly optional?: boolean | undefined;
}

/** A file that was copied. */
export interface CopiedFile extends NamedFile {
  readonly bytes: number;
  readonly sha256: string;
  readonly modified: Date;
}
