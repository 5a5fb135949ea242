import { expect } from 'chai';
import type { Move } from './move.js';
import { move } from './move.js';

describe('keys that the database computes', () => {
  let moved: Move;

  afterEach(() => moved.close());

  for (const [what, key, reference, objects] of [
    ['whole', 'k', 'k', ['bill.1', 'bill.2']],
    ['in part', 'x, k', 'x, k', ['bill.1', 'bill.2']],
  ] as const) {
    it(`${what}, find the row that is overwritten, and make the same row anew`, async () => {
      moved = await move({
        sql: `CREATE TABLE rate (x int, k int GENERATED ALWAYS AS (x * 2) STORED, name text, PRIMARY KEY (${key}));
          CREATE TABLE bill (id int PRIMARY KEY, x int, k int, FOREIGN KEY (${reference}) REFERENCES rate (${key}))`,
        source: "INSERT INTO rate (x, name) VALUES (1, 'one'), (2, 'two'); INSERT INTO bill VALUES (1, 1, 2), (2, 2, 4)",
        target: "INSERT INTO rate (x, name) VALUES (1, 'other')",
        policy: { models: { rate: {}, bill: {} } },
        objects,
      });
      const { plan } = await moved.import({ onConflict: 'override' });
      expect([plan.update, plan.insert]).to.deep.equal([{ 'public.rate': 1 }, { 'public.bill': 2, 'public.rate': 1 }]);
      expect(await moved.rows('rate')).to.deep.equal(await moved.source.query('SELECT * FROM rate ORDER BY 1'));
      await moved.target.query('TRUNCATE rate, bill');
      expect((await moved.import()).plan.insert).to.deep.equal({ 'public.bill': 2, 'public.rate': 2 });
      expect(await moved.rows('rate')).to.deep.equal(await moved.source.query('SELECT * FROM rate ORDER BY 1'));
    });
  }
});
