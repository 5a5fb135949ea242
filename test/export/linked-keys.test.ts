import { expect } from 'chai';
import fc from 'fast-check';
import type { Key } from '../../src/closure/key.js';
import { toIntegerKey } from '../../src/closure/key.js';
import { compareKeys } from '../../src/closure/key-order.js';
import { LinkedKeys } from '../../src/export/linked-keys.js';
import { column, entity } from '../dialect/entity.js';

const text = fc.oneof(fc.constantFrom('', 'a', 'aa', 'b', '\u{1F600}', '\uD800', 'x'.repeat(5000)), fc.string({ maxLength: 2 }));
const integer = fc.oneof(
  fc.integer({ min: -3, max: 3 }).map(String),
  fc.constantFrom('9223372036854775807', '-9223372036854775808'),
);

/** Keys that are kept in each way, and those that no bytes hold. */
const kinds = [
  { of: entity('text', [column('a', 'text', 'text')], ['a']), keys: text as fc.Arbitrary<Key> },
  { of: entity('integer', [column('a', 'bigint', 'integer')], ['a']), keys: integer.map(toIntegerKey) },
  { of: entity('uuid', [column('a', 'uuid', 'text')], ['a']), keys: fc.uuid().map((one) => one.replace(/[1-9a-f]/gu, '1')) },
  { of: entity('number', [column('a', 'numeric', 'number')], ['a']), keys: fc.constantFrom('1', '1.0', '10', '9', 'NaN') },
  {
    of: entity('pair', [column('a', 'text', 'text'), column('b', 'bigint', 'integer')], ['a', 'b']),
    keys: fc.tuple(text, integer).map((parts) => parts.join('\0')),
  },
];

describe('the links of some owners', () => {
  it('are each owner’s, in order and once, whatever the keys are and whoever is asked for first', () => {
    fc.assert(
      fc.property(
        fc.tuple(fc.constantFrom(...kinds), fc.constantFrom(...kinds)).chain(([owner, other]) => {
          const pairs = fc.array(fc.tuple(owner.keys, other.keys), { maxLength: 40 });
          return fc.tuple(fc.constant(owner.of), fc.constant(other.of), pairs, fc.array(owner.keys, { maxLength: 10 }));
        }),
        ([owner, other, pairs, asked]) => {
          const linked = new LinkedKeys(owner, other);
          const model = new Map<Key, Set<Key>>();
          for (const [key, value] of pairs) {
            linked.add(key, value);
            model.set(key, (model.get(key) ?? new Set<Key>()).add(value));
          }
          expect(linked.count).to.equal(pairs.length);
          linked.settle();
          expect(linked.count).to.equal([...model.values()].reduce((sum, { size }) => sum + size, 0));
          const inOrder = [...model.keys()].sort(compareKeys(owner));
          const all = inOrder.flatMap((key) => linked.of(key).map((value) => ({ key, value })));
          const isPlain = all.every(({ key, value }) => typeof key === 'number' && typeof value === 'number');
          const { owners, others } = linked.integers() ?? {};
          const areIntegers = all.length > 0 && isPlain;
          if (areIntegers || owners !== undefined) {
            expect([...(owners ?? [])]).to.deep.equal(all.map(({ key }) => key));
            expect([...(others ?? [])]).to.deep.equal(all.map(({ value }) => value));
          }
          for (const key of [...inOrder, ...asked]) {
            expect(linked.of(key)).to.deep.equal([...(model.get(key) ?? [])].sort(compareKeys(other)));
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
