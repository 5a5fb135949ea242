import type { ArchiveReader } from '../archive/open-archive.js';
import type { Session } from '../dialect/session.js';
import type { Findings } from '../findings/finding.js';
import type { OnProgress } from '../progress.js';
import type { Schema } from '../schema/schema.js';
import type { LookUpSize } from './planned-runs.js';
import type { TargetModel } from './target.js';

/** What a plan is made from. */
export interface PlanOptions {
  readonly session: Session;
  readonly archive: ArchiveReader;
  readonly schema: Schema;
  readonly targets: ReadonlyMap<string, TargetModel>;
  /** Models whose tables are empty: nothing needs to be looked up there. */
  readonly empty: ReadonlySet<string>;
  readonly findings: Findings;
  /** Whether the plan is written to a file, or held against one: then all rows are told that decisions were made on. */
  readonly isTold: boolean;
  /** What comes out does not depend on it. */
  readonly lookUpSize?: LookUpSize | undefined;
  readonly onProgress?: OnProgress | undefined;
  readonly signal?: AbortSignal | undefined;
}
