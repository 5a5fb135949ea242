import type { Key } from '../closure/key.js';
import type { Held, HeldInside } from './model-rows.js';
import { ColumnSpace } from './value-space.js';

/** Whether what a reference holds stands for an object of which nobody knows yet where it goes. */
export function isOpen({ parent, reference, backward, space }: HeldInside | Held, value: Key, isFirstPass: boolean): boolean {
  const mapping = parent?.mapping;
  if (mapping === undefined) return false;
  // What comes later is not known yet: it may be there, and it may not.
  if (space instanceof ColumnSpace) return isFirstPass && backward;
  if (mapping.waiting.size > 0 && mapping.waiting.has(value)) return true;
  if (!isFirstPass || !backward || space === undefined) return false;
  return parent?.target.entity.model !== reference.child || !mapping.decided.has(value);
}
