import type { Key } from '../closure/key.js';
import { keyTexts } from '../closure/key.js';
import type { FoundKey } from './key-finder.js';
import { writeToken } from './token.js';

/** A key inside a value, and the one that is to stand there instead, or NULL. */
export interface KeyEdit {
  readonly found: FoundKey;
  readonly to: Key | null;
}

/**
 * A value with other keys in it and every other character as it was; undefined where two keys would have to stand in one place, `null` where
 * the whole of it is to be NULL.
 */
export function withKeys(text: string, edits: readonly KeyEdit[]): string | null | undefined {
  if (edits.length > 0 && edits.every(({ found, to }) => found.as === 'whole' && to === null)) return null;
  const sorted = [...edits].sort((a, b) => a.found.start - b.found.start || a.found.end - b.found.end);
  const pieces: string[] = [];
  let at = 0;
  let last: { readonly start: number; readonly end: number; readonly token: string } | undefined;
  for (const edit of sorted) {
    const { start, end } = edit.found;
    const token = editToken(edit);
    if (last !== undefined && start < at) {
      if (start !== last.start || end !== last.end || token !== last.token) return undefined;
      continue;
    }
    pieces.push(text.slice(at, start), token);
    last = { start, end, token };
    at = end;
  }
  pieces.push(text.slice(at));
  return pieces.join('');
}

/** What stands there then. */
export function editToken({ found, to }: KeyEdit): string {
  return writeToken(found, to === null ? null : (keyTexts(to)[0] ?? ''));
}
