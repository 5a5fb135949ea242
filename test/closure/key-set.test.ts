import { expect } from 'chai';
import fc from 'fast-check';
import { createKeySet } from '../../src/closure/create-key-set.js';
import { IntegerKeySet } from '../../src/closure/integer-key-set.js';
import type { Key } from '../../src/closure/key.js';
import { toIntegerKey } from '../../src/closure/key.js';
import { compareKeysOf } from '../../src/closure/key-order.js';
import type { KeySet } from '../../src/closure/key-set.js';
import { TextKeySet } from '../../src/closure/text-key-set.js';
import { column } from '../dialect/entity.js';

/** Adds and asks in the same order as a plain Set does, and sorts as a plain comparison does. */
function behavesLikeASet(
  set: KeySet,
  keys: readonly Key[],
  strangers: readonly Key[],
  compare: (a: Key, b: Key) => number,
): void {
  const model = new Set<Key>();
  for (const key of keys) {
    expect(set.add(key)).to.equal(!model.has(key));
    model.add(key);
  }
  expect(set.size).to.equal(model.size);
  for (const key of [...keys, ...strangers]) expect(set.has(key)).to.equal(model.has(key));
  expect([...set.sorted()]).to.deep.equal([...model].sort(compare));
}

const byValue = (a: Key, b: Key): number => (BigInt(a) < BigInt(b) ? -1 : BigInt(a) > BigInt(b) ? 1 : 0);

const integer = fc
  .oneof(
    fc.integer({ min: -70_000, max: 70_000 }).map(BigInt),
    fc.maxSafeInteger().map(BigInt),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.constantFrom(0n, -1n, 65_535n, 65_536n, -65_536n, 2n ** 53n, 2n ** 53n - 1n, -(2n ** 53n), 1n - 2n ** 53n),
  )
  .map((value) => toIntegerKey(String(value)));

/** Characters that a naive order or encoding gets wrong: surrogates beside the last of the basic plane, quotes, braces. */
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }).map((value) => value.replaceAll('\0', '')),
  fc.string({
    unit: fc.constantFrom('\u{1F600}', '\uFFFD', '\uE000', '\uD7FF', 'a', 'A', '{', '}', ',', '"', '\\', "'"),
    maxLength: 5,
  }),
  fc.constantFrom('', 'NULL', 'null', '\\N', ' '),
);

describe('key sets', () => {
  it('hold any integers as a plain set does, in order of value', () => {
    fc.assert(
      fc.property(fc.array(integer, { maxLength: 300 }), fc.array(integer, { maxLength: 20 }), (keys, strangers) => {
        behavesLikeASet(new IntegerKeySet(), keys, strangers, byValue);
      }),
      { numRuns: 200 },
    );
  });

  it('hold a crowded chunk, which becomes a bitmap', () => {
    fc.assert(
      fc.property(fc.integer({ min: -3, max: 3 }), fc.integer({ min: 1, max: 37 }), (chunk, step) => {
        const keys = Array.from({ length: 3000 }, (_, at) => chunk * 65_536 + ((at * step * 7919) % 65_536));
        behavesLikeASet(new IntegerKeySet(), keys, [chunk * 65_536 - 1, chunk * 65_536 + 65_536], byValue);
      }),
      { numRuns: 20 },
    );
  });

  it('hold integers that are scattered so thinly that chunks would waste memory', () => {
    const keys = Array.from({ length: 40_000 }, (_, at) => ((at * 2_654_435_761) % 9_000_000_000) * 1_000_000 - 2 ** 52);
    behavesLikeASet(
      new IntegerKeySet(),
      [...keys, ...keys.slice(0, 100)],
      keys.slice(0, 50).map((key) => key + 1),
      byValue,
    );
  });

  it('hold integers of which most are beyond those that a number holds, in 32 bytes each', () => {
    const keys = Array.from({ length: 200_000 }, (_, at) =>
      at % 5 === 0 ? at * 7919 - 2 ** 52 : String((BigInt(at) * 0x9e3779b97f4a7c15n) % 2n ** 62n),
    ).map((key) => toIntegerKey(String(key)));
    behavesLikeASet(new IntegerKeySet(), [...keys, ...keys.slice(0, 100)], ['4611686018427387905', 4, -(2 ** 52) + 1], byValue);
    const before = process.memoryUsage().arrayBuffers;
    const [set, another] = [new IntegerKeySet(), new IntegerKeySet()];
    for (const key of keys) set.add(key);
    expect((process.memoryUsage().arrayBuffers - before) / set.size).to.be.lessThan(32);
    for (const key of keys) if (typeof key === 'number') another.add(key);
    expect([...another.sorted()]).to.deep.equal(keys.filter((key) => typeof key === 'number').sort((a, b) => a - b));
  });

  it('hold texts of any kind, in the order of their UTF-8 bytes', () => {
    const byBytes = (a: Key, b: Key): number => Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b)));
    fc.assert(
      fc.property(fc.array(text, { maxLength: 100 }), fc.array(text, { maxLength: 20 }), (keys, strangers) => {
        behavesLikeASet(new TextKeySet(compareKeysOf(['text'])), keys, strangers, byBytes);
      }),
      { numRuns: 300 },
    );
  });

  it('order composite keys column by column: integers by value, texts by bytes', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), text), { maxLength: 50 }), (pairs) => {
        const set = createKeySet({ columns: [column('a', 'bigint', 'integer'), column('b', 'text', 'text')], key: ['a', 'b'] });
        for (const [number, word] of pairs) set.add(`${String(number)}\0${word}`);
        const unique = [
          ...new Map(pairs.map(([number, word]) => [`${String(number)}\0${word}`, [number, word] as const])).entries(),
        ];
        unique.sort(([, a], [, b]) =>
          a[0] === b[0] ? Buffer.compare(Buffer.from(a[1]), Buffer.from(b[1])) : a[0] < b[0] ? -1 : 1,
        );
        expect([...set.sorted()]).to.deep.equal(unique.map(([key]) => key));
      }),
    );
  });

  it('order decimals as PostgreSQL does, infinities and NaN last', () => {
    const keys = [
      'NaN',
      '10',
      '9',
      '-1.5',
      'Infinity',
      '-Infinity',
      '12345678901234567890.2',
      '12345678901234567890.1',
      '0.1',
      '-10',
    ];
    expect(keys.sort(compareKeysOf(['number']))).to.deep.equal([
      '-Infinity',
      '-10',
      '-1.5',
      '0.1',
      '9',
      '10',
      '12345678901234567890.1',
      '12345678901234567890.2',
      'Infinity',
      'NaN',
    ]);
  });
});
