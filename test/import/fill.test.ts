import { expect } from 'chai';
import { fixedFill, randomFill } from '../../src/import/fill.js';
import { column } from '../dialect/entity.js';

describe('a random value', () => {
  for (const [type, pattern] of [
    ['text', /^[\w-]{22}$/u],
    ['character varying', /^[\w-]{22}$/u],
    ['character varying(22)', /^[\w-]{22}$/u],
    ['character(22)', /^[\w-]{22}$/u],
    ['character varying(100)', /^[\w-]{22}$/u],
    ['uuid', /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/u],
    ['bytea', /^\\x[0-9a-f]{32}$/u],
  ] as const) {
    it(`of the type ${type} holds 128 bits, and is another each time`, () => {
      const own = column('secret', type, 'text');
      const fill = randomFill(own);
      expect(fill).to.include({ column: own, random: true });
      const values = [fill?.value(), fill?.value()];
      for (const value of values) expect(value).to.match(pattern);
      expect(values[0]).to.not.equal(values[1]);
    });
  }

  for (const type of [
    'character varying(21)',
    'character(21)',
    'integer',
    'jsonb',
    'public.citext',
    'text[]',
    'character varying(30)[]',
  ])
    it(`is none of the type ${type}, which cannot hold it`, () => {
      expect(randomFill(column('secret', type, 'text'))).to.equal(undefined);
    });
});

describe('a value of the policy', () => {
  it('is the same for each row, NULL too', () => {
    const own = column('secret', 'text', 'text');
    for (const value of ['x', '', null]) {
      const fill = fixedFill(own, value);
      expect([fill.column, fill.random, fill.value(), fill.value()]).to.deep.equal([own, false, value, value]);
    }
  });
});
