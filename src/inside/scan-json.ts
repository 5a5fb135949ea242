import type { PathStep } from './json-path.js';
import type { Token } from './token.js';

/** Of an object or array that is open: how many steps of the path lead to it, in each way that they can. */
interface Frame {
  readonly states: readonly number[];
  readonly isObject: boolean;
  index: number;
}

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const scalar = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const none: readonly number[] = Object.freeze([]);

/**
 * What stands where a path leads to in JSON, in its order; undefined where the text is no JSON. Works on the text as it is: no number goes
 * through a double, a member that stands twice is found twice. JSON null is nothing.
 */
export function scanJson(json: string, steps: readonly PathStep[]): readonly Token[] | undefined {
  const tokens: Token[] = [];
  const stack: Frame[] = [];
  let at = afterBlanks(json, 0);
  let states = reached(steps, [0]);
  for (;;) {
    const isMeant = states.includes(steps.length);
    const first = json.charCodeAt(at);
    let end: number;
    if (first === openBrace || first === openBracket) {
      if (isMeant) tokens.push({ start: at, end: at, text: undefined, as: 'plain' });
      const frame: Frame = { states, isObject: first === openBrace, index: -1 };
      const inner = afterBlanks(json, at + 1);
      if (json.charCodeAt(inner) === (frame.isObject ? closeBrace : closeBracket)) end = inner + 1;
      else {
        stack.push(frame);
        const next = enter(json, inner, frame, steps);
        if (next === undefined) return undefined;
        [at, states] = next;
        continue;
      }
    } else if (first === quote) {
      end = stringEnd(json, at);
      if (end < 0) return undefined;
      if (isMeant) {
        const text = stringText(json, at, end);
        if (text === undefined) return undefined;
        tokens.push({ start: at, end, text, as: 'json-string' });
      }
    } else {
      scalar.lastIndex = at;
      const [text] = scalar.exec(json) ?? [];
      if (text === undefined) return undefined;
      end = at + text.length;
      const isNumber = text !== 'true' && text !== 'false';
      if (isMeant && text !== 'null') tokens.push({ start: at, end, text: isNumber ? text : undefined, as: 'json-number' });
    }
    for (;;) {
      at = afterBlanks(json, end);
      const frame = stack.at(-1);
      if (frame === undefined) return at === json.length ? tokens : undefined;
      const char = json.charCodeAt(at);
      if (char === comma) {
        const next = enter(json, afterBlanks(json, at + 1), frame, steps);
        if (next === undefined) return undefined;
        [at, states] = next;
        break;
      }
      if (char !== (frame.isObject ? closeBrace : closeBracket)) return undefined;
      stack.pop();
      end = at + 1;
    }
  }
}

/** Where the next value of an object or array begins, and which steps lead there. */
function enter(
  json: string,
  at: number,
  frame: Frame,
  steps: readonly PathStep[],
): readonly [at: number, states: readonly number[]] | undefined {
  frame.index += 1;
  const { states, isObject, index } = frame;
  if (!isObject) return [at, states.length === 0 ? none : reached(steps, through(steps, states, index))];
  if (json.charCodeAt(at) !== quote) return undefined;
  const end = stringEnd(json, at);
  if (end < 0) return undefined;
  const between = afterBlanks(json, end);
  if (json.charCodeAt(between) !== colon) return undefined;
  const name = states.length === 0 ? '' : stringText(json, at, end);
  if (name === undefined) return undefined;
  return [afterBlanks(json, between + 1), states.length === 0 ? none : reached(steps, through(steps, states, name))];
}

function through(steps: readonly PathStep[], states: readonly number[], to: string | number): readonly number[] {
  return states.flatMap((state) => {
    const step = steps[state];
    switch (step?.is) {
      case undefined:
        return none;
      case 'any-depth':
        return state;
      case 'member':
        return step.name === to ? state + 1 : none;
      case 'element':
        return step.index === to ? state + 1 : none;
      case 'any-member':
        return typeof to === 'string' ? state + 1 : none;
      case 'any-element':
        return typeof to === 'number' ? state + 1 : none;
    }
  });
}

/** Steps of any depth may be none. */
function reached(steps: readonly PathStep[], states: readonly number[]): readonly number[] {
  if (states.length === 0) return none;
  const all = new Set(states);
  for (const state of all) if (steps[state]?.is === 'any-depth') all.add(state + 1);
  return [...all];
}

function afterBlanks(json: string, from: number): number {
  let at = from;
  for (
    let char = json.charCodeAt(at);
    char === 0x20 || char === 0x0a || char === 0x0d || char === 0x09;
    char = json.charCodeAt(at)
  )
    at += 1;
  return at;
}

/** Behind the quote that ends a string; -1 where none does. */
function stringEnd(json: string, start: number): number {
  let at = start + 1;
  for (let char = json.charCodeAt(at); char !== quote; char = json.charCodeAt(at)) {
    if (at >= json.length) return -1;
    at += char === backslash ? 2 : 1;
  }
  return at + 1;
}

function stringText(json: string, start: number, end: number): string | undefined {
  const token = json.slice(start, end);
  if (!token.includes('\\')) return token.slice(1, -1);
  try {
    return String(JSON.parse(token));
  } catch {
    return undefined;
  }
}
