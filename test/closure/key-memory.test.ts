import { expect } from 'chai';
import fc from 'fast-check';
import { mkdtempSync, openSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Key } from '../../src/closure/key.js';
import { toIntegerKey } from '../../src/closure/key.js';
import { compareKeys } from '../../src/closure/key-order.js';
import type { KeyedEntity } from '../../src/closure/key-sets.js';
import { oneOf } from '../../src/closure/key-sets.js';
import { KeyMemory } from '../../src/closure/spill/key-memory.js';
import { WideningSets } from '../../src/closure/widening-sets.js';
import { openKeyFile } from '../../src/export/key-file.js';
import { column } from '../dialect/entity.js';

const integers: KeyedEntity = { columns: [column('id', 'bigint', 'integer')], key: ['id'] };
const uuids: KeyedEntity = { columns: [column('id', 'uuid', 'text')], key: ['id'] };
const texts: KeyedEntity = { columns: [column('id', 'text', 'text')], key: ['id'] };
const decimals: KeyedEntity = { columns: [column('id', 'numeric', 'number')], key: ['id'] };
const pairs: KeyedEntity = { columns: [column('a', 'bigint', 'integer'), column('b', 'text', 'text')], key: ['a', 'b'] };

const integer = fc.oneof(
  fc.integer({ min: -50, max: 50 }).map(BigInt),
  fc.maxSafeInteger().map(BigInt),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.constantFrom(
    2n ** 53n,
    2n ** 53n - 1n,
    -(2n ** 53n),
    1n - 2n ** 53n,
    -(2n ** 63n),
    2n ** 63n - 1n,
    -(2n ** 32n),
    2n ** 32n - 1n,
  ),
);
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }).map((value) => value.replaceAll('\0', '')),
  fc.constantFrom('', 'a', 'ab', '\uD800', `long ${'é'.repeat(3000)}`, 'x'.repeat(5000)),
);
const kinds: readonly (readonly [entity: KeyedEntity, key: fc.Arbitrary<Key>])[] = [
  [integers, integer.map((value) => toIntegerKey(String(value)))],
  [uuids, fc.oneof(fc.uuid(), fc.constantFrom('no uuid', 'ffffffff-ffff-ffff-ffff-ffffffffffff'))],
  [texts, text],
  [decimals, fc.constantFrom('1', '1.0', '-3', 'NaN', '10')],
  [pairs, fc.tuple(integer, text).map(([a, b]) => `${String(a)}\0${b}`)],
];

/** Nothing stays in memory, or little, or all. */
const limits = [1, 3000, 1e9];

function memoryOf(limit: number): KeyMemory {
  return new KeyMemory(limit, () => openKeyFile({ output: undefined }));
}

