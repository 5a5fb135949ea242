import type { ContentVersion } from '../archive-content.js';

/** One member of an archive in parts. What it holds is read to its end before the next one comes. */
export interface Member {
  readonly name: string;
  readonly chunks: AsyncIterable<Buffer>;
}

/** Where the members of an archive in parts come from. */
export interface Members {
  readonly path: string;
  /**
   * In the order in which they stand; `onRead` is told how many bytes were read for them by now, compressed as they are. Of files beside the
   * rows nobody has to be told who does not want them.
   */
  read(files: boolean, onRead: (bytes: number) => void): AsyncGenerator<Member>;
  version(): Promise<ContentVersion>;
}
