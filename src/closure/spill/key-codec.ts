import type { Entity } from '../../schema/schema.js';
import { hasIntegerKey } from '../../schema/has-integer-key.js';
import { integerAt } from '../../values/integer-at.js';
import type { Key } from '../key.js';
import { packedRoom, packKey, unpackKey } from '../pack-key.js';
import { packedBigint } from '../packed-bigint.js';
import type { PackedColumn } from '../packed-column.js';
import { packedColumnsOf } from '../packed-columns-of.js';

/** An index of PostgreSQL holds no longer keys, unless they can be compressed: such ones stay in memory. */
export const longestPacked = 4096;

/** Room for whatever is packed. */
export const codecRoom = packedRoom;

/** How a key stands in a file: as bytes that sort as the archive sorts it, of which none is the beginning of another's. */
export interface KeyCodec {
  /** Packs a key; its length, or -1 where it is none for a file. The buffer has {@link codecRoom}. */
  pack(key: Key, into: Buffer): number;
  unpack(from: Buffer, start: number): Key;
  /** The key that is this text of a single column, in UTF-8. */
  keyOf(bytes: Buffer, start: number, end: number): Key;
}

/** Undefined where no bytes have the order of an entity's keys. */
export function keyCodecOf(entity: Pick<Entity, 'columns' | 'key'>): KeyCodec | undefined {
  if (hasIntegerKey(entity)) return integerCodec;
  const columns = packedColumnsOf(entity);
  return columns === undefined ? undefined : packedCodec(columns);
}

function packedCodec(columns: readonly PackedColumn[]): KeyCodec {
  return {
    pack: (key, into) => {
      const length = packKey(columns, key, into);
      return length > longestPacked ? -1 : length;
    },
    unpack: (from, start) => unpackKey(columns, from, start),
    keyOf: (bytes, start, end) => bytes.toString('utf8', start, end),
  };
}

const integerCodec: KeyCodec = Object.freeze({ ...packedCodec([packedBigint]), keyOf: integerAt });
