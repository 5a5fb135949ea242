import type { RowSelection } from '../dialect/row-reader.js';
import type { Entity, Reference } from '../schema/schema.js';
import type { Edges } from './edges.js';

/** The rows of `child` that a reference leads to from some parents, as far as the policy lets them pass. */
export function childrenOf(edges: Edges, reference: Reference, keys: RowSelection['values'], child: Entity): RowSelection {
  const parent = edges.entity(reference.parent);
  return {
    entity: child,
    columns: reference.columns,
    values: keys,
    through: reference.direct ? undefined : { entity: parent, columns: reference.parentColumns, keyColumns: parent.key },
    when: reference.when,
    where: reference.follow.where,
    limit: reference.follow.limit,
    scan: !reference.exact || reference.asText !== undefined ? undefined : reference.indexed ? 'of few rows' : 'always',
  };
}
