import type { ArchiveObject } from '../archive/archive.js';
import { keyTexts, toKey } from '../closure/key.js';
import { memberText, objectKey } from '../values/object-values.js';
import type { ModelRows } from './model-rows.js';
import type { PlannedModel } from './planned-model.js';

/** A materialized path with the keys that its objects have in the target; null where one of them is not decided yet. */
export function followPath(
  { target, keys, mapping, standIns }: PlannedModel,
  object: ArchiveObject,
  { path, hasIntegerKey }: ModelRows,
  isFirstPass: boolean,
): string | null | undefined {
  const text = path === undefined ? null : memberText(object, path.member);
  if (text === null || mapping === undefined) return undefined;
  const own = objectKey(object, target.shape);
  const ids: string[] = [];
  for (const id of text.split('.')) {
    const key = toKey(target.shape.members.length === 1 ? [id] : id.split('_'), hasIntegerKey);
    const isDecided = !isFirstPass || key === own || !keys.has(key) || mapping.decided.has(key);
    if (mapping.waiting.has(key) || !isDecided) return null;
    ids.push(id === '' ? id : keyTexts(standIns.get(key) ?? mapping.moved.get(key) ?? key).join('_'));
  }
  return ids.join('.');
}
