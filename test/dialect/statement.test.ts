import { expect } from 'chai';
import fc from 'fast-check';
import { createKeySet } from '../../src/closure/create-key-set.js';
import type { Key } from '../../src/closure/key.js';
import { keyTexts } from '../../src/closure/key.js';
import { PackedKeyRun } from '../../src/closure/packed-key-run.js';
import { arrayLiteral, quoteLiteral } from '../../src/dialect/postgres/sql.js';
import { statementOf } from '../../src/dialect/postgres/statement.js';
import { column } from './entity.js';

const entity = {
  columns: [column('a', 'text', 'text'), column('b', 'bigint', 'integer'), column('c', 'uuid', 'text')],
  key: ['a', 'b', 'c'],
};

function packed(keys: Iterable<Key>): PackedKeyRun {
  const set = createKeySet(entity);
  for (const key of keys) set.add(key);
  const sorted = set.sorted();
  if (!(sorted instanceof PackedKeyRun)) throw new TypeError('these keys are not packed');
  return sorted;
}

function sent(statement: ReturnType<typeof statementOf>): string {
  if (typeof statement === 'string') return statement;
  const bytes = Buffer.concat(Array.from(statement.pieces(), (piece) => Buffer.from(piece)));
  expect(statement.length).to.equal(bytes.length);
  return bytes.toString();
}

/** What stands in such a statement where it is made as a whole; numbers and UUIDs need no quotes. */
function expected(keys: PackedKeyRun): string {
  const texts = [...keys].map(keyTexts);
  const of = (at: number): string[] => texts.map((one) => one[at] ?? '');
  return `é ${quoteLiteral(arrayLiteral(of(0)))}, '{${of(1).join()}}' and '{${of(2).join()}}'`;
}

const word = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }).map((one) => one.replaceAll('\0', '')),
  fc.string({ unit: fc.constantFrom("'", '"', '\\', ',', '{', '\n', 'é', '😀'), maxLength: 12 }),
  fc.constantFrom('', 'NULL'),
);
const key = fc.tuple(word, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.uuid()).map((parts) => parts.join('\0'));

function write(keys: PackedKeyRun): ReturnType<typeof statementOf> {
  return statementOf((place) => {
    const elements = [0, 1, 2].map((one) => `'{${place({ keys, column: one })}}'`);
    return `é ${elements.slice(0, 2).join(', ')} and ${elements.slice(2).join('')}`;
  });
}

describe('a statement in which packed keys stand', () => {
  it('is the text that it would be with the keys in it, whatever they hold', () => {
    fc.assert(
      fc.property(fc.array(key, { maxLength: 20 }), (keys) => {
        const run = packed(keys);
        expect(sent(write(run))).to.equal(expected(run));
      }),
    );
  });

  it('is sent in pieces, however much it holds', () => {
    const many = packed(
      Array.from({ length: 2000 }, (_, at) =>
        [`${"it's ".repeat(at % 400)}${String(at)}`, -at, `00000000-0000-4000-8000-${String(at).padStart(12, '0')}`].join('\0'),
      ),
    );
    const statement = write(many);
    expect(sent(statement) === expected(many)).to.equal(true);
    const sizes = typeof statement === 'string' ? [] : [...statement.pieces()].map(({ length }) => length);
    expect(sizes.length).to.be.greaterThan(20);
    expect(Math.max(...sizes)).to.be.at.most(65_536);
  });

  it('holds a part of the keys where a part of them is given', () => {
    const run = packed(['b\x001\x0000000000-0000-0000-0000-000000000001', 'a\x002\x0000000000-0000-0000-0000-000000000002']);
    const part = run.slice(1, 2);
    expect(sent(write(part))).to.equal(expected(part));
    expect([...part]).to.deep.equal(['b\x001\x0000000000-0000-0000-0000-000000000001']);
  });

  it('shows no key, and is a plain text where it has none', () => {
    const statement = write(packed(["o'brien\x001\x0000000000-0000-0000-0000-000000000001"]));
    expect(typeof statement === 'string' ? statement : statement.shown).to.equal("é '{…}', '{…}' and '{…}'");
    expect(statementOf(() => 'SELECT 1')).to.equal('SELECT 1');
  });

  it('refuses the character NUL in what stands around the keys', () => {
    const run = packed(['a\x001\x0000000000-0000-0000-0000-000000000001']);
    expect(() => statementOf((place) => `a\0b ${place({ keys: run, column: 0 })}`)).to.throw(/NUL/u);
  });
});
