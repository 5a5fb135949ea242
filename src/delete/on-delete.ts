import { RefusedError } from '../errors/portolan-error.js';
import type { OnDelete } from '../policy/policy.js';
import { entityNamed } from '../schema/entity-named.js';
import type { Reference, Schema } from '../schema/schema.js';

/** As edges between rows store it. */
export const onDeleteNumbers = Object.freeze({ delete: 0, nullify: 1, keep: 2 } as const satisfies Record<OnDelete, number>);

/**
 * What becomes of the child when its parent is deleted: a link goes with either end; else what the policy says, else the reference
 * becomes NULL where it can. A model that is excluded is not touched.
 */
export function onDeleteOf(schema: Schema, reference: Reference, excluded: { has(model: string): boolean }): OnDelete {
  if (entityNamed(schema, reference.child).role === 'link') return 'delete';
  if (excluded.has(reference.child)) return 'keep';
  return reference.follow.onDelete ?? (reference.nullable ? 'nullify' : 'delete');
}

/** @throws RefusedError CUT_NOT_NULL */
export function refuseImpossible(references: readonly Reference[]): void {
  const impossible = references.filter(({ follow, nullable }) => follow.onDelete === 'nullify' && !nullable);
  if (impossible.length === 0) return;
  const names = impossible.map(({ name }) => name).join(', ');
  throw new RefusedError('CUT_NOT_NULL', `the policy nullifies ${names}, whose columns cannot be NULL`, {
    hint: "Say onDelete: 'delete' or 'keep' there.",
  });
}

/** Columns that become NULL: one that another reference shares (a tenant's id) stays as it is where one of its own is enough. */
export function nullifiedColumns(schema: Schema, reference: Reference): readonly string[] {
  const entity = entityNamed(schema, reference.child);
  const nullable = reference.columns.filter((name) => {
    const column = entity.columns.find((one) => one.name === name);
    return column?.nullable === true && !column.generated && !entity.key.includes(name);
  });
  const others = schema.references.filter((other) => other !== reference && other.child === entity.model);
  const own = nullable.filter((name) => !others.some((other) => other.columns.includes(name)));
  return own.length > 0 ? own : nullable;
}
