import type { RowSelection } from '../dialect/row-reader.js';
import type { Reference } from '../schema/schema.js';
import type { Edges } from './edges.js';

/** Where the values of a reference stand, if its parent can write equal ones otherwise: blanks behind `char(n)`, digits of a `real`. */
export function heldIn(edges: Edges, { exact, child, columns }: Reference): RowSelection['heldIn'] {
  return exact ? undefined : { entity: edges.entity(child), columns };
}
