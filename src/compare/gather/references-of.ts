import type { ArchiveHeader, ArchiveReference } from '../../archive/archive.js';
import type { HeldInside } from '../held-inside.js';
import { allInside } from '../held-inside.js';
import type { HeldKey } from '../held-keys.js';
import { heldKeys, heldValues } from '../held-keys.js';

/** What references hold values of: the key of a model, or other unique columns of it. */
export interface Space {
  readonly id: string;
  readonly model: string;
  readonly columns: readonly string[];
  readonly isKey: boolean;
}

/** All that leads from objects of one model to others, as an archive's header tells of it. */
export interface ModelReferences {
  readonly held: readonly (HeldKey & { readonly space: Space })[];
  readonly inside: readonly (HeldInside & { readonly space: Space })[];
}

export function referencesOf(header: ArchiveHeader, model: string): ModelReferences {
  const entity = header.entities[model];
  const held = [...heldKeys(header, model), ...heldValues(header, model)].filter(({ reference }) => {
    // What is its own key says nothing of what that should be.
    return reference.parent !== model || reference.columns.join('\0') !== entity?.key.join('\0');
  });
  return {
    held: held.map((one) => ({ ...one, space: spaceOf(header, one.reference) })),
    inside: allInside(header, model).map((one) => ({ ...one, space: spaceOf(header, one.reference) })),
  };
}

export function spaceOf(
  header: ArchiveHeader,
  { parent, parentColumns }: Pick<ArchiveReference, 'parent' | 'parentColumns'>,
): Space {
  const key = header.entities[parent]?.key ?? [];
  const isKey = key.length === parentColumns.length && key.every((name) => parentColumns.includes(name));
  const columns = isKey ? key : parentColumns;
  return { id: [parent, ...columns].join('\0'), model: parent, columns, isKey };
}

/** The columns of a model, besides its key, whose values references hold. */
export function referredSpaces(header: ArchiveHeader, model: string): readonly Space[] {
  const all = Object.values(header.entities).flatMap(({ references, inner = [], mentions = [] }) => [
    ...references,
    ...inner,
    ...mentions,
  ]);
  const spaces = all.filter(({ parent }) => parent === model).map((reference) => spaceOf(header, reference));
  return [...new Map(spaces.filter(({ isKey }) => !isKey).map((space) => [space.id, space])).values()];
}

/** The other columns that no two objects of a model have in common. */
export function uniqueSpaces(header: ArchiveHeader, model: string): readonly Space[] {
  const referred = new Set(referredSpaces(header, model).map(({ id }) => id));
  const spaces = (header.entities[model]?.uniques ?? []).map((columns): Space => {
    return { id: [model, ...columns].join('\0'), model, columns, isKey: false };
  });
  return spaces.filter(({ id }) => !referred.has(id));
}
