import type { Entity } from '../../schema/schema.js';
import { hasIntegerKey } from '../../schema/has-integer-key.js';
import { integerAt } from '../../values/integer-at.js';
import type { Key } from '../key.js';
import { isIntegerText } from '../key.js';
import { packedRoom, packKey } from '../pack-key.js';
import type { PackedColumn } from '../packed-column.js';
import { unpackKey } from '../packed-column.js';
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

const half = 2 ** 32;
/** Set in the first byte of what is not negative. */
const sign = 0x80000000;

/** Eight bytes, whatever the integer. */
const integerCodec: KeyCodec = Object.freeze({
  pack(key: Key, into: Buffer): number {
    if (typeof key === 'number') {
      into.writeUInt32BE((Math.floor(key / half) ^ sign) >>> 0, 0);
      into.writeUInt32BE(key >>> 0, 4);
      return 8;
    }
    const value = isIntegerText(key) ? BigInt(key) : undefined;
    if (value === undefined || BigInt.asIntN(64, value) !== value) return -1;
    into.writeBigInt64BE(value, 0);
    into.writeUInt32BE((into.readUInt32BE(0) ^ sign) >>> 0, 0);
    return 8;
  },
  unpack(from: Buffer, start: number): Key {
    const high = from.readUInt32BE(start) ^ sign;
    const low = from.readUInt32BE(start + 4);
    const key = high * half + low;
    return Number.isSafeInteger(key) ? key : String(BigInt(high) * BigInt(half) + BigInt(low));
  },
  keyOf: integerAt,
});
