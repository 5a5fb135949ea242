import { createHash } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import { createKeySet } from '../../src/closure/create-key-set.js';
import type { Key } from '../../src/closure/key.js';
import { compareKeys } from '../../src/closure/key-order.js';
import { WideningSets } from '../../src/closure/widening-sets.js';
import type { Column } from '../../src/schema/schema.js';
import { column } from '../dialect/entity.js';

interface Keyed {
  readonly columns: readonly Column[];
  readonly key: readonly string[];
}

const uuids: Keyed = { columns: [column('a', 'uuid', 'text')], key: ['a'] };
const texts: Keyed = { columns: [column('a', 'text', 'text')], key: ['a'] };
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

describe('sets of which each is within the next', () => {
  it('count and hold what three sets would, whatever comes first', () => {
    const places = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.constantFrom(0, 1, 2)), { maxLength: 30 });
    fc.assert(
      fc.property(places, (added) => {
        const sets = new WideningSets(3, () => createKeySet(texts), compareKeys(texts));
        const models = [new Set<Key>(), new Set<Key>(), new Set<Key>()];
        for (const [key, to] of added) {
          const without = models.filter((model, at) => at >= to && !model.has(key)).length;
          expect(sets.add(key, to)).to.equal(without);
          for (const model of models.slice(to)) model.add(key);
        }
        for (const [at, model] of models.entries()) {
          expect(sets.views[at]?.size).to.equal(model.size);
          expect([...(sets.views[at]?.sorted() ?? [])]).to.deep.equal([...model].sort());
          for (const key of ['a', 'b', 'c', 'd', 'e']) expect(sets.views[at]?.has(key)).to.equal(model.has(key));
        }
      }),
    );
  });
});
