/** What was written of a member. */
export interface WrittenMember {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** A file of a tree while it is written. */
export interface TreeMember {
  /** The bytes must not change before it is done, nor afterwards where the tree {@link Tree.holdsBytes}. */
  write(bytes: Buffer): Promise<void>;
  finish(): Promise<WrittenMember>;
  /** Leaves nothing of it. */
  discard(): Promise<void>;
}

/** An output of many files: a folder, or a tar file with one folder in it. It has its name only when it is whole. */
export interface Tree {
  /** Whether bytes that were written are held on to: else they may be used anew. */
  readonly holdsBytes: boolean;
  /** A file below the tree's folder, by its path with `/`: who makes it of what a database says has looked at it (`isFileName`). Nobody need know its size; several may be under way at once. */
  create(path: string): Promise<TreeMember>;
}

/** A tree as who opened it sees it. */
export interface OpenTree extends Tree {
  /** Of a tar file its own bytes and digest; of a folder the bytes of all its files, and the digest of the one that was finished last. */
  finish(): Promise<{ readonly bytes: number; readonly sha256: string }>;
  /** Leaves nothing behind. */
  abort(): Promise<void>;
}
