import type { Entity, ValueKind } from '../schema/schema.js';
import type { Key } from './key.js';
import { keyTexts } from './key.js';

/** The archive's order of an entity's keys: numbers as numbers, text by the bytes of its UTF-8, column by column. */
export function compareKeys(entity: Pick<Entity, 'columns' | 'key'>): (a: Key, b: Key) => number {
  const kinds = entity.key.map((name) => entity.columns.find((column) => column.name === name)?.kind ?? 'text');
  return compareKeysOf(kinds);
}

/** As {@link compareKeys}, from the kinds of the key's columns. */
export function compareKeysOf(kinds: readonly ValueKind[]): (a: Key, b: Key) => number {
  const [kind = 'text'] = kinds;
  if (kinds.length <= 1) {
    return (a, b) => (typeof a === 'number' && typeof b === 'number' ? a - b : compareTexts(kind, String(a), String(b)));
  }
  return (a, b) => {
    const left = keyTexts(a);
    const right = keyTexts(b);
    for (let at = 0; at < kinds.length; at += 1) {
      const order = compareTexts(kinds[at] ?? 'text', left[at] ?? '', right[at] ?? '');
      if (order !== 0) return order;
    }
    return 0;
  };
}

function compareTexts(kind: ValueKind, a: string, b: string): number {
  if (a === b) return 0;
  switch (kind) {
    case 'integer':
      return BigInt(a) < BigInt(b) ? -1 : 1;
    case 'number':
      return compareNumbers(a, b);
    case 'boolean':
    case 'text':
      return compareBytes(a, b);
  }
}

/** Code units differ from UTF-8 bytes only where surrogates meet characters above them. */
function compareBytes(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at += 1) {
    const left = a.charCodeAt(at);
    const right = b.charCodeAt(at);
    if (left !== right) return rank(left) - rank(right);
  }
  return a.length - b.length;
}

function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

/** PostgreSQL's order: -Infinity, numbers, Infinity, NaN. Numbers that a double cannot tell apart are compared digit by digit. */
function compareNumbers(a: string, b: string): number {
  const left = Number(a);
  const right = Number(b);
  if (Number.isNaN(left)) return Number.isNaN(right) ? 0 : 1;
  if (Number.isNaN(right)) return -1;
  if (left !== right) return left < right ? -1 : 1;
  return compareDecimals(a, b);
}

function compareDecimals(a: string, b: string): number {
  const places = Math.max(fraction(a).length, fraction(b).length);
  const left = scaled(a, places);
  const right = scaled(b, places);
  if (left === undefined || right === undefined || left === right) return compareBytes(a, b);
  return left < right ? -1 : 1;
}

function fraction(text: string): string {
  return text.split('.')[1] ?? '';
}

function scaled(text: string, places: number): bigint | undefined {
  if (!/^-?\d+(\.\d+)?$/u.test(text)) return undefined;
  return BigInt(text.replace('.', '') + '0'.repeat(places - fraction(text).length));
}
