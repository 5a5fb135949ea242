import { RefusedError } from '../errors/portolan-error.js';
import type { TargetModel } from '../import/target.js';
import type { Counts } from './delete-plan.js';

/**
 * What the archive lacks of rows that go would be lost: columns that were withheld or excluded, or are newer than it. What the database
 * computes it computes again.
 *
 * @throws RefusedError ARCHIVE_LACKS_COLUMNS
 */
export function refuseLoss(targets: ReadonlyMap<string, TargetModel>, deleted: Counts): void {
  const lost = [...targets.values()].flatMap(({ model, entity, columns }) => {
    if (deleted[model] === undefined) return [];
    const held = new Set(columns.map(({ column }) => column.name));
    return entity.columns.flatMap((column) => (held.has(column.name) || column.generated ? [] : [`${model}.${column.member}`]));
  });
  if (lost.length === 0) return;
  throw new RefusedError('ARCHIVE_LACKS_COLUMNS', `the archive lacks columns of rows that would be deleted: ${lost.join(', ')}`, {
    hint: "Nothing was deleted. Export them with --include-secret '*' (and without excluding columns), or say --accept-loss.",
  });
}
