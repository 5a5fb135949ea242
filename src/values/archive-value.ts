import type { ArchiveObject, ArchiveValue } from '../archive/archive.js';
import type { Key } from '../closure/key.js';
import { keyTexts, toKey } from '../closure/key.js';
import type { ValueKind } from '../schema/schema.js';

/** What is needed of a key's columns to write it as `pk` and to read it back. */
export interface KeyShape {
  readonly members: readonly string[];
  readonly kinds: readonly ValueKind[];
}

/** The shape of an entity's key. */
export function keyShape(entity: {
  readonly key: readonly string[];
  readonly columns: readonly { readonly name: string; readonly member: string; readonly kind: ValueKind }[];
}): KeyShape {
  const columns = entity.key.map((name) => entity.columns.find((column) => column.name === name));
  return { members: columns.map((column) => column?.member ?? ''), kinds: columns.map((column) => column?.kind ?? 'text') };
}

/** Whether a number's text survives JSON: `String(Number(text)) === text`, and JSON can write it. */
export function isJsonNumber(text: string): boolean {
  const value = Number(text);
  return Number.isFinite(value) && String(value) === text;
}

/** A server text as JSON value (design.md §4, Values). */
export function toArchiveValue(text: string | null, kind: ValueKind): ArchiveValue {
  if (text === null) return null;
  switch (kind) {
    case 'integer':
    case 'number':
      return isJsonNumber(text) ? Number(text) : text;
    case 'boolean':
      return text === 't' || text === 'true';
    case 'text':
      return text;
  }
}

/** The inverse of {@link toArchiveValue}: the text as COPY writes and reads it. */
export function toServerText(value: ArchiveValue): string | null {
  if (value === null) return null;
  if (typeof value === 'boolean') return value ? 't' : 'f';
  return String(value);
}

/** Key texts as `pk`: one value, or an object by member, sorted. */
export function textsToPk(texts: readonly string[], shape: KeyShape): ArchiveObject['pk'] {
  const values = texts.map((text, at) => toArchiveValue(text, shape.kinds[at] ?? 'text'));
  if (shape.members.length === 1) return values[0] ?? null;
  return Object.fromEntries(
    shape.members.map((member, at) => [member, values[at] ?? null] as const).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

export function keyToPk(key: Key, shape: KeyShape): ArchiveObject['pk'] {
  return textsToPk(keyTexts(key), shape);
}

/** Whether it stands for an integer, written as PostgreSQL writes one: two texts of one number would be two keys. */
export function isInteger(value: unknown): boolean {
  return Number.isSafeInteger(value) || (isNumeric(value) && /^(0|-?[1-9]\d*)$/u.test(String(value)));
}

function isNumeric(value: unknown): value is number | string {
  return typeof value === 'number' || typeof value === 'string';
}

/** The key of a `pk`; undefined where it has not the shape of one. */
export function pkToKey(pk: ArchiveObject['pk'], shape: KeyShape): Key | undefined {
  const texts: string[] = [];
  for (const [at, member] of shape.members.entries()) {
    const value = shape.members.length === 1 ? pk : isRecord(pk) ? pk[member] : undefined;
    if (value === undefined || value === null || isRecord(value)) return undefined;
    if (shape.kinds[at] === 'integer' && !isInteger(value)) return undefined;
    texts.push(toServerText(value) ?? '');
  }
  if (isRecord(pk) && Object.keys(pk).length !== shape.members.length) return undefined;
  return toKey(texts, shape.members.length === 1 && shape.kinds[0] === 'integer');
}

function isRecord(value: ArchiveObject['pk']): value is Readonly<Record<string, ArchiveValue>> {
  return typeof value === 'object' && value !== null;
}
