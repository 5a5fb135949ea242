import { isTable } from './find-collisions.js';
import type { ConstraintError } from '../dialect/postgres/database-error.js';
import type { Schema } from '../schema/schema.js';
import type { Conflict } from './import-options.js';
import type { RefusedBy } from './refused-by.js';

/** What kind of conflict the database found when rows were written; undefined where it is none. */
export function conflictReasonOf(error: ConstraintError): 'unique' | 'missing-reference' | undefined {
  const { code } = (error.cause ?? {}) as { readonly code?: string };
  return code === '23505' || code === '23P01' ? 'unique' : code === '23503' ? 'missing-reference' : undefined;
}

/** What the database found when the rows were written: two objects of the archive that collide, or another writer's. */
export function conflictOf(reason: Conflict['reason'], { table, constraint }: RefusedBy, schema: Schema): Conflict {
  const entity = [...schema.entities.values()].find((one) => isTable(one.table, table));
  const unique = [...(entity?.uniques ?? []), ...(entity?.exclusions ?? [])].find(({ name }) => name === constraint);
  const reference = schema.references.find((one) => one.child === entity?.model && one.constraint?.name === constraint);
  const columns = unique?.columns ?? reference?.columns ?? [];
  const conflict: Conflict = {
    object: entity?.model ?? table ?? '',
    reason,
    constraint: constraint ?? '',
    columns,
    inTheWay: '',
  };
  return unique?.operators === undefined ? conflict : { ...conflict, excludes: true };
}
