import { expect } from 'chai';
import { explainObjects } from '../../src/index.js';
import type { SmallSource } from './small-source.js';
import { smallSource } from './small-source.js';

describe('the way from a seed to an object', () => {
  let source: SmallSource;

  before(async () => {
    source = await smallSource(
      'price',
      `CREATE TABLE price (id int PRIMARY KEY, amount numeric UNIQUE);
       CREATE TABLE shelf (id int PRIMARY KEY, price int REFERENCES price);
       CREATE TABLE offer (id int PRIMARY KEY, amount numeric REFERENCES price (amount), shelf int REFERENCES shelf);
       INSERT INTO price VALUES (1, 0.5);
       INSERT INTO shelf VALUES (1, 1);
       INSERT INTO offer VALUES (1, 0.50, NULL), (2, 0.50, 1);`,
    );
  });

  after(async () => {
    await source.close();
  });

  async function way(
    from: string,
    to: string,
    follow: Record<string, { limit: number }>,
  ): Promise<readonly string[] | undefined> {
    const { why } = await explainObjects(source.dataSource, { objects: [from], why: to, policy: { follow } });
    return why?.map(({ object, direction }) => `${direction} ${object}`);
  }

  it('is found over values that are written in two ways', async () => {
    expect(await way('offer.1', 'price.1', {})).to.deep.equal(['seed public.offer.1', 'up public.price.1']);
    expect(await way('price.1', 'offer.1', {})).to.deep.equal(['seed public.price.1', 'down public.offer.1']);
  });

  it('does not lead past a limit of the policy', async () => {
    expect(await way('price.1', 'offer.2', { 'public.offer.amount': { limit: 1 } })).to.deep.equal([
      'seed public.price.1',
      'down public.shelf.1',
      'down public.offer.2',
    ]);
  });
});