describe('keys that take more memory than they may', () => {
  for (const [at, [entity, key]] of kinds.entries()) {
    it(`are in their set as ever, wherever they are, and so are those that come in some time (kind ${String(at)})`, () => {
      const draw = fc.array(fc.oneof({ weight: 20, arbitrary: key }, fc.constant('begin' as const)), { maxLength: 400 });
      fc.assert(
        fc.property(fc.constantFrom(...limits), draw, fc.array(key, { maxLength: 20 }), (limit, steps, strangers) => {
          const memory = memoryOf(limit);
          try {
            const set = oneOf(memory, entity);
            const model = new Set<Key>();
            let arrived = { from: set.arrivals(), model: new Set<Key>() };
            let before: { readonly view: ReturnType<typeof arrived.from.end>; readonly model: Set<Key> } | undefined;
            const compare = compareKeys(entity);
            const check = (view: NonNullable<typeof before>['view'], expected: Set<Key>): void => {
              expect(view.size).to.equal(expected.size);
              expect([...view.sorted()]).to.deep.equal([...expected].sort(compare));
              for (const one of [...model, ...strangers]) {
                expect(view.has(one)).to.equal(expected.has(one));
                const bytes = Buffer.from(String(one));
                if (entity.key.length === 1 && bytes.toString() === one)
                  expect(view.hasText(bytes, 0, bytes.length)).to.equal(expected.has(one));
              }
            };
            for (const step of steps) {
              if (step === 'begin') {
                before = { view: arrived.from.end(), model: arrived.model };
                arrived = { from: set.arrivals(), model: new Set() };
                continue;
              }
              const isNew = set.add(step);
              expect(isNew).to.equal(!model.has(step));
              model.add(step);
              if (!isNew) continue;
              arrived.from.note(step);
              arrived.model.add(step);
            }
            check(set, model);
            check(arrived.from.end(), arrived.model);
            if (before !== undefined) check(before.view, before.model);
          } finally {
            memory.close();
          }
        }),
        { numRuns: 60 },
      );
    });
  }

  it('are in each of several sets that are within each other', () => {
    const places = fc.array(fc.tuple(fc.integer({ min: 0, max: 60 }), fc.constantFrom(0, 1, 2)), { maxLength: 200 });
    fc.assert(
      fc.property(fc.constantFrom(...limits), fc.constantFrom(integers, texts), places, (limit, entity, added) => {
        const memory = memoryOf(limit);
        try {
          const sets = new WideningSets(memory.together(entity, 3), compareKeys(entity));
          const models = [new Set<Key>(), new Set<Key>(), new Set<Key>()];
          for (const [number, to] of added) {
            const key = entity === integers ? number * 1e12 : String(number);
            const without = models.filter((model, at) => at >= to && !model.has(key)).length;
            expect(sets.add(key, to)).to.equal(without);
            for (const model of models.slice(to)) model.add(key);
          }
          for (const [at, model] of models.entries())
            expect([...(sets.views[at]?.sorted() ?? [])]).to.deep.equal([...model].sort(compareKeys(entity)));
        } finally {
          memory.close();
        }
      }),
      { numRuns: 60 },
    );
  });

  it('take little more than a byte each, and none of them is lost among a hundred thousand', () => {
    const memory = memoryOf(3e5);
    try {
      const set = oneOf(memory, uuids);
      const uuid = (number: number): string =>
        `${(Math.imul(number, 0x9e3779b1) >>> 0).toString(16).padStart(8, '0')}-0000-4000-8000-${String(number).padStart(12, '0')}`;
      const count = 100_000;
      for (let number = 0; number < count; number += 1) set.add(uuid(number));
      expect(set.size).to.equal(count);
      expect(set.bytes).to.be.lessThan(3e5 + count * 1.5);
      for (let number = 0; number < count; number += 997) {
        expect(set.has(uuid(number))).to.equal(true);
        expect(set.has(uuid(number + count))).to.equal(false);
      }
      let last = '';
      let seen = 0;
      for (const key of set.sorted()) {
        expect(String(key) > last).to.equal(true);
        last = String(key);
        seen += 1;
      }
      expect(seen).to.equal(count);
    } finally {
      memory.close();
    }
  });

  it('stay where they are as long as they are bits', () => {
    let opened = 0;
    const memory = new KeyMemory(100_000, () => {
      opened += 1;
      return openKeyFile({ output: undefined });
    });
    try {
      const set = oneOf(memory, integers);
      for (let key = 0; key < 1_000_000; key += 1) set.add(key);
      expect(set.bytes).to.be.greaterThan(100_000);
      expect(opened).to.equal(0);
    } finally {
      memory.close();
    }
  });

  it('stand in a file beside the archive that has no name, and that only its owner may read', function () {
    if (process.platform === 'win32') this.skip();
    const folder = mkdtempSync(join(tmpdir(), 'portolan-test-'));
    try {
      const file = openKeyFile({ output: join(folder, 'archive.json') });
      expect(readdirSync(folder)).to.deep.equal([]);
      expect(file.path.startsWith(folder)).to.equal(true);
      file.close();
      expect(() => openKeyFile({ output: join(folder, 'no folder', 'archive.json') })).to.throw('there is no such folder');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('end an export where the disk is full, and cannot be asked when it has ended', function () {
    if (process.platform !== 'linux') this.skip();
    const full = new KeyMemory(1, () => ({ descriptor: openSync('/dev/full', 'r+'), path: '/dev/full', close: () => undefined }));
    expect(() => {
      const set = oneOf(full, uuids);
      for (let at = 0; at < 10; at += 1) set.add(`0000000${String(at)}-0000-4000-8000-000000000000`);
    }).to.throw('no space left');
    const memory = memoryOf(1);
    const set = oneOf(memory, integers);
    for (let key = 0; key < 10; key += 1) set.add(key);
    memory.close();
    expect(set.size).to.equal(10);
    expect(() => [...set.sorted()]).to.throw('the export has ended');
  });
});
