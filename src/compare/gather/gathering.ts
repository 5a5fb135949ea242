import type { ArchiveHeader } from '../../archive/archive.js';
import type { Key } from '../../closure/key.js';
import type { ModelRule } from './model-rules.js';
import type { OriginKeys } from './origin-keys.js';
import type { Origin } from './origins.js';
import type { Space } from './references-of.js';

/** Archives of several databases on their way into one. */
export interface Gathering {
  /** Of the merged archive. */
  readonly header: ArchiveHeader;
  readonly rules: ReadonlyMap<string, ModelRule>;
  /** Beside each other. */
  readonly origins: readonly Origin[];
  readonly keys: readonly OriginKeys[];
}

/** Where a value leads that objects of one database hold in their references. */
export type Led =
  | { readonly is: 'led'; readonly to: Key }
  /** Nobody knows yet. */
  | { readonly is: 'open' }
  /** The object that it means has nothing there any more to refer to. */
  | { readonly is: 'gone' }
  /** None of the archives of that database has such an object; `taken`: another's has. */
  | { readonly is: 'nowhere'; readonly taken: boolean };

/** Keys follow their objects: no old one is kept for an object that has another. */
export function leadOf({ keys }: Gathering, origin: OriginKeys, space: Space, value: Key): Led {
  if (space.isKey) {
    const own = origin.of(space.model);
    if (own.isOpen(value)) return { is: 'open' };
    if (own.has(value)) return { is: 'led', to: own.counterpart(value) };
    return { is: 'nowhere', taken: keys.some((other) => other.of(space.model).uses(value)) };
  }
  const values = origin.valuesOf(space);
  if (values === undefined) return { is: 'open' };
  if (values.gone.has(value)) return { is: 'gone' };
  if (values.known.has(value)) return { is: 'led', to: values.moved.get(value) ?? value };
  const taken = keys.some((other) => {
    const theirs = other.valuesOf(space);
    return theirs?.known.has(value) === true || theirs?.given.has(value) === true;
  });
  return { is: 'nowhere', taken };
}

/** Whether any object of the model, or value of the columns, has become another. */
export function hasMoved(origin: OriginKeys, space: Space): boolean {
  if (space.isKey) return origin.of(space.model).moved.size > 0;
  const values = origin.valuesOf(space);
  return values !== undefined && values.moved.size + values.gone.size > 0;
}
