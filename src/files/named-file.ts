import type { ArchiveObject } from '../archive/archive.js';
import type { StoredFacts } from './file-source.js';

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
  /** Where it is, and what it is called, where there is nothing at `path`. */
  readonly otherwise?: Pick<NamedFile, 'path' | 'name'> | undefined;
  /** Whether what a bucket says of an object speaks for its being the one that the row means. */
  readonly belongs?: ((stored: StoredFacts) => boolean) | undefined;
}

/** A file that was copied. */
export interface CopiedFile extends NamedFile {
  readonly bytes: number;
  readonly sha256: string;
  readonly modified: Date;
  /** What is known of the object of a bucket that it was. */
  readonly stored?: StoredObject | undefined;
}

/** An object that was read whole. */
export interface StoredObject extends StoredFacts {
  /** Of its bytes, in lower-case hex. */
  readonly md5: string;
}
