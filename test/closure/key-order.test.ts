import { expect } from 'chai';
import type { Key } from '../../src/closure/key.js';
import { keyTexts, toIntegerKey, toKey } from '../../src/closure/key.js';
import { compareKeys, compareKeysOf } from '../../src/closure/key-order.js';
import type { ValueKind } from '../../src/schema/schema.js';
import { column } from '../dialect/entity.js';

/** Checks that each key comes before all that follow it, whichever way two are compared, and is equal to itself. */
function ascend(kinds: readonly ValueKind[], keys: readonly Key[]): void {
  const compare = compareKeysOf(kinds);
  keys.forEach((left, at) => {
    expect(compare(left, left), String(left)).to.equal(0);
    for (const right of keys.slice(at + 1)) {
      const told = `${JSON.stringify(left)} before ${JSON.stringify(right)}`;
      expect([Math.sign(compare(left, right)), Math.sign(compare(right, left))], told).to.deep.equal([-1, 1]);
    }
  });
}

describe('keys', () => {
  it('of integers stand by value, those that no double holds among them', () => {
    ascend(
      ['integer'],
      [
        '-9223372036854775808',
        '-9007199254740993',
        -9_007_199_254_740_991,
        -10,
        -9,
        0,
        2,
        10,
        '9007199254740993',
        '9223372036854775807',
      ],
    );
  });

  it('of numbers stand as PostgreSQL has them, equal ones by their texts', () => {
    ascend(
      ['number'],
      ['-Infinity', '-1e+30', '-10', '-9.5', '-0.5', '0', '0.0', '1e-05', '0.1', '0.10', '9', '10', '1e+30', 'Infinity', 'NaN'],
    );
    ascend(
      ['number'],
      [
        '-12345678901234567890.2',
        '-12345678901234567890.1',
        '12345678901234567890',
        '12345678901234567890.05',
        '12345678901234567890.1',
      ],
    );
    expect(compareKeysOf(['number'])('NaN', 'NaN')).to.equal(0);
  });

  it('of texts stand by the bytes of their UTF-8, a beginning before the whole', () => {
    ascend(
      ['text'],
      ['', 'A', 'Z', 'a', 'aa', 'ab', 'b', 'z', '\u00e9', '\ud7ff', '\ue000', '\uffff', '\u{10000}', '\u{10000}a', '\u{10ffff}'],
    );
    ascend(['boolean'], ['f', 't']);
    ascend([], ['10', '9']);
  });

  it('of several columns stand column by column, each by its own kind', () => {
    const pairs = [
      ['-1', 'b'],
      ['9', 'a'],
      ['9', 'ab'],
      ['9', 'b'],
      ['10', ''],
      ['10', 'a'],
    ].map((texts) => toKey(texts, false));
    ascend(['integer', 'text'], pairs);
    ascend(['text', 'number'], [toKey(['10', '9'], false), toKey(['10', '10'], false), toKey(['9', '1'], false)]);
    ascend(
      ['text', 'text', 'integer'],
      [toKey(['a', 'b', '9'], false), toKey(['a', 'b', '10'], false), toKey(['a', 'c', '1'], false)],
    );
  });

  it('stand by the kinds of the columns that are the key, in its order', () => {
    const columns = [column('a', 'text', 'text'), column('n', 'bigint', 'integer')];
    const sign = (key: readonly string[], left: readonly string[], right: readonly string[]): number =>
      Math.sign(compareKeys({ columns, key })(left.join('\0'), right.join('\0')));
    expect(sign(['n'], ['9'], ['10'])).to.equal(-1);
    expect(sign(['a'], ['9'], ['10'])).to.equal(1);
    expect(sign(['n', 'a'], ['9', 'b'], ['10', 'a'])).to.equal(-1);
    expect(sign(['a', 'n'], ['9', '1'], ['10', '2'])).to.equal(1);
    expect(sign(['unknown'], ['9'], ['10'])).to.equal(1);
  });

  it('are numbers where one integer column holds a safe one, else texts, several of them joined', () => {
    expect([toKey(['12'], true), toKey(['12'], false), toKey(['1', '2'], true), toKey([], true)]).to.deep.equal([
      12,
      '12',
      '1\0' + '2',
      '',
    ]);
    const [most, least] = ['9007199254740991', '-9007199254740991'];
    expect([toIntegerKey(most), toIntegerKey(least)]).to.deep.equal([Number(most), Number(least)]);
    expect([toIntegerKey('9007199254740992'), toIntegerKey('-9007199254740992')]).to.deep.equal([
      '9007199254740992',
      '-9007199254740992',
    ]);
    expect([keyTexts(-7), keyTexts('a'), keyTexts('a\0b'), keyTexts('')]).to.deep.equal([['-7'], ['a'], ['a', 'b'], ['']]);
  });
});
