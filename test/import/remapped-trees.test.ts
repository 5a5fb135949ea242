import { expect } from 'chai';
import { Column, Entity, PrimaryGeneratedColumn, Tree, TreeChildren, TreeParent } from 'typeorm';
import type { Journey } from '../support/journey.js';
import { setOut } from '../support/journey.js';

@Entity()
@Tree('materialized-path')
class Shelf {
  @PrimaryGeneratedColumn() id!: number;
  @Column('text') name!: string;
  @TreeChildren() children!: object[];
  @TreeParent() parent!: object | null;
}

@Entity()
@Tree('closure-table')
class Area {
  @PrimaryGeneratedColumn() id!: number;
  @Column('text') name!: string;
  @TreeChildren() children!: object[];
  @TreeParent() parent!: object | null;
}

describe('trees whose objects get new keys', () => {
  let journey: Journey;

  afterEach(() => journey.end());

  it('have them in their materialized paths', async () => {
    const rows = `INSERT INTO shelf (id, name, "parentId", mpath) VALUES (1, 'a', NULL, '1.'), (2, 'b', 1, '1.2.'), (3, 'c', 2, '1.2.3.')`;
    journey = await setOut({ entities: [Shelf], rows });
    await journey.target.query(
      `INSERT INTO shelf (name, "parentId", mpath) VALUES ('x', NULL, '1.'), ('y', 1, '1.2.'), ('z', NULL, '3.')`,
    );
    await journey.export(['Shelf.1']);
    const { status, plan } = await journey.import({ onConflict: 'remap' });
    expect([status, plan.remap]).to.deep.equal(['done', { 'public.shelf': 3 }]);
    expect(await journey.target.query('SELECT id, name, mpath FROM shelf WHERE id > 3 ORDER BY id')).to.deep.equal([
      { id: 4, name: 'a', mpath: '4.' },
      { id: 5, name: 'b', mpath: '4.5.' },
      { id: 6, name: 'c', mpath: '4.5.6.' },
    ]);
  });

  it('have them in their closure tables', async () => {
    const rows = `INSERT INTO area (id, name, "parentId") VALUES (1, 'a', NULL), (2, 'b', 1);
      INSERT INTO area_closure VALUES (1, 1), (1, 2), (2, 2)`;
    journey = await setOut({ entities: [Area], rows });
    await journey.target.query(
      `INSERT INTO area (name, "parentId") VALUES ('x', NULL), ('y', NULL); INSERT INTO area_closure VALUES (1, 1), (2, 2)`,
    );
    await journey.export(['Area.1']);
    expect((await journey.import({ onConflict: 'remap' })).plan.remap['public.area']).to.equal(2);
    expect(await journey.target.query('SELECT id_ancestor a, id_descendant d FROM area_closure ORDER BY 1, 2')).to.deep.equal([
      { a: 1, d: 1 },
      { a: 2, d: 2 },
      { a: 3, d: 3 },
      { a: 3, d: 4 },
      { a: 4, d: 4 },
    ]);
  });
});
