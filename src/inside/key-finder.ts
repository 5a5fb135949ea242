import type { Key } from '../closure/key.js';
import type { Inside } from './inside.js';
import { parseJsonPath } from './json-path.js';
import type { KeyForm } from './key-form.js';
import { keyOfText } from './key-form.js';
import { scanArray } from './scan-array.js';
import { scanJson } from './scan-json.js';
import { parsePattern, scanText } from './text-pattern.js';
import type { Token } from './token.js';

/** A place of a value where a key should stand. */
export interface FoundKey extends Token {
  /** The key, as its rows have it; undefined for what is none. */
  readonly key: Key | undefined;
}

/** Finds the keys in the server's text of a value, from the first to the last. */
export type KeyFinder = (value: string) => readonly FoundKey[];

/**
 * @param form of which type the keys are; undefined where nobody knows: then nothing is one
 * @throws SyntaxError where the path or the pattern is not understood
 */
export function keyFinder(inside: Inside, form: KeyForm | undefined): KeyFinder {
  const scan = scanner(inside);
  return (value) =>
    scan(value).map((token) => ({
      ...token,
      key: token.text === undefined || form === undefined ? undefined : keyOfText(form, token.text),
    }));
}

function scanner({ array, path, pattern }: Inside): (value: string) => readonly Token[] {
  if (pattern !== undefined) {
    const expression = parsePattern(pattern);
    return (value) => scanText(value, expression);
  }
  if (array !== undefined) return scanArray;
  if (path === undefined) return (value) => [{ start: 0, end: value.length, text: value, as: 'whole' }];
  const steps = parseJsonPath(path);
  if (steps === undefined) throw new SyntaxError('it is no path of $, .name, ."name", .*, [0], [*] and .**');
  // What is no JSON holds something, and nobody can tell what.
  return (value) => scanJson(value, steps) ?? [{ start: 0, end: 0, text: undefined, as: 'plain' }];
}
