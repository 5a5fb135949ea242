import { expect } from 'chai';
import type { Move } from './move.js';
import { move } from './move.js';

describe('references to values that are written in two ways', () => {
  let moved: Move;

  before(async () => {
    moved = await move({
      sql: `CREATE TABLE price (id int PRIMARY KEY, amount numeric, currency text, next numeric, UNIQUE (amount, currency));
        CREATE TABLE offer (id int PRIMARY KEY, amount numeric, currency text, FOREIGN KEY (amount, currency) REFERENCES price (amount, currency))`,
      source: `INSERT INTO price VALUES (1, 0.5, 'EUR'), (2, 1.5, 'EUR'); INSERT INTO offer VALUES (1, 0.50, 'EUR'), (2, 1.500, 'EUR')`,
      policy: { models: { price: {}, offer: {} } },
      objects: ['offer.1', 'offer.2'],
    });
  });

  after(() => moved.close());

  it('find what they mean in the target', async () => {
    expect((await moved.importAtHome({ dryRun: true })).plan.same).to.deep.equal({ 'public.offer': 2, 'public.price': 2 });
    await moved.target.query(`INSERT INTO price VALUES (2, 1.5, 'EUR')`);
    const { status, plan } = await moved.import({ dryRun: true });
    expect(status).to.equal('planned');
    expect(plan.insert).to.deep.equal({ 'public.offer': 2, 'public.price': 1 });
  });

  it('find what they mean in the archive', async () => {
    await moved.target.query('DELETE FROM price');
    expect((await moved.import()).status).to.equal('done');
    expect((await moved.rows('offer')).map(({ amount }) => amount)).to.deep.equal(['0.50', '1.500']);
  });

  it('are missing where the rest of the value is another', async () => {
    await moved.target.query('DELETE FROM offer; DELETE FROM price');
    await moved.edit((text) => text.replaceAll('"currency":"EUR","next"', '"currency":"USD","next"'));
    const { status, conflicts } = await moved.import();
    expect(status).to.equal('refused');
    expect(conflicts.map(({ reason }) => reason)).to.deep.equal(['missing-reference', 'missing-reference']);
  });
});
