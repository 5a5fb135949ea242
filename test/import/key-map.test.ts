import { expect } from 'chai';
import fc from 'fast-check';
import type { Key } from '../../src/closure/key.js';
import { PackedKeyMap } from '../../src/import/key-map.js';

/** How far the keys lie from each other: all beside each other, many of them, few. */
const distances = [1, 3, 50, 70_000, 2 ** 33];

describe('a map of keys', () => {
  it('holds what a Map holds, in whichever order it comes', () => {
    const number = fc.integer({ min: -2000, max: 4000 });
    const to = fc.oneof(fc.maxSafeInteger(), fc.string());
    const single = fc.record({ from: fc.oneof({ weight: 9, arbitrary: number }, { weight: 1, arbitrary: fc.string() }), to });
    fc.assert(
      fc.property(fc.constantFrom(...distances), ascents(), fc.array(single), (distance, runs, singles) => {
        const [map, expected] = [new PackedKeyMap(), new Map<Key, Key>()];
        const wrong: Key[] = [];
        const set = (key: Key, value: Key): void => {
          map.set(key, value);
          expected.set(key, value);
          if (map.get(key) !== value) wrong.push(key);
        };
        for (const { first, length, step, value } of runs)
          for (let at = 0; at < length; at += 1) set((first + at * step) * distance, value + at);
        for (const one of singles) set(typeof one.from === 'number' ? one.from * distance : one.from, one.to);
        expect(map.size).to.equal(expected.size);
        for (const [key, value] of map.entries()) if (expected.get(key) !== value) wrong.push(key);
        expect([...map.entries()]).to.have.length(expected.size);
        for (let key = -2000; key < 10_000; key += 1)
          if (map.get(key * distance) !== expected.get(key * distance)) wrong.push(key * distance);
        expect(wrong).to.deep.equal([]);
      }),
    );
  });

  it('takes half as much memory of keys that come in order as one that does not know their order', () => {
    const count = 1_000_000;
    const before = process.memoryUsage().arrayBuffers;
    const map = new PackedKeyMap();
    for (let at = 0; at < count; at += 1) map.set(at * 2 + 1, at);
    const taken = process.memoryUsage().arrayBuffers - before;
    expect(taken / count).to.be.lessThan(20);
    for (let at = 0; at < count; at += 997) expect([map.get(at * 2 + 1), map.get(at * 2)]).to.deep.equal([at, undefined]);
  });
});

/** Keys that ascend, some of them again. */
function ascents(): fc.Arbitrary<
  readonly { readonly first: number; readonly length: number; readonly step: number; readonly value: number }[]
> {
  return fc.array(
    fc.record({
      first: fc.integer({ min: -2000, max: 2000 }),
      length: fc.integer({ min: 0, max: 2000 }),
      step: fc.integer({ min: 1, max: 3 }),
      value: fc.maxSafeInteger().map((value) => Math.trunc(value / 2)),
    }),
    { maxLength: 4 },
  );
}
