import type { Held, ModelRows } from './model-rows.js';
import type { PlannedModel } from './planned-model.js';
import { ColumnSpace } from './value-space.js';

/** Whether references of a model lead to objects of the same. */
export function refersToItself({ target }: PlannedModel, { held, inside, mentions, path }: ModelRows): boolean {
  return (
    path !== undefined ||
    [...held, ...inside.values(), ...mentions.values()].some(({ parent }) => parent?.target.model === target.model)
  );
}

/** Whether it depends on objects of the model where others of it go: an object may have to wait for the one before it. */
export function waitsForItself({ target }: PlannedModel, { held, inside, mentions, path, keyPlaces }: ModelRows): boolean {
  const isOwn = ({ parent }: Pick<Held, 'parent'>): boolean => parent?.target.model === target.model;
  const natural = target.merge === undefined ? [] : target.entity.naturalKey;
  const names = new Set([...natural, ...keyPlaces.map((place) => target.columns[place]?.column.name ?? '')]);
  return (
    path !== undefined ||
    [...inside.values(), ...mentions.values()].some(isOwn) ||
    held.some((one) => isOwn(one) && one.reference.columns.some((name) => names.has(name)))
  );
}

/**
 * Whether every object of a model is kept, whatever its references hold, under a key that none of them says, and all that they lead to is decided: then
 * they need not be followed before somebody asks for the row.
 */
export function isPlain(planned: PlannedModel, rows: ModelRows, isFirstPass: boolean): boolean {
  const { held, inside, mentions, shares, keyPlaces } = rows;
  if (inside.size + mentions.size > 0 || shares || planned.target.merge !== undefined || refersToItself(planned, rows))
    return false;
  return held.every(
    ({ parent, space, backward, places }) =>
      !(space instanceof ColumnSpace) &&
      !places.some((place) => keyPlaces.includes(place)) &&
      (parent === undefined || (parent.skipped.size === 0 && parent.mapping?.waiting.size === 0 && !(backward && isFirstPass))),
  );
}
