import type { Inside } from '../inside/inside.js';
import { keyFinder } from '../inside/key-finder.js';
import { keysInside } from './column-kind.js';
import type { DraftReference } from './draft.js';

/** Why keys cannot be found where a reference says that they stand inside a value; undefined where they can. */
export function refusedInside(
  edge: Pick<DraftReference, 'child' | 'columns' | 'parent' | 'parentColumns'>,
  inside: Inside,
  known: readonly Pick<DraftReference, 'child' | 'columns' | 'inside'>[],
): string | undefined {
  const { child, parent } = edge;
  const [name, ...others] = edge.columns;
  const [key, ...parts] = edge.parentColumns;
  if (others.length > 0 || parts.length > 0) return 'inside a value only keys of one column can stand';
  const value = child.columns.find((column) => column.name === name);
  const other = parent.columns.find((column) => column.name === key);
  if (value === undefined || other === undefined) return 'inside a value only keys of one column can stand';
  if (child.identity.includes(value.name)) return 'it is part of the key of its own rows, which is taken as it is';
  if (value.generated) return 'the database computes it: declare the column that it is computed from';
  if (known.some((one) => one.child === child && one.inside === undefined && one.columns.includes(value.name)))
    return 'the whole of it is a reference already';
  if (!keysInside(inside, value, other)) {
    const wanted = inside.array === true ? 'an array of such keys' : inside.path === undefined ? 'text' : 'json, jsonb or text';
    return `its type is ${value.type}, and that of the key ${other.type}: it takes ${wanted}, and keys that are integers, uuid or text`;
  }
  try {
    keyFinder(inside, 'text');
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return `${inside.path === undefined ? 'pattern' : 'path'}: ${error.message}`;
  }
  return undefined;
}
