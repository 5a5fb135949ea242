import type { Token } from './token.js';

/** What a regular expression is made of that is understood: in a group that repeats, a match could take for ever. */
const part = /\\(?<escape>[^])|(?<set>\[(?:[^\]\\]|\\[^])*\])|\((?<kind>\?[:=!<]?)?|(?<close>\))(?<repeat>[*+{]?)|[^\\[()]/uy;

/**
 * A pattern that finds keys in text: a regular expression of JavaScript (flag `u`) with one group, which is around the key. Neither
 * back references nor looks ahead or behind; no group may repeat. @throws SyntaxError that says what is wrong
 */
export function parsePattern(pattern: string): RegExp {
  // What is no regular expression at all is told by the language itself.
  const expression = new RegExp(pattern, 'dgu');
  let groups = 0;
  for (let at = 0; at < pattern.length; at = part.lastIndex) {
    part.lastIndex = at;
    const match = part.exec(pattern);
    if (match === null) throw new SyntaxError('it is not understood');
    const { escape, kind, repeat } = match.groups ?? {};
    if (escape !== undefined && /[1-9k]/u.test(escape)) throw new SyntaxError('a back reference is not understood');
    if (kind !== undefined && kind !== '?:') throw new SyntaxError('of groups, only (…) and (?:…) are understood');
    if (repeat !== undefined && repeat !== '') throw new SyntaxError('a group may not repeat: ? alone may stand behind one');
    if (match[0] === '(') groups += 1;
  }
  if (groups !== 1) throw new SyntaxError(`it has ${String(groups)} groups: one must stand around the key, others are (?:…)`);
  return expression;
}

/** What the group of a pattern matches, from match to match. */
export function scanText(text: string, pattern: RegExp): readonly Token[] {
  const tokens: Token[] = [];
  for (const match of text.matchAll(pattern)) {
    const [start, end] = match.indices?.[1] ?? [0, 0];
    if (end > start) tokens.push({ start, end, text: text.slice(start, end), as: 'plain' });
  }
  return tokens;
}
