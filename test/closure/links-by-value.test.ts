import { expect } from 'chai';
import { explainObjects, PortolanError } from '../../src/index.js';
import type { SmallSource } from './small-source.js';
import { smallSource } from './small-source.js';

describe('links whose join table holds no keys', () => {
  let source: SmallSource;

  before(async () => {
    source = await smallSource(
      'shop',
      `CREATE TABLE shop (id int PRIMARY KEY, rate numeric UNIQUE);
       CREATE TABLE offer (id int PRIMARY KEY, code text UNIQUE);
       CREATE TABLE shop_offer (rate numeric REFERENCES shop (rate), code text REFERENCES offer (code), PRIMARY KEY (rate, code));
       INSERT INTO shop VALUES (1, 0.5), (2, 1.5);
       INSERT INTO offer VALUES (7, 'a'), (8, 'b');
       INSERT INTO shop_offer VALUES (0.50, 'a'), (0.5, 'b'), (1.50, 'b');`,
    );
  });

  after(async () => {
    await source.close();
  });

  it('go out however the value is written', async () => {
    const { objects } = await source.take({ objects: ['shop.1'] });
    expect(Object.keys(objects)).to.deep.equal(['public.offer.7', 'public.offer.8', 'public.shop.1']);
    expect(Object.values(objects['public.shop.1'] ?? {})).to.deep.equal([[7, 8], 0.5]);
  });

  it('are steps of an explanation', async () => {
    const { why } = await explainObjects(source.dataSource, { objects: ['shop.1'], follow: 'connected', why: 'offer.8' });
    expect(why?.map(({ object, direction }) => `${direction} ${object}`)).to.deep.equal([
      'seed public.shop.1',
      'across public.offer.8',
    ]);
  });

  it('are named where they lead beyond a boundary', async () => {
    const refusal: unknown = await source.take({ objects: ['shop.1'], boundary: ['offer'] }).catch((error: unknown) => error);
    expect(refusal).to.be.instanceOf(PortolanError);
    expect((refusal as PortolanError).code).to.equal('BOUNDARY_CROSSED');
    expect((refusal as PortolanError).message).to.match(/public\.shop\.1 → \(public\.shop\.\w+, across\) public\.offer\.[78]/u);
  });
});
