import { createHash } from 'node:crypto';
import { headerKeyShape } from '../archive/header-keys.js';
import type { ArchiveReader } from '../archive/open-archive.js';
import type { FileRecord } from '../archive/parts/file-record.js';
import type { FileStore } from '../files/file-store.js';
import type { ConflictStrategy } from '../terms.js';
import { pkToKey } from '../values/archive-value.js';
import type { Plan } from './plan.js';

type FileDecision = 'insert' | 'same' | 'update' | 'skip' | 'conflict';

/** What becomes of an archive's files: a line of a plan. */
export interface PlannedFiles {
  readonly files: Readonly<Record<FileDecision, number>>;
  /** Over each decision, and what stands where the file belongs. */
  readonly sha256: string;
}

export interface PlanFilesOptions {
  readonly archive: ArchiveReader;
  readonly plan: Plan;
  readonly store: FileStore;
  readonly onConflict: ConflictStrategy;
  readonly signal?: AbortSignal | undefined;
}

/** Looks where the files belong, and writes nothing. @throws RefusedError FILE_OUTSIDE, ARCHIVE_* */
export async function planFiles({ archive, plan, store, onConflict, signal }: PlanFilesOptions): Promise<PlannedFiles> {
  const hash = createHash('sha256');
  const files = { insert: 0, same: 0, update: 0, skip: 0, conflict: 0 };
  const transaction = await store.begin(onConflict === 'override');
  try {
    await archive.files({
      // What it holds, its record says.
      file: () => Promise.resolve(),
      record: async (record) => {
        signal?.throwIfAborted();
        const there = await transaction.look(record.name);
        const decision = isFileLeftOut(archive, plan, record)
          ? 'skip'
          : there === undefined
            ? 'insert'
            : there.sha256 === record.sha256
              ? 'same'
              : otherwise(onConflict);
        files[decision] += 1;
        hash.update(`${decision} ${record.name} ${there?.sha256 ?? ''}\n`);
      },
    });
  } finally {
    await transaction.discard();
  }
  return { files, sha256: hash.digest('hex') };
}

/** Whether the object that names a file stays out. */
export function isFileLeftOut(archive: ArchiveReader, plan: Plan, { model, pk }: Pick<FileRecord, 'model' | 'pk'>): boolean {
  const planned = plan.models.get(model);
  if (planned === undefined) return true;
  const key = pkToKey(pk, headerKeyShape(archive.header, model));
  return key === undefined || planned.skipped.has(key);
}

/** Another file stands there. */
function otherwise(onConflict: ConflictStrategy): FileDecision {
  return onConflict === 'override' ? 'update' : onConflict === 'skip' ? 'skip' : 'conflict';
}
