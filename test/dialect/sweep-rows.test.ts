import { expect } from 'chai';
import fc from 'fast-check';
import { createKeySet } from '../../src/closure/create-key-set.js';
import { keptRows } from '../../src/dialect/postgres/sweep-rows.js';
import { escapeCopy } from '../../src/values/copy-text.js';
import { column } from './entity.js';

/** With what COPY escapes, and what bytes alone would confuse. */
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 5 }).map((one) => Buffer.from(one.replaceAll('\0', '')).toString()),
  fc.constantFrom('', '\\', '\\N', '\t', '\n', 'a\tb', 'a\\tb', 'é', '\u{1F600}', 'x'.repeat(5000)),
);
const bigint = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String);

const columns = [column('a', 'text', 'text'), column('b', 'bigint', 'integer'), column('c', 'uuid', 'text')];
const kinds = [
  { columns, key: ['a'], keys: fc.tuple(text) },
  { columns, key: ['b'], keys: fc.tuple(bigint) },
  { columns, key: ['c'], keys: fc.tuple(fc.uuid()) },
  { columns, key: ['a', 'b'], keys: fc.tuple(text, bigint) },
  { columns, key: ['a', 'b', 'c'], keys: fc.tuple(text, bigint, fc.uuid()) },
];

/** What stands behind the key: nothing, or columns that look like others. */
const behind = fc.array(fc.option(text), { maxLength: 3 });

describe('a table that is read whole', () => {
  it('keeps the rows that have one of the keys, each as it came, and no other', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...kinds).chain((kind) => {
          const row = fc.record({ key: kind.keys as fc.Arbitrary<string[]>, others: behind, kept: fc.boolean() });
          return fc.tuple(fc.constant(kind), fc.uniqueArray(row, { selector: ({ key }) => key.join('\0'), maxLength: 30 }));
        }),
        ([kind, rows]) => {
          const set = createKeySet(kind);
          for (const { key } of rows.filter(({ kept }) => kept))
            set.add(kind.key[0] === 'b' && Number.isSafeInteger(Number(key[0])) ? Number(key[0]) : key.join('\0'));
          const lines = rows.map(({ key, others }) => `${[...key, ...others].map(escapeCopy).join('\t')}\n`);
          const around = Buffer.from(`before\n${lines.join('')}after\n`);
          const kept = keptRows(around.subarray(7, around.length - 6), kind.key.length, set);
          expect(kept.toString()).to.equal(lines.filter((_, at) => rows[at]?.kept).join(''));
          expect([around.toString('utf8', 0, 7), around.toString('utf8', around.length - 6)]).to.deep.equal([
            'before\n',
            'after\n',
          ]);
        },
      ),
      { numRuns: 500 },
    );
  });
});
