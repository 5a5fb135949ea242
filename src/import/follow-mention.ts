import type { KeyView } from '../closure/key-set.js';
import type { Key } from '../closure/key.js';
import type { FollowedKey } from './follow-inside.js';
import type { HeldInside, HeldMention } from './model-rows.js';
import { ColumnSpace } from './value-space.js';

interface Known {
  readonly isOpen: (held: HeldInside) => boolean;
  /** By entity: objects that stayed at home; undefined as long as nobody knows. */
  readonly external: ReadonlyMap<string, Pick<KeyView, 'has'>> | undefined;
}

/**
 * What the key of an object that is only mentioned becomes: that of the row that the object is, where it comes, is there by an earlier map, or
 * stayed at home. Where objects of its model keep their keys, an old one means what it meant.
 */
export function followMention(held: HeldMention, key: Key, { isOpen, external }: Known): FollowedKey {
  if (isOpen(held)) return { is: 'open' };
  const to = whereItIs(held, key);
  if (to !== undefined) return { is: 'led', to };
  if (!held.canMove) return { is: 'led', to: key };
  if (external === undefined) return { is: 'open' };
  const isOutside = held.reference.direct && external.get(held.reference.parent)?.has(key) === true;
  return isOutside ? { is: 'led', to: key } : { is: 'absent' };
}

function whereItIs({ space, parent, reference }: HeldMention, key: Key): Key | undefined {
  const moved = space?.moved.get(key);
  if (space instanceof ColumnSpace) {
    if (space.gone.has(key)) return undefined;
    return moved ?? (space.known.has(key) ? key : undefined);
  }
  if (parent === undefined || !reference.direct) return moved;
  if (parent.skipped.has(key)) return parent.standIns.get(key);
  return moved ?? (parent.keys.has(key) ? key : undefined);
}
