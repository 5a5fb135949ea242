import { expect } from 'chai';
import type { Policy } from '../../src/index.js';
import type { SmallSource } from './small-source.js';
import { smallSource } from './small-source.js';

/** By table of the children: the parent's key and a value of it, what the child holds and a value that is equal. */
const ends = {
  blanks: ['text', "'ab'", 'char(5)', "'ab'"],
  digits: ['double precision', '0.1::real', 'real', '0.1'],
  scale: ['bigint', '5', 'numeric', '5.00'],
  zone: ['timestamp', "'2020-01-01'", 'timestamptz', "'2020-01-01'"],
  names: ['varchar(80)', "'ab'", 'name', "'ab'"],
} as const;

/** PostgreSQL takes no foreign key from numeric to bigint; a policy can declare one. */
const constrained = ['blanks', 'digits', 'names'];
const names = Object.keys(ends);
const policy: Policy = {
  models: Object.fromEntries(names.flatMap((name) => [`${name}_parent`, name]).map((name) => [name, {}])),
};
const declared: Policy = { ...policy, references: names.map((name) => ({ from: `${name}.parent`, to: `${name}_parent` })) };

describe('a reference whose two ends are of types that write equal values differently', () => {
  for (const form of ['a constraint', 'the policy'] as const) {
    describe(`by ${form}`, () => {
      let source: SmallSource;

      before(async () => {
        const tables = Object.entries(ends).map(([name, [parentType, parent, childType, child]]) => {
          const constraint = form === 'a constraint' && constrained.includes(name) ? `REFERENCES ${name}_parent` : '';
          return `CREATE TABLE ${name}_parent (id ${parentType} PRIMARY KEY); INSERT INTO ${name}_parent VALUES (${parent});
            CREATE TABLE ${name} (id int PRIMARY KEY, parent ${childType} ${constraint}); INSERT INTO ${name} VALUES (1, ${child})`;
        });
        source = await smallSource('blanks', `SET TimeZone TO 'UTC'; ${tables.join('; ')}`);
      });

      after(() => source.close());

      for (const name of form === 'a constraint' ? constrained : names) {
        it(`brings the parent: ${name}`, async () => {
          const { objects, trailer } = await source.take({ objects: [`${name}.1`], policy: declared });
          expect(Object.keys(objects)).to.have.length(2);
          expect(trailer.dangling).to.deep.equal([]);
        });
      }
    });
  }
});
