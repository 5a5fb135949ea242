import { expect } from 'chai';
import type { ImportOptions, ImportResult, Policy } from '../../src/index.js';
import type { Move } from './move.js';
import { move } from './move.js';

// Equal keys need not have equal texts: only the database can say who is meant.
const sql = `CREATE TABLE part (no numeric PRIMARY KEY, name text UNIQUE);
  CREATE TABLE line (id serial PRIMARY KEY, part numeric REFERENCES part)`;
const source = `INSERT INTO part VALUES (1.5, 'axle'), (2.5, 'bolt'); INSERT INTO line VALUES (1, 1.5), (2, 2.5), (3, 1.50)`;
const theirs = `INSERT INTO part VALUES (1.5, 'wheel'); INSERT INTO line VALUES (9, NULL)`;

describe('skip, where keys are compared by the database alone', () => {
  let parts: Move;

  afterEach(() => parts.close());

  async function bring(target: string, policy: Policy, options: Partial<ImportOptions>): Promise<ImportResult> {
    parts = await move({ sql, source, target, policy, objects: ['part.1.5', 'part.2.5'] });
    return parts.import(options);
  }

  const models: Policy = { models: { part: {}, line: {} } };
  const beside: Policy = { models: { part: { onConflict: 'skip' }, line: {} } };

  for (const [what, policy, options] of [
    ['by skip alone', models, { onConflict: 'skip' }],
    ['beside models that get new keys', beside, { onConflict: 'remap' }],
  ] as const) {
    it(`leaves out what needs a skipped object, ${what}`, async () => {
      const { status, plan } = await bring(theirs, policy, options);
      expect([status, plan.skip]).to.deep.equal(['done', { 'public.line': 2, 'public.part': 1 }]);
      expect(await parts.rows('line')).to.deep.equal([
        { id: 2, part: '2.5' },
        { id: 9, part: null },
      ]);
    });

    it(`never takes the row of its key for one that another row is proven to be, ${what}`, async () => {
      const { plan } = await bring(`${theirs}; INSERT INTO part VALUES (7, 'axle')`, policy, options);
      expect(plan.skip).to.deep.equal({ 'public.line': 2, 'public.part': 1 });
      expect(await parts.rows('line')).to.deep.equal([
        { id: 2, part: '2.5' },
        { id: 9, part: null },
      ]);
    });
  }
});
