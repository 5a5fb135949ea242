import { expect } from 'chai';
import { Entity, PrimaryColumn, Tree, TreeChildren, TreeParent } from 'typeorm';
import { rowsOf, setOut } from '../support/journey.js';

@Entity()
@Tree('closure-table')
class Branch {
  @PrimaryColumn('int') id!: number;
  @TreeChildren() children!: object[];
  @TreeParent() parent!: object | null;
}

@Entity()
@Tree('materialized-path')
class Folder {
  @PrimaryColumn('int') id!: number;
  @TreeChildren() children!: object[];
  @TreeParent() parent!: object | null;
}

@Entity()
@Tree('nested-set')
class Unit {
  @PrimaryColumn('int') id!: number;
  @TreeChildren() children!: object[];
  @TreeParent() parent!: object | null;
}

@Entity()
@Tree('closure-table', { closureTableName: 'pair' })
class Pair {
  @PrimaryColumn('int') a!: number;
  @PrimaryColumn('int') b!: number;
  @TreeChildren() children!: object[];
  @TreeParent() parent!: object | null;
}

describe('trees', () => {
  it('are whole where they arrive: TypeORM finds the same descendants and ancestors there (T-40)', async () => {
    const journey = await setOut({ entities: [Branch, Folder, Unit], rows: '' });
    try {
      for (const kind of [Branch, Folder, Unit]) {
        const trees = journey.from.getTreeRepository<{ id: number; parent: object | null }>(kind);
        const root = await trees.save({ id: 7, parent: null });
        const child = await trees.save({ id: 70, parent: root });
        await trees.save({ id: 700, parent: child });
        await trees.save({ id: 71, parent: root });
      }
      const idsOf = (nodes: readonly { readonly id: number }[]): number[] => nodes.map(({ id }) => id).sort((x, y) => x - y);
      const tables = ['branch', 'branch_closure', 'folder', 'unit'];
      for (const seed of ['7', '70']) {
        await journey.export(['branch', 'folder', 'unit'].map((name) => `${name}.${seed}`));
        await journey.import();
        for (const kind of [Branch, Folder, Unit]) {
          const trees = journey.to.getTreeRepository<{ id: number }>(kind);
          expect(idsOf(await trees.findDescendants({ id: 70 })), kind.name).to.deep.equal([70, 700]);
          expect(idsOf(await trees.findAncestors({ id: 700 })), kind.name).to.deep.equal([7, 70, 700]);
        }
        const arrived = await rowsOf(journey.target, tables);
        if (seed === '7') expect(arrived).to.deep.equal(await rowsOf(journey.source, tables));
        else expect(arrived['branch_closure']).to.include.members(['(7,7)', '(7,70)', '(7,700)', '(70,700)']);
        await journey.target.query(`TRUNCATE ${tables.join(', ')}`);
      }
    } finally {
      await journey.end();
    }
  });

  it('have closure tables over composite keys, which TypeORM knows by half (T-22)', async () => {
    const journey = await setOut({
      entities: [Pair],
      dataSource: { synchronize: false },
      sql: `CREATE TABLE pair (a int, b int, "parentA" int, "parentB" int, PRIMARY KEY (a, b));
        CREATE TABLE pair_closure (a_ancestor int, b_ancestor int, a_descendant int, b_descendant int,
          PRIMARY KEY (a_ancestor, b_ancestor, a_descendant, b_descendant))`,
      rows: `INSERT INTO pair VALUES (1, 1, NULL, NULL), (1, 2, 1, 1), (2, 1, NULL, NULL), (2, 2, 2, 1);
        INSERT INTO pair_closure SELECT a, b, a, b FROM pair UNION SELECT a, 1, a, 2 FROM pair`,
    });
    try {
      await journey.export(['pair.a=1,b=1']);
      await journey.import();
      expect(await rowsOf(journey.target, ['pair', 'pair_closure'])).to.deep.equal({
        pair: ['(1,1,,)', '(1,2,1,1)'],
        pair_closure: ['(1,1,1,1)', '(1,1,1,2)', '(1,2,1,2)'],
      });
    } finally {
      await journey.end();
    }
  });
});
