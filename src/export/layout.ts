import type { Tree } from '../archive/tree/tree.js';
import type { ArchiveHeader } from '../archive/archive.js';
import type { KeyView } from '../closure/key-set.js';
import type { Session } from '../dialect/session.js';
import type { FileSource } from '../files/file-source.js';
import type { Findings } from '../findings/finding.js';
import type { Schema } from '../schema/schema.js';
import type { LayoutRows } from './layout-rows.js';
import type { TrailerLists } from './trailer-lists.js';

/**
 * Another form of an export than our own archive: `--format NAME -o FOLDER` or `.tar`, `.tar.gz`. A layout writes rows that were decided
 * before; it decides nothing. It has to read every model and link that leaves: what it has no place for fails the export.
 */
export interface Layout {
  /** Asked when the objects are found that were named, and before what they need is. @throws PortolanError for objects that it has no form for */
  check?(asked: AskedFor): void;
  /** @throws PortolanError for what the layout cannot hold; nothing is left behind then */
  write(context: LayoutContext): Promise<void>;
}

export interface AskedFor {
  readonly schema: Schema;
  /** By model, the objects that were asked for. */
  readonly seeds: ReadonlyMap<string, KeyView>;
}

/** What a layout is given. */
export interface LayoutContext extends AskedFor {
  readonly rows: LayoutRows;
  readonly output: Tree;
  /** Where the files are that rows name; undefined where that was not said. */
  readonly files: FileSource | undefined;
  /** The files are to stay where they are: nobody has to be told. */
  readonly noFiles: boolean;
  /** What an archive of ours would say of the same export. */
  readonly header: ArchiveHeader;
  readonly trailer: TrailerLists;
  readonly findings: Findings;
  /**
   * The export's snapshot, for what a layout derives from more than the rows that leave. Not while rows are read: a session does one
   * thing at a time.
   */
  readonly session: Session;
  readonly signal?: AbortSignal | undefined;
}
