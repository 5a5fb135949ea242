import { inexactNumber } from './inexact-number.js';

/** What JSON.parse does not tell of a text: what it changes, what it drops, and where things stand. Lines count from 1. */
export interface JsonFacts {
  /** The first number that a reader of JSON would take for another. */
  readonly inexact: { readonly number: string; readonly line: number } | undefined;
  /** The first member that an object has twice: JSON.parse keeps the last, and drops the others without a word. */
  readonly twice: { readonly member: string; readonly line: number } | undefined;
  /** Where each element of the document's member `objects` begins. */
  readonly objectLines: readonly number[];
}

interface Frame {
  /** Members of an object so far; undefined in an array. */
  readonly members: Set<string> | undefined;
  readonly isObjects: boolean;
}

const quote = 0x22;
const backslash = 0x5c;
const number = /-?\d[\d.eE+-]*/uy;

/** Looks through a text that need not be valid JSON. */
export function scanJson(json: string): JsonFacts {
  const stack: Frame[] = [];
  const objectLines: number[] = [];
  let inexact: JsonFacts['inexact'];
  let twice: JsonFacts['twice'];
  let line = 1;
  let last = '';
  let expectsElement = false;
  for (let at = 0; at < json.length; at += 1) {
    const char = json[at] ?? '';
    if (/\s/u.test(char)) {
      if (char === '\n') line += 1;
      continue;
    }
    if (expectsElement && char !== ']') objectLines.push(line);
    expectsElement = false;
    switch (char) {
      case '{':
        stack.push({ members: new Set(), isObjects: false });
        break;
      case '[':
        expectsElement = stack.length === 1 && last === 'objects';
        stack.push({ members: undefined, isObjects: expectsElement });
        break;
      case ',':
        expectsElement = stack.at(-1)?.isObjects === true;
        break;
      case '}':
      case ']':
        stack.pop();
        break;
      case '"': {
        const end = stringEnd(json, at);
        last = textOf(json.slice(at, end + 1));
        at = end;
        break;
      }
      case ':': {
        const members = stack.at(-1)?.members;
        if (members?.has(last) === true) twice ??= { member: last, line };
        members?.add(last);
        break;
      }
      default: {
        number.lastIndex = at;
        const [token] = number.exec(json) ?? [];
        if (token === undefined) break;
        if (inexactNumber(token)) inexact ??= { number: token, line };
        at += token.length - 1;
      }
    }
  }
  return { inexact, twice, objectLines };
}

/** By hand: a regular expression would need a place on its stack for each character of a long value. */
function stringEnd(json: string, start: number): number {
  let at = start + 1;
  for (let unit = json.charCodeAt(at); unit !== quote && at < json.length; unit = json.charCodeAt(at))
    at += unit === backslash ? 2 : 1;
  return at;
}

function textOf(token: string): string {
  if (!token.includes('\\')) return token.slice(1, -1);
  try {
    return String(JSON.parse(token));
  } catch {
    return token;
  }
}
