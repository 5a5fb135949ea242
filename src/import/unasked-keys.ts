import type { KeySet } from '../closure/key-set.js';
import type { TargetModel } from './target.js';

/** The entities whose objects others of the archive can mean: by a reference, a link, or a key inside a value. */
export function meantEntities(targets: ReadonlyMap<string, TargetModel>): ReadonlySet<string> {
  const meant = new Set<string>();
  for (const { references, inner, mentions, links } of targets.values()) {
    for (const { parent } of references) meant.add(parent);
    for (const { reference } of [...inner, ...mentions]) meant.add(reference.parent);
    for (const { inverseModel } of links) meant.add(targets.get(inverseModel)?.entity.model ?? inverseModel);
  }
  return meant;
}

/** Stands for the keys of objects that nothing means: they are the most, and nobody asks for one. Who does is told so, and never answered wrongly. */
export const unaskedKeys: KeySet = Object.freeze({
  ...{ size: 0, bytes: 0, listed: false },
  add: () => true,
  has: asked,
  hasText: asked,
  sorted: asked,
  arrivals: asked,
});

function asked(): never {
  throw new TypeError('keys are asked for that were not kept, since nothing means their objects');
}
