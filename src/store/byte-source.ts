import type { Readable } from 'node:stream';

/** Where the bytes of an archive come from: a file, or an object of a bucket. They are read several times. */
export interface ByteSource {
  /** What messages call it: the path or the URL that was given. */
  readonly name: string;
  /** What stands there now. The version tells it from what is put in its place, and from itself after a change. */
  look(): Promise<SourceFacts>;
  /** The bytes from `start` (0) to before `end` (the last one). What it throws is one of ours. */
  read(start?: number, end?: number): Readable;
}

export interface SourceFacts {
  readonly version: string;
  readonly size: number;
}
