import { expect } from 'chai';
import type { SmallSource } from './small-source.js';
import { smallSource } from './small-source.js';

describe('references whose constraint nobody validated', () => {
  let source: SmallSource;

  before(async () => {
    source = await smallSource(
      'price',
      `CREATE TABLE price (id int PRIMARY KEY, amount numeric UNIQUE);
       CREATE TABLE offer (id int PRIMARY KEY, amount numeric);
       ALTER TABLE offer ADD FOREIGN KEY (amount) REFERENCES price (amount) NOT VALID;
       INSERT INTO price VALUES (1, 0.5), (2, 1.5);
       INSERT INTO offer VALUES (1, 0.50), (2, 1.500);
       SET session_replication_role = replica; INSERT INTO offer VALUES (3, 2.50);`,
    );
  });

  after(async () => {
    await source.close();
  });

  it('do not dangle where the value is only written otherwise', async () => {
    const { objects, trailer } = await source.take({ objects: ['offer.1', 'offer.3'] });
    expect(Object.keys(objects)).to.deep.equal(['public.offer.1', 'public.offer.3', 'public.price.1']);
    expect(trailer.dangling.map(({ object }) => object)).to.deep.equal(['public.offer.3']);
  });
});
