import type { ArchiveReader } from '../archive/open-archive.js';
import type { StagedKeys } from '../changes/staged-keys.js';
import type { Session } from '../dialect/session.js';
import type { TargetModel } from '../import/target.js';
import type { OnProgress } from '../progress.js';
import type { Schema } from '../schema/schema.js';

export interface StageOptions {
  readonly session: Session;
  readonly archive: ArchiveReader;
  readonly schema: Schema;
  readonly targets: ReadonlyMap<string, TargetModel>;
  /** Models that are not touched, and those of which only the seeds are. */
  readonly excluded: ReadonlySet<string>;
  readonly boundary: ReadonlySet<string>;
  readonly onProgress?: OnProgress | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Further columns of every stage. */
export const stageColumns = Object.freeze({
  id: '"portolan: id"',
  name: '"portolan: name"',
  state: '"portolan: state"',
  seed: '"portolan: seed"',
  columns: '"portolan: columns"',
});

export const furtherColumns: readonly string[] = Object.freeze([
  `NULL::pg_catalog.int8 AS ${stageColumns.id}`,
  `NULL::pg_catalog.text AS ${stageColumns.name}`,
  `NULL::pg_catalog.int2 AS ${stageColumns.state}`,
  `NULL::pg_catalog.bool AS ${stageColumns.seed}`,
  `NULL::pg_catalog.text AS ${stageColumns.columns}`,
]);

/** A stage and its place among them, which its rows have as their model. */
export interface StagedModel extends StagedKeys {
  readonly number: number;
  /** Of an archive's model; undefined for a join table. */
  readonly target: TargetModel | undefined;
}

/** By model of the schema, in the archive's order; join tables last. */
export type StagedModels = ReadonlyMap<string, StagedModel>;
