import type { FileDigest } from './file-digest.js';
import type { FileDraft } from './file-source.js';

/** Where an import puts files: a folder, a bucket. */
export interface FileStore {
  /** What messages call it. */
  readonly name: string;
  /** @param overwrite whether other files may be replaced */
  begin(overwrite: boolean): Promise<FileTransaction>;
}

/** Files that have no place yet: all get it, or none. */
export interface FileTransaction {
  /** Where its files stand until then, and stay where the process is killed: what their names begin with. */
  readonly staging?: string;
  /** How many files of other imports have no place: some of them run now, others were killed. Undefined where nobody can tell. */
  strangers?(): Promise<{ readonly count: number; readonly isMore: boolean } | undefined>;
  /** What stands there now. @throws RefusedError FILE_OUTSIDE */
  look(path: string): Promise<FileDigest | undefined>;
  /** A file under a temporary name. */
  stage(path: string): Promise<FileDraft>;
  /** Takes back what was staged for this path. */
  withdraw(path: string): Promise<void>;
  /** Gives all staged files their places. @throws RefusedError FILE_EXISTS where another came meanwhile */
  publish(): Promise<void>;
  /** Leaves nothing of what was staged. */
  discard(): Promise<void>;
}
