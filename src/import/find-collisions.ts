import type { ArchiveReader } from '../archive/open-archive.js';
import type { Key } from '../closure/key.js';
import { objectKey } from '../values/object-values.js';
import type { Conflict } from './import-options.js';
import type { Plan } from './plan.js';
import { ConflictList } from './plan.js';
import { objectName } from './planned-model.js';
import { plannedRuns } from './planned-runs.js';
import { rowText } from './row-text.js';

/**
 * When the database has refused a row for a unique constraint: which objects of the archive collide with each other. Equal by
 * text, so that what only a collation calls equal is not found; one pass, and nothing is asked of the database.
 */
export async function findCollisions(
  archive: ArchiveReader,
  plan: Plan,
  table: string | undefined,
  constraint: string | undefined,
): Promise<readonly Conflict[]> {
  const list = new ConflictList();
  const planned = [...plan.models.values()].find(({ target }) => isTable(target.entity.table, table));
  const unique = planned?.target.entity.uniques.find(({ name, columns }) => name === constraint && columns.length > 0);
  if (planned === undefined || unique === undefined) return list.kept;
  const { target, decisions } = planned;
  const places = unique.columns.map((name) => target.columns.findIndex(({ column }) => column.name === name));
  const members = places.map((place) => target.columns[place]?.member ?? '');
  const holders = new Map<string, Key>();
  for await (const { from, objects } of plannedRuns(archive, new Map([[target.model, planned]]))) {
    for (const [at, object] of objects.entries()) {
      if (!decisions.isWritten(from + at)) continue;
      const texts = rowText(plan.rows, planned, object).split('\t');
      const values = places.map((place) => texts[place] ?? '\\N');
      if (!unique.nullsNotDistinct && values.includes('\\N')) continue;
      const key = objectKey(object, target.shape) ?? '';
      const held = holders.get(values.join('\t'));
      if (held === undefined) holders.set(values.join('\t'), key);
      else
        list.add(() => ({
          object: objectName(target, key),
          reason: 'unique',
          constraint: unique.name,
          columns: members,
          inTheWay: objectName(target, held),
          inArchive: true,
        }));
    }
  }
  return list.kept;
}

/** Errors of the database name a table with its schema. */
export function isTable({ schema, name }: { readonly schema: string; readonly name: string }, text: string | undefined): boolean {
  return text === `${schema}.${name}` || text === name;
}
