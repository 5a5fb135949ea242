import { expect } from 'chai';
import type { Move } from './move.js';
import { move } from './move.js';
import { needsServer } from '../support/needs-server.js';

const sql = `CREATE EXTENSION btree_gist; CREATE TABLE stay (id int PRIMARY KEY, room int, at int4range, state text,
    CONSTRAINT one_guest EXCLUDE USING gist (room WITH =, at WITH &&) WHERE (state <> 'off'));
  CREATE TABLE bill (id int PRIMARY KEY, stay int REFERENCES stay)`;
const source = `INSERT INTO stay VALUES (1, 7, '[1,5)', 'on'), (2, 7, '[1,5)', 'off'), (3, 8, '[1,5)', 'on'), (4, NULL, '[1,5)', 'on');
  INSERT INTO bill SELECT id, id FROM stay`;
const policy = { models: { stay: {}, bill: {} } };

describe('rows that exclude each other', () => {
  let stay: Move;

  afterEach(() => stay.close());

  async function begin(target: string): Promise<void> {
    stay = await move({ sql, source, target, policy, objects: ['bill.1', 'bill.2', 'bill.3', 'bill.4'] });
  }

  const conflict = {
    object: 'public.stay.1',
    reason: 'unique',
    constraint: 'one_guest',
    columns: ['room', 'at'],
    inTheWay: 'public.stay.9',
    excludes: true,
  };
  const there = "INSERT INTO stay VALUES (9, 7, '[4,9)', 'on'), (10, NULL, '[1,5)', 'on')";

  it('are conflicts before anything is written, each by name; those that no operator or predicate concerns are none', async () => {
    await begin(there);
    for (const onConflict of ['fail', 'override'] as const) {
      const { status, conflicts, plan } = await stay.import({ onConflict });
      expect([status, conflicts]).to.deep.equal(['refused', [conflict]]);
      expect(plan.insert).to.deep.equal({ 'public.bill': 4, 'public.stay': 3 });
    }
  });

  it('are left out under skip with what needs them: the row in the way is no proof of being the same', async () => {
    await begin("INSERT INTO stay VALUES (9, 7, '[1,5)', 'on')");
    const { status, plan } = await stay.import({ onConflict: 'skip' });
    expect([status, plan.skip]).to.deep.equal(['done', { 'public.bill': 1, 'public.stay': 1 }]);
    expect((await stay.rows('bill')).map(({ id }) => id)).to.deep.equal([2, 3, 4]);
  });

  it('are told by the constraint and its columns where both come with the archive', async () => {
    await begin('');
    await stay.edit((text) => text.replace('"room":8', '"room":7'));
    const { status, conflicts } = await stay.import();
    expect(status).to.equal('refused');
    expect(conflicts).to.deep.equal([{ ...conflict, object: 'public.stay', inTheWay: '' }]);
  });
});

describe('versions of one thing, by a key WITHOUT OVERLAPS', () => {
  let price: Move | undefined;

  afterEach(async () => {
    await price?.close();
    price = undefined;
  });

  const temporal = `CREATE EXTENSION btree_gist; CREATE TABLE price (id int, at int4range, cents int,
    CONSTRAINT price_key PRIMARY KEY (id, at WITHOUT OVERLAPS))`;

  for (const [what, onConflict, target, told] of [
    ['are conflicts where they overlap', 'fail', '[4,9)', [[['price_key', 'public.price.id=1,at="[4,9)"', true]], {}, {}]],
    ['are left out where they overlap', 'skip', '[4,9)', [[], { 'public.price': 1 }, {}]],
    ['are overwritten where they are the same', 'override', '[1,5)', [[], {}, { 'public.price': 1 }]],
  ] as const) {
    it(what, async function () {
      await needsServer(this, 18);
      price = await move({
        sql: temporal,
        source: "INSERT INTO price VALUES (1, '[1,5)', 3)",
        target: `INSERT INTO price VALUES (1, '${target}', 9)`,
        policy: { models: { price: {} } },
        objects: ['price.id=1,at=[1,5)'],
      });
      const { conflicts, plan } = await price.import({ onConflict });
      const named = conflicts.map(({ constraint, inTheWay, excludes }) => [constraint, inTheWay, excludes]);
      expect([named, plan.skip, plan.update]).to.deep.equal(told);
    });
  }
});
