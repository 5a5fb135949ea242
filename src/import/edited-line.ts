import type { ArchiveObject } from '../archive/archive.js';
import type { Key } from '../closure/key.js';
import { keyTexts } from '../closure/key.js';
import { editLine } from '../values/edit-line.js';
import { objectKey } from '../values/object-values.js';
import type { OtherTexts } from './followed-row.js';
import type { ModelRows } from './model-rows.js';
import type { TargetModel } from './target.js';
import type { Lane } from './written-rows.js';

/** The row of an object with other texts in some places, and another key. */
export function editedLine(
  target: TargetModel,
  { lanes, keyPlaces }: ModelRows,
  object: ArchiveObject,
  lane: Lane,
  { texts, key }: { readonly texts: OtherTexts; readonly key: Key },
): string {
  const line = target[lane](object);
  const isMoved = objectKey(object, target.shape) !== key;
  if (texts.length === 0 && !isMoved) return line;
  const edits: (string | null)[] = [];
  for (const [place, text] of texts.entries()) {
    if (text === undefined) continue;
    const at = lanes[lane][place] ?? -1;
    if (at >= 0) edits[at] = text;
  }
  if (isMoved) {
    const own = keyTexts(key);
    for (const [part, place] of keyPlaces.entries()) {
      const at = lanes[lane][place] ?? -1;
      if (at >= 0) edits[at] = own[part] ?? '';
    }
  }
  return editLine(line, edits);
}
