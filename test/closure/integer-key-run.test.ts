import { expect } from 'chai';
import fc from 'fast-check';
import { IntegerChunk } from '../../src/closure/integer-chunk.js';
import { IntegerKeyRun } from '../../src/closure/integer-key-run.js';
import { IntegerKeySet } from '../../src/closure/integer-key-set.js';
import { keyTest } from '../../src/dialect/postgres/key-relation.js';
import { column } from '../dialect/entity.js';

const chunkSize = 65_536;

function runOf(keys: Iterable<number>): IntegerKeyRun {
  const chunks = new Map<number, IntegerChunk>();
  for (const key of keys) {
    const index = Math.floor(key / chunkSize);
    const chunk = chunks.get(index) ?? new IntegerChunk();
    chunk.add(key - index * chunkSize);
    chunks.set(index, chunk);
  }
  return new IntegerKeyRun(chunks);
}

/** A few and many, alone and side by side, below zero, over chunks and at the ends of what a double holds. */
const some = fc
  .array(
    fc.tuple(
      fc.oneof(
        fc.integer({ min: -200_000, max: 200_000 }),
        fc.maxSafeInteger(),
        fc.constantFrom(-65_536, -1, 0, 65_535, 2 ** 53 - 1, 1 - 2 ** 53),
      ),
      fc.constantFrom(1, 1, 3, 2000, 70_000),
      fc.constantFrom(1, 1, 2, 5),
    ),
    { maxLength: 5 },
  )
  .map((parts) => {
    const keys = parts.flatMap(([from, count, step]) => Array.from({ length: count }, (_, at) => from + at * step));
    return [...new Set(keys.filter(Number.isSafeInteger))].sort((a, b) => a - b);
  });

describe('integers in order, as a set keeps them', () => {
  it('are those of the set, and any part of them can be had', () => {
    fc.assert(
      fc.property(some, fc.array(fc.tuple(fc.nat(), fc.nat())), (keys, parts) => {
        const run = runOf(keys);
        expect(run.length).to.equal(keys.length);
        expect([...run].every((key, at) => key === keys[at])).to.equal(true);
        expect([run.first, run.last]).to.deep.equal([keys[0] ?? NaN, keys.at(-1) ?? NaN]);
        for (const [one, other] of parts) {
          const from = one % (keys.length + 1);
          const to = from + (other % (keys.length + 2));
          expect(run.slice(from, to)).to.deep.equal(keys.slice(from, to));
        }
      }),
    );
  });

  it('are put together with others', () => {
    fc.assert(
      fc.property(some, some, (left, right) => {
        const [one, other] = [runOf(left), runOf(right)];
        const both = [...new Set([...left, ...right])].sort((a, b) => a - b);
        expect([...one.mergedWith(other)]).to.deep.equal(both);
        expect([[...one], [...other]]).to.deep.equal([left, right]);
      }),
      { numRuns: 30 },
    );
  });

  it('make the same statement as a list of them', () => {
    const place = (): never => {
      throw new Error('nothing is packed');
    };
    const types = ['int2', 'int4', 'int8'] as const;
    fc.assert(
      fc.property(some, fc.constantFrom(...types), fc.constantFrom('condition', 'value'), (keys, integer, use) => {
        const own = { ...column('c', 'bigint', 'integer'), integer };
        expect(keyTest(own, runOf(keys), 't', use, place) === keyTest(own, keys, 't', use, place)).to.equal(true);
      }),
    );
  });

  it('are those that a large set had when it was asked, whatever is added', () => {
    const set = new IntegerKeySet();
    for (let key = 0; key < 900_000; key += 2) set.add(key);
    const sorted = set.sorted();
    expect(sorted).to.be.instanceOf(IntegerKeyRun);
    for (let key = 1; key < 900_000; key += 2) set.add(key);
    set.add(-5);
    let next = 0;
    for (const key of sorted) {
      if (key !== next) expect.fail(`${String(key)} instead of ${String(next)}`);
      next += 2;
    }
    expect(next).to.equal(900_000);
    expect(set.size).to.equal(900_001);
  });
});
