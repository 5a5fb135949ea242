import type { IdType, Reference } from '../schema/schema.js';
import type { Key } from './key.js';
import { isIntegerText, keyTexts, toKey } from './key.js';

/** What the parent's columns hold for what a reference holds; undefined where no row of the parent can hold it. */
export type ToParentValue = (value: Key) => Key | undefined;

/**
 * Ids that are kept as text (`object_id` beside `content_type`) mean the integer or UUID that the server writes so: `5` leads to 5, while
 * `05` and `all` lead nowhere. Undefined where a reference holds its parent's values as they are.
 */
export function toParentValue({ asText }: Pick<Reference, 'asText'>): ToParentValue | undefined {
  if (asText === undefined) return undefined;
  const integer = asText.length === 1 && asText[0] !== 'uuid';
  return (value) => {
    const texts = keyTexts(value);
    return asText.every((type, at) => isWritten(type, texts[at] ?? '')) ? toKey(texts, integer) : undefined;
  };
}

/** What such a reference holds for a value of its parent. */
export function toHeldValue({ asText }: Pick<Reference, 'asText'>, value: Key): Key {
  return asText === undefined ? value : toKey(keyTexts(value), false);
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u;
const bits = Object.freeze({ int2: 16, int4: 32, int8: 64 });

/** Whether the server writes a value of the type like this. */
function isWritten(type: IdType | undefined, text: string): boolean {
  if (type === undefined) return true;
  if (type === 'uuid') return uuid.test(text);
  return isIntegerText(text) && BigInt(text) === BigInt.asIntN(bits[type], BigInt(text));
}
