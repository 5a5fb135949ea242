/**
 * Where the files are kept that rows name: a folder, a bucket. Paths are relative, with `/` between names, and a source never leads out
 * of where it begins, whatever it is asked for.
 */
export interface FileSource {
  /** What messages call it. */
  readonly name: string;
  stat(path: string): Promise<FileState>;
  /** The bytes that are there now, from the beginning; none where there is no such file. @throws PortolanError where it may not be read */
  open(path: string): AsyncIterable<Buffer>;
  /** The paths of all files that begin so. */
  list(prefix: string): AsyncIterable<string>;
}

/** What stands at a path. */
export type FileState =
  | {
      readonly kind: 'file';
      readonly size: number;
      readonly modified: Date;
      /** Another one whenever the file is. */
      readonly version: string;
    }
  | { readonly kind: 'missing' }
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
