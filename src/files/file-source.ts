/**
 * Where the files are kept that rows name: a folder, a bucket. Paths are relative, with `/` between names, and a source never leads out
 * of where it begins, whatever it is asked for.
 */
export interface FileSource {
  /** What messages call it. */
  readonly name: string;
  /** Asked before anything else: whether files can be read there at all. @throws PortolanError */
  check?(signal?: AbortSignal): Promise<void>;
  stat(path: string, signal?: AbortSignal): Promise<FileState>;
  /** The bytes that are there now, from the beginning; fewer where it is not what was found any more. @throws PortolanError where it may not be read */
  open(path: string, found: FoundFile, signal?: AbortSignal): AsyncIterable<Buffer>;
  /** The paths of all files that begin so. */
  list(prefix: string, signal?: AbortSignal): AsyncIterable<string>;
}

/** A file, as it was when somebody looked. */
export interface FoundFile {
  readonly kind: 'file';
  readonly size: number;
  readonly modified: Date;
  /** Another one whenever the file is. */
  readonly version: string;
  /** What is read is of this version, or ends early: nobody has to look again. */
  readonly isFixed?: boolean;
  /** What is known of an object of a bucket beside its bytes. */
  readonly stored?: StoredFacts;
}

export interface StoredFacts {
  readonly bucket: string;
  /** Its name in the bucket. */
  readonly path: string;
  readonly contentType: string | null;
  /** What whoever put it there said of it, by names in lower case. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** What stands at a path. */
export type FileState =
  | FoundFile
  | { readonly kind: 'missing' }
  /** Nobody has said where such paths are. */
  | { readonly kind: 'nowhere' }
  /** The path, or a link on its way, leads out of the source. */
  | { readonly kind: 'outside' };

/** Where files are copied to. Several may be under way at once; each has its place only when it is whole. */
export interface FileSink {
  create(name: string): Promise<FileDraft>;
}

/** A file on its way. */
export interface FileDraft {
  /** Takes the bytes over. */
  write(bytes: Buffer): Promise<void>;
  /** There are no more bytes. */
  end(): Promise<void>;
  /** Gives it its place, behind those that got theirs before. */
  finish(): Promise<void>;
  /** Leaves nothing of it. */
  discard(): Promise<void>;
}
