import type { Key } from '../closure/key.js';
import type { FollowedKey } from './follow-inside.js';
import type { HeldInside } from './model-rows.js';
import { ColumnSpace } from './value-space.js';

/** What a key inside a value becomes where objects can have other keys than in the archive. */
export function followKey(held: HeldInside | undefined, key: Key, isOpen: (held: HeldInside) => boolean): FollowedKey {
  if (held === undefined) return { is: 'led', to: key };
  if (isOpen(held)) return { is: 'open' };
  const { space, parent, reference } = held;
  if (space instanceof ColumnSpace && space.gone.has(key)) return { is: 'torn' };
  if (parent === undefined || !reference.direct || !parent.skipped.has(key))
    return { is: 'led', to: space?.moved.get(key) ?? key };
  const other = parent.standIns.get(key);
  return other === undefined ? { is: 'lost' } : { is: 'led', to: other };
}
