import { createHash } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import { createKeySet } from '../../src/closure/create-key-set.js';
import type { Key } from '../../src/closure/key.js';
import { inMemory } from '../../src/closure/key-sets.js';
import { compareKeys } from '../../src/closure/key-order.js';
import { PackedBytes } from '../../src/closure/packed-bytes.js';
import { WideningSets } from '../../src/closure/widening-sets.js';
import type { Column } from '../../src/schema/schema.js';
import { column } from '../dialect/entity.js';

interface Keyed {
  readonly columns: readonly Column[];
  readonly key: readonly string[];
}

const uuids: Keyed = { columns: [column('a', 'uuid', 'text')], key: ['a'] };
const texts: Keyed = { columns: [column('a', 'text', 'text')], key: ['a'] };
const integers: Keyed = { columns: [column('a', 'bigint', 'integer')], key: ['a'] };
const composite: Keyed = {
  columns: [column('a', 'text', 'text'), column('b', 'bigint', 'integer'), column('c', 'uuid', 'text')],
  key: ['a', 'b', 'c'],
};

function expectSet(keyed: Keyed, keys: readonly Key[], strangers: readonly Key[]): void {
  const set = createKeySet(keyed);
  const model = new Set<Key>();
  for (const key of keys) {
    expect(set.add(key)).to.equal(!model.has(key));
    model.add(key);
  }
  expect(set.size).to.equal(model.size);
  for (const key of [...keys, ...strangers]) expect(set.has(key), String(key)).to.equal(model.has(key));
  // Half of a pair of UTF-16 has no UTF-8, in which the server's texts come.
  const texts = [...keys, ...strangers].filter((key) => keyed.key.length === 1 && Buffer.from(String(key)).toString() === key);
  for (const key of texts.slice(0, 1000)) {
    const bytes = Buffer.from(`before${String(key)}after`);
    expect(set.hasText(bytes, 6, bytes.length - 5), String(key)).to.equal(model.has(key));
  }
  expect([...set.sorted()]).to.deep.equal([...model].sort(compareKeys(keyed)));
}

/** As the server writes it, and as a text column may hold it. */
const uuid = fc.oneof(
  fc.uuid(),
  fc.uuid().map((one) => one.toUpperCase()),
  fc.constantFrom(
    '',
    '0',
    '00000000-0000-0000-0000-000000000000',
    '0000000000000000-0000-0000-00000000',
    'ffffffff-ffff-ffff-ffff-fffffffffff',
  ),
);
const word = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 6 }).map((one) => one.replaceAll('\0', '')),
  fc.constantFrom('', 'a', 'aa', 'aaa', 'ab', '\u{1F600}', '\uFFFD', '\uD800', 'x'.repeat(5000)),
);
const integer = fc
  .oneof(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.bigInt({ min: -1001n, max: 1001n }))
  .map(String);

describe('keys as bytes', () => {
  it('are those that went in, in the order of an archive: UUIDs, and what is none', () => {
    fc.assert(
      fc.property(fc.array(uuid, { maxLength: 60 }), fc.array(uuid), (keys, strangers) => expectSet(uuids, keys, strangers)),
    );
  });

  it('texts of any kind and length', () => {
    fc.assert(
      fc.property(fc.array(word, { maxLength: 60 }), fc.array(word), (keys, strangers) => expectSet(texts, keys, strangers)),
    );
  });

  it('several columns, each by its own order, and what has more or fewer columns than the key', () => {
    const key = fc.oneof(
      fc.tuple(word, integer, uuid).map((parts) => parts.join('\0')),
      fc.constantFrom('a', 'a\0b', 'a\0' + '1\0' + 'x\0y', 'a\0' + '01\0', 7),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(word, integer, uuid), { maxLength: 60 }), fc.array(key), (keys, strangers) => {
        expectSet(
          composite,
          keys.map((parts) => parts.join('\0')),
          strangers,
        );
      }),
    );
  });

  it('a hundred thousand of them, all alike at their beginning or at no byte', () => {
    const digest = (at: number): string => createHash('md5').update(String(at)).digest('hex');
    const scattered = Array.from({ length: 100_000 }, (_, at) =>
      digest(at).replace(/^(.{8})(.{4})(.{4})(.{4})/u, '$1-$2-$3-$4-'),
    );
    expectSet(uuids, scattered, ['00000000-0000-0000-0000-000000000001']);
    const alike = Array.from({ length: 20_000 }, (_, at) => `region of the north ${String((at * 7919) % 20_011)}`);
    expectSet(texts, alike, ['region of the north', 'region of the north 99999']);
  });

  it('take less than a third of the memory that a Set of texts takes', () => {
    const before = process.memoryUsage().arrayBuffers;
    const set = createKeySet(uuids);
    for (let at = 0; at < 500_000; at += 1) {
      const hex = (at * 2_654_435_761).toString(16).padStart(12, '0');
      set.add(`${hex.slice(0, 8)}-0000-4000-8000-${hex}`);
    }
    expect(set.size).to.equal(500_000);
    expect((process.memoryUsage().arrayBuffers - before) / set.size).to.be.lessThan(32);
  });
});

