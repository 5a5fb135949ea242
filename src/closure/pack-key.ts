import type { Key } from './key.js';
import { keyTexts } from './key.js';
import { integerAt, packedBigint, packSafeInteger } from './packed-bigint.js';
import type { PackedColumn } from './packed-column.js';

/** Longer keys are kept as they are: there are never many. */
export const longestText = 4096;

/** Room for any key that is packed. */
export const packedRoom = longestText * 8;

/** Packs a key; its length, or -1 where it would not come back as it was. The buffer has {@link packedRoom}. */
export function packKey(columns: readonly PackedColumn[], key: Key, into: Buffer): number {
  const [only] = columns;
  if (typeof key === 'number') return columns.length === 1 && only === packedBigint ? packSafeInteger(key, into, 0) : -1;
  if (key.length > longestText) return -1;
  if (columns.length === 1 && only !== undefined) return only.pack(key, into, 0);
  const texts = keyTexts(key);
  if (texts.length !== columns.length) return -1;
  let end = 0;
  for (let at = 0; at < columns.length; at += 1) {
    end = (columns[at] as PackedColumn).pack(texts[at] ?? '', into, end);
    if (end < 0) return -1;
  }
  return end;
}

/** The key that begins here. */
export function unpackKey(columns: readonly PackedColumn[], from: Buffer, start: number): Key {
  if (columns.length === 1 && columns[0] === packedBigint) return integerAt(from, start);
  let at = start;
  let key = '';
  for (const [index, column] of columns.entries()) {
    const end = column.end(from, at);
    const text = column.unpack(from, at, end);
    key = index === 0 ? text : `${key}\0${text}`;
    at = end;
  }
  return key;
}
