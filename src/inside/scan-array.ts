import type { Token } from './token.js';

const quote = 0x22;
const backslash = 0x5c;
const bare = /[^{},"]+/y;

/** The elements of an array as the server writes it, of however many dimensions; NULL is none of them. */
export function scanArray(array: string): readonly Token[] {
  const tokens: Token[] = [];
  // Before it, the bounds of an array that does not begin at 1.
  let at = array.indexOf('{');
  while (at >= 0 && at < array.length) {
    const start = at;
    const isQuoted = array.charCodeAt(at) === quote;
    at = isQuoted ? quotedEnd(array, at) : bareEnd(array, at);
    const text = array.slice(start, at);
    if (at === start) at += 1;
    else if (isQuoted) tokens.push({ start, end: at, text: text.slice(1, -1).replace(/\\([^])/gu, '$1'), as: 'element' });
    else if (text !== 'NULL') tokens.push({ start, end: at, text, as: 'element' });
  }
  return tokens;
}

function bareEnd(array: string, start: number): number {
  bare.lastIndex = start;
  return start + (bare.exec(array)?.[0].length ?? 0);
}

/** By hand: a regular expression would need a place on its stack for each character of a long value. */
function quotedEnd(array: string, start: number): number {
  let at = start + 1;
  while (at < array.length && array.charCodeAt(at) !== quote) at += array.charCodeAt(at) === backslash ? 2 : 1;
  return at + 1;
}
