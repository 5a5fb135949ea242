import type { Closure } from '../closure/closure.js';
import type { KeyView } from '../closure/key-set.js';
import type { Entity } from '../schema/schema.js';
import type { ExportSizes } from './export-sizes.js';

/**
 * Whether the rows of a model are to be read with all others of their table, sooner than looked up by keys that are named one by one. Equal
 * keys must be equal texts then, links are asked for by key, and what leaves instead of columns' own values is evaluated for no other row.
 */
export function isWorthSweep(entity: Entity, taken: KeyView, closure: Closure, { sweep }: ExportSizes): boolean {
  const { size, listed } = taken;
  const rows = entity.estimatedRows < 0 ? Infinity : entity.estimatedRows;
  if (!listed || size < sweep.from || size * sweep.rows < rows) return false;
  if (closure.links.some((link) => link.owner.parent === entity.model)) return false;
  return entity.columns.every(({ name, exact, replaced }) => replaced === undefined && (exact || !entity.key.includes(name)));
}
