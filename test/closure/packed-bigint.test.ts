import { expect } from 'chai';
import fc from 'fast-check';
import { toIntegerKey } from '../../src/closure/key.js';
import { packKey, unpackKey } from '../../src/closure/pack-key.js';
import { packedBigint } from '../../src/closure/packed-bigint.js';

const [least, greatest] = [-(2n ** 63n), 2n ** 63n - 1n];

/** Around the powers of two and of ten, where a part carries into the next. */
const edge = fc
  .tuple(fc.constantFrom(2n, 10n), fc.integer({ min: 0, max: 63 }), fc.bigInt({ min: -2n, max: 2n }), fc.constantFrom(1n, -1n))
  .map(([base, power, beside, sign]) => sign * base ** BigInt(power) + beside)
  .filter((value) => value >= least && value <= greatest);
const integer = fc.oneof(edge, fc.bigInt({ min: least, max: greatest }), fc.constantFrom(least, greatest, 0n));

function packed(value: bigint): Buffer {
  const bytes = Buffer.alloc(64, 0x5a);
  expect(packedBigint.pack(String(value), bytes, 3)).to.equal(11);
  return Buffer.from(bytes.subarray(3, 11));
}

describe('a bigint as bytes', () => {
  it('is the eight bytes of its value, and comes back as the server writes it', () => {
    fc.assert(
      fc.property(integer, (value) => {
        const bytes = packed(value);
        expect(bytes.readBigUInt64BE() - 2n ** 63n).to.equal(value);
        expect(packedBigint.unpack(bytes, 0, 8)).to.equal(String(value));
        const text = Buffer.alloc(30);
        expect(text.toString('latin1', 2, packedBigint.write(bytes, 0, 8, text, 2))).to.equal(String(value));
        const amid = Buffer.from(`12${String(value)}34`);
        const again = Buffer.alloc(8);
        expect(packedBigint.packBytes(amid, 2, amid.length - 2, again, 0)).to.equal(8);
        expect(again).to.deep.equal(bytes);
      }),
      { numRuns: 2000 },
    );
  });

  it('sorts as integers do', () => {
    fc.assert(
      fc.property(integer, integer, (one, other) => {
        expect(Buffer.compare(packed(one), packed(other))).to.equal(one < other ? -1 : one > other ? 1 : 0);
      }),
      { numRuns: 1000 },
    );
  });

  it('is the same of a number as of its text, and a number where that is exact', () => {
    fc.assert(
      fc.property(integer, (value) => {
        const key = toIntegerKey(String(value));
        const bytes = Buffer.alloc(64);
        expect(packKey([packedBigint], key, bytes)).to.equal(8);
        expect(bytes.subarray(0, 8)).to.deep.equal(packed(value));
        expect(unpackKey([packedBigint], bytes, 0)).to.equal(key);
      }),
      { numRuns: 1000 },
    );
  });

  it('is made of no other text', () => {
    const beyond = [greatest + 1n, least - 1n, 10n ** 19n, -(10n ** 19n), 2n ** 64n].map(String);
    const none = ['', '-', '+1', '01', '-0', '-01', '00', '1 ', ' 1', '1.0', '1e3', '0x10', '１', '1'.repeat(30), 'a', '1-'];
    for (const text of [...beyond, ...none]) {
      expect(packedBigint.pack(text, Buffer.alloc(64), 0), text).to.equal(-1);
      const bytes = Buffer.from(text);
      expect(packedBigint.packBytes(bytes, 0, bytes.length, Buffer.alloc(64), 0), text).to.equal(-1);
    }
  });
});
