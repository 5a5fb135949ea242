import type { ArchiveColumn, ArchiveEntity } from '../archive/archive.js';
import type { ModelConversion } from './conversion.js';
import type { TargetNames } from './target-names.js';

/** What a converter says of one model, in the names of the archive and of the target. */
export interface ResolvedModel extends ModelConversion {
  /** Columns that are not there before, or have another name or type: by member before, or the new one. */
  readonly columns: ReadonlyMap<string, ResolvedColumn>;
  /** Table after, where the target tells it. */
  readonly table: Partial<Pick<ArchiveEntity, 'schema' | 'table'>>;
  /** Many-to-many relations that have another name: by member before. */
  readonly links: ReadonlyMap<string, ReturnType<TargetNames['link']>>;
}

export interface ResolvedColumn {
  readonly member: string;
  readonly told: ArchiveColumn;
}
