import { expect } from 'chai';
import type { Move } from './move.js';
import { move } from './move.js';

/** Objects of the longest chain. */
const length = 3000;

interface Chain {
  readonly what: string;
  readonly type: string;
  /** SQL of the key of a place, from 0. */
  readonly key: (place: string) => string;
  /** The key of the first. */
  readonly seed: string;
}

/** Each object needs the one at the place before it. */
const chains: readonly Chain[] = [
  { what: 'each before what it needs', type: 'int', key: (place) => `(${String(length)} - ${place})`, seed: String(length) },
  {
    what: 'to and fro',
    type: 'int',
    key: (place) => `(CASE ${place} % 2 WHEN 0 THEN ${place} ELSE 10000 - ${place} END)`,
    seed: '0',
  },
  {
    what: 'in no order',
    type: 'uuid',
    key: (place) => `md5((${place})::text)::uuid`,
    seed: 'cfcd2084-95d5-65ef-66e7-dff9f98764da',
  },
];

describe('--on-conflict skip of a chain of objects that need each other', () => {
  let moved: Move;

  afterEach(() => moved.close());

  for (const { what, type, key, seed } of chains) {
    it(`takes as many look-ups as of a few of them: ${what}`, async () => {
      const sql = `CREATE TABLE step (id ${type} PRIMARY KEY, before ${type} REFERENCES step, name text); CREATE INDEX ON step (before)`;
      const all = `INSERT INTO step SELECT ${key('n')}, CASE n WHEN 0 THEN NULL ELSE ${key('(n - 1)')} END, 'step' FROM generate_series(0, ${String(length - 1)}) n`;
      const first = `INSERT INTO step VALUES (${key('0')}, NULL, 'another')`;
      const policy = { models: { step: {} } };
      moved = await move({ sql, source: all, target: first, policy, objects: [`step.${seed}`] });
      let queries = 0;
      const { plan } = await moved.import({ onConflict: 'skip', dryRun: true, onQuery: () => (queries += 1) });
      expect(plan.skip).to.deep.equal({ 'public.step': length });
      expect(queries).to.be.lessThan(60);
    });
  }

  it('stops where the target has an object as it is, and where a row is proven to be one', async () => {
    const sql = 'CREATE TABLE step (id int PRIMARY KEY, before int REFERENCES step, code text UNIQUE)';
    // 9 needs nothing; 8 needs 9, and so on.
    const all = "INSERT INTO step SELECT n, CASE n WHEN 9 THEN NULL ELSE n + 1 END, 'c' || n FROM generate_series(1, 9) n";
    const target =
      "INSERT INTO step VALUES (9, NULL, 'other'), (6, NULL, 'x'); INSERT INTO step VALUES (5, 6, 'c5'), (30, NULL, 'c3')";
    moved = await move({ sql, source: all, target, policy: { models: { step: {} } }, objects: ['step.9'] });
    const { plan } = await moved.import({ onConflict: 'skip' });
    // 9 and 6 are others there; 8 and 7 need 9; 5 is there as it is; a row has the code of 3, and stands for it.
    expect([plan.insert, plan.same, plan.skip]).to.deep.equal([{ 'public.step': 3 }, { 'public.step': 1 }, { 'public.step': 5 }]);
    expect(await moved.rows('step')).to.deep.equal([
      { id: 1, before: 2, code: 'c1' },
      { id: 2, before: 30, code: 'c2' },
      { id: 4, before: 5, code: 'c4' },
      { id: 5, before: 6, code: 'c5' },
      { id: 6, before: null, code: 'x' },
      { id: 9, before: null, code: 'other' },
      { id: 30, before: null, code: 'c3' },
    ]);
  });
});
