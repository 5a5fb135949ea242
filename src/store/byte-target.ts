/** Where the bytes of an archive go: a file, a stream, or an object of a bucket. */
export interface ByteTarget {
  /** True where nobody looks at the bytes any more; a stream hands them on to whom it likes. */
  write(bytes: Buffer): Promise<boolean>;
  /** How many bytes there are. A file or an object has its name from here on. */
  finish(): Promise<number>;
  /** Leaves nothing behind. */
  abort(): Promise<void>;
}
