import { expect } from 'chai';
import type { ExportOptions, Policy } from '../../src/index.js';
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

/** From a desk to a lamp there are a short and a long way, up and down; each short one can be closed. */
describe('the shortest way', () => {
  let source: SmallSource;

  before(async () => {
    source = await smallSource(
      'desk',
      `CREATE TABLE lamp (id int PRIMARY KEY);
       CREATE TABLE plug (id int PRIMARY KEY, lamp int REFERENCES lamp);
       CREATE TABLE desk (id int PRIMARY KEY, lamp int REFERENCES lamp, plug int REFERENCES plug);
       CREATE TABLE drawer (id int PRIMARY KEY, desk int REFERENCES desk);
       CREATE TABLE pen (id int PRIMARY KEY, desk int REFERENCES desk, drawer int REFERENCES drawer);
       CREATE TABLE ink (id int PRIMARY KEY);
       CREATE TABLE pen_ink (pen int REFERENCES pen, ink int REFERENCES ink, PRIMARY KEY (pen, ink));
       CREATE TABLE desk_ink (desk int REFERENCES desk, ink int REFERENCES ink, PRIMARY KEY (desk, ink));
       INSERT INTO lamp VALUES (1); INSERT INTO plug VALUES (1, 1); INSERT INTO desk VALUES (1, 1, 1), (2, NULL, NULL);
       INSERT INTO drawer VALUES (1, 1); INSERT INTO pen VALUES (1, 1, 1);
       INSERT INTO ink VALUES (1), (2); INSERT INTO pen_ink VALUES (1, 1); INSERT INTO desk_ink VALUES (1, 1);
       CREATE TABLE box (id int PRIMARY KEY, drawer int REFERENCES drawer);
       CREATE TABLE cap (id int PRIMARY KEY, box int REFERENCES box, lamp int REFERENCES lamp);
       CREATE TABLE box_ink (box int REFERENCES box, ink int REFERENCES ink, PRIMARY KEY (box, ink));
       CREATE TABLE lamp_ink (lamp int REFERENCES lamp, ink int REFERENCES ink, PRIMARY KEY (lamp, ink));
       INSERT INTO box VALUES (1, 1); INSERT INTO cap VALUES (1, 1, 1);
       INSERT INTO box_ink VALUES (1, 2); INSERT INTO lamp_ink VALUES (1, 2);`,
    );
  });

  after(async () => {
    await source.close();
  });

  async function way(to: string, follow: Policy['follow'] = {}, more: Partial<ExportOptions> = {}): Promise<string | undefined> {
    const { why } = await explainObjects(source.dataSource, { objects: ['desk.1'], why: to, policy: { follow }, ...more });
    return why?.map(({ object, direction }) => `${direction} ${object.replace('public.', '')}`).join(', ');
  }

  it('is told where there are several', async () => {
    expect(await way('desk.1')).to.equal('seed desk.1');
    expect(await way('lamp.1')).to.equal('seed desk.1, up lamp.1');
    expect(await way('pen.1')).to.equal('seed desk.1, down pen.1');
    expect(await way('ink.1')).to.equal('seed desk.1, across ink.1');
  });

  it('does not lead by what the policy cuts or does not follow', async () => {
    expect(await way('lamp.1', { 'public.desk.lamp': { up: 'cut' } })).to.equal('seed desk.1, up plug.1, up lamp.1');
    expect(await way('pen.1', { 'public.pen.desk': { down: 'skip' } })).to.equal('seed desk.1, down drawer.1, down pen.1');
    expect(await way('pen.1', { 'public.pen.desk': { where: 'id > 1' } })).to.equal('seed desk.1, down drawer.1, down pen.1');
  });

  it('leads only as the rule does', async () => {
    const roots = ['pen'];
    const options = { objects: ['desk.1', 'pen.1'], roots };
    expect(await way('ink.1', {}, options)).to.match(/^seed (desk|pen)\.1, across ink\.1$/u);
    expect(await way('pen.1', {}, options)).to.equal('seed pen.1');
    // Shared rows lead up only: the lamp of a plug, and not the desks of a lamp.
    expect(await way('desk.1', {}, { objects: ['pen.1'] })).to.equal('seed pen.1, up desk.1');
    expect(await way('lamp.1', {}, { objects: ['pen.1'] })).to.equal('seed pen.1, up desk.1, up lamp.1');
    expect(await way('cap.1')).to.equal('seed desk.1, down drawer.1, down box.1, down cap.1');
    expect(await way('ink.2')).to.equal('seed desk.1, down drawer.1, down box.1, across ink.2');
    const refused: unknown = await way('drawer.1', {}, { objects: ['lamp.1'], follow: 'dependencies' }).catch(
      (error: unknown) => error,
    );
    expect(refused).to.have.property('code', 'NOT_IN_CLOSURE');
  });
});