describe('keys that come to a set in some time', () => {
  const word = fc.oneof(fc.string({ maxLength: 3 }), fc.constantFrom('\uD800', 'x'.repeat(5000), 'y'.repeat(4000)));

  it('are those that were new between two moments, whatever others keep beside them', () => {
    const keys = fc.array(fc.tuple(word, fc.boolean()), { maxLength: 40 });
    fc.assert(
      fc.property(fc.array(keys, { minLength: 1, maxLength: 6 }), fc.constantFrom(uuids, texts), (times, keyed) => {
        const bytes = new PackedBytes();
        const [set, beside] = [createKeySet(keyed, bytes), createKeySet(keyed, bytes)];
        const views = times.map((some) => {
          const arrivals = set.arrivals();
          const model = new Set<Key>();
          for (const [key, isOther] of some) {
            if (isOther) beside.add(key);
            else if (set.add(key)) {
              arrivals.note(key);
              model.add(key);
            }
          }
          return { view: arrivals.end(), model };
        });
        const all = times.flat().map(([key]) => key);
        for (const { view, model } of views) {
          expect(view.size).to.equal(model.size);
          expect([...view.sorted()]).to.deep.equal([...model].sort(compareKeys(keyed)));
          for (const key of all) expect(view.has(key), key).to.equal(model.has(key));
        }
      }),
    );
  });

  it('also of integers, while more and more of them are beyond those that a number holds', () => {
    const long = fc.bigInt({ min: 2n ** 53n, max: 2n ** 63n - 1n }).map(String);
    const short = fc.oneof(fc.maxSafeInteger(), fc.integer({ min: -9, max: 9 }));
    const batch = fc.oneof(
      fc.array(long, { minLength: 100, maxLength: 300, size: 'max' }),
      fc.array(short, { maxLength: 150, size: 'max' }),
      fc.array(fc.oneof(long, short), { maxLength: 40 }),
    );
    const compare = compareKeys(integers);
    fc.assert(
      fc.property(
        fc.array(batch, { minLength: 1, maxLength: 6, size: 'max' }),
        fc.array(fc.nat(2), { minLength: 6, maxLength: 6 }),
        (times, to) => {
          const sets = new WideningSets(inMemory.together(integers, 3), compare);
          const models = [new Set<Key>(), new Set<Key>(), new Set<Key>()];
          const views = times.map((some, time) => {
            const arrivals = sets.arrivals(to[time] ?? 0);
            const model = new Set<Key>();
            for (const key of some) {
              const isNew = models.slice(to[time]).some((one) => !one.has(key));
              expect(sets.add(key, to[time] ?? 0) > 0).to.equal(isNew);
              for (const one of models.slice(to[time])) one.add(key);
              if (!isNew) continue;
              arrivals.note(key);
              model.add(key);
            }
            return { view: arrivals.end(), model };
          });
          for (const { view, model } of [
            ...views,
            ...sets.views.map((view, at) => ({ view, model: models[at] ?? new Set<Key>() })),
          ]) {
            expect(view.size).to.equal(model.size);
            expect([...view.sorted()]).to.deep.equal([...model].sort(compare));
            for (const key of times.flat()) {
              const text = Buffer.from(`7${String(key)}7`);
              expect(view.has(key), String(key)).to.equal(model.has(key));
              expect(view.hasText(text, 1, text.length - 1), String(key)).to.equal(model.has(key));
            }
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('across what is kept in one piece', () => {
    const [set, model] = [createKeySet(texts), new Set<Key>()];
    for (let at = 0; at < 500; at += 1) set.add(`before ${'x'.repeat(3000)}${String(at)}`);
    const arrivals = set.arrivals();
    for (let at = 0; at < 1500; at += 1) {
      const key = `${String(at)}${'y'.repeat((at * 7) % 3000)}`;
      set.add(key);
      arrivals.note(key);
      model.add(key);
    }
    const view = arrivals.end();
    for (let at = 0; at < 500; at += 1) set.add(`after ${'x'.repeat(3000)}${String(at)}`);
    expect([...view.sorted()]).to.deep.equal([...model].sort(compareKeys(texts)));
    expect(view.size).to.equal(model.size);
  });
});

describe('sets of which each is within the next', () => {
  it('count and hold what three sets would, whatever comes first', () => {
    const places = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.constantFrom(0, 1, 2)), { maxLength: 30 });
    fc.assert(
      fc.property(places, (added) => {
        const sets = new WideningSets(inMemory.together(texts, 3), compareKeys(texts));
        const models = [new Set<Key>(), new Set<Key>(), new Set<Key>()];
        for (const [key, to] of added) {
          const without = models.filter((model, at) => at >= to && !model.has(key)).length;
          expect(sets.add(key, to)).to.equal(without);
          for (const model of models.slice(to)) model.add(key);
        }
        for (const [at, model] of models.entries()) {
          expect(sets.views[at]?.size).to.equal(model.size);
          expect([...(sets.views[at]?.sorted() ?? [])]).to.deep.equal([...model].sort());
          for (const key of ['a', 'b', 'c', 'd', 'e']) {
            expect(sets.views[at]?.has(key)).to.equal(model.has(key));
            expect(sets.views[at]?.hasText(Buffer.from(key), 0, 1)).to.equal(model.has(key));
          }
        }
      }),
    );
  });
});
