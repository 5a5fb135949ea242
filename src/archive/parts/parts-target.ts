import type { FileSink } from '../../files/file-source.js';

/** Where the members of an archive in parts go: a folder, a tar file. None of it has its name before {@link PartsTarget.finish}. */
export interface PartsTarget extends FileSink {
  /** Takes the bytes over: nobody else may write into them any more. */
  part(name: string, bytes: Buffer): Promise<void>;
  /** Bytes of the whole, and the digest by which it is known. `last` is what the last part was. */
  finish(last: { readonly sha256: string }): Promise<{ readonly bytes: number; readonly sha256: string }>;
  /** Leaves nothing behind. */
  abort(): Promise<void>;
}
