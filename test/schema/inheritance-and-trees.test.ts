import { expect } from 'chai';
import {
  ChildEntity,
  Column,
  Entity,
  EntitySchema,
  ManyToOne,
  OneToMany,
  PrimaryColumn,
  PrimaryGeneratedColumn,
  TableInheritance,
  Tree,
  TreeChildren,
  TreeParent,
} from 'typeorm';
import { resolveModel } from '../../src/schema/resolve-model.js';
import type { Chart } from './chart.js';
import { drawChart } from './chart.js';

@Entity('zoo_keeper')
class Keeper {
  @PrimaryGeneratedColumn() id!: number;
  @Column({ nullable: true }) name!: string;
}

@Entity('zoo_animal')
@TableInheritance({ column: { type: 'varchar', name: 'species' } })
class Animal {
  @PrimaryGeneratedColumn() id!: number;
  @Column() name!: string;
}

@ChildEntity('dog')
class Dog extends Animal {
  @Column() bark!: string;
  @ManyToOne(() => Keeper) walker!: object;
}

@ChildEntity('puppy')
class Puppy extends Dog {}

@Entity('zoo_keeper')
class KeeperSummary {
  @PrimaryGeneratedColumn() id!: number;
}

@ChildEntity()
class Cat extends Animal {
  @Column() purr!: string;
}

@Entity('tree_closure')
@Tree('closure-table')
class ClosureNode {
  @PrimaryGeneratedColumn() id!: number;
  @TreeChildren() children!: object[];
  @TreeParent() parent!: ClosureNode | null;
}

@Entity('tree_pair')
@Tree('closure-table', { closureTableName: 'tree_pair' })
class PairNode {
  @PrimaryColumn() a!: number;
  @PrimaryColumn() b!: number;
  @TreeChildren() children!: object[];
  @TreeParent() parent!: PairNode | null;
}

@Entity('tree_path')
@Tree('materialized-path')
class PathNode {
  @PrimaryGeneratedColumn() id!: number;
  @TreeChildren() children!: object[];
  @TreeParent() parent!: PathNode | null;
}

@Entity('tree_nested')
@Tree('nested-set')
class NestedNode {
  @PrimaryGeneratedColumn() id!: number;
  @TreeChildren() children!: object[];
  @TreeParent() parent!: NestedNode | null;
}

// eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- TypeORM takes plain objects here
const Plain = new EntitySchema<{ id: number; keeper: object }>({
  name: 'Plain',
  tableName: 'zoo_plain',
  columns: { id: { type: Number, primary: true } },
  relations: { keeper: { type: 'many-to-one', target: 'Later' } },
});

// eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- TypeORM takes plain objects here
const Later = new EntitySchema<{ id: number; keeperId: number }>({
  name: 'Later',
  tableName: 'zoo_later',
  columns: { id: { type: Number, primary: true }, keeperId: { type: Number, nullable: true } },
});

@Entity('zoo_price')
class Price {
  @PrimaryGeneratedColumn() id!: number;
  @ManyToOne(() => Ticket, (ticket) => ticket.prices) ticket!: object;
}

@Entity('zoo_sale')
class Sale {
  @PrimaryGeneratedColumn() id!: number;
  @ManyToOne(() => Ticket, (ticket) => ticket.sales) ticket!: object;
  @ManyToOne(() => Keeper) keeper!: object;
}

@Entity('zoo_ticket')
class Ticket {
  @PrimaryGeneratedColumn() id!: number;
  @OneToMany(() => Price, (price) => price.ticket, { eager: true }) prices!: object[];
  @OneToMany(() => Sale, (sale) => sale.ticket, { eager: true }) sales!: object[];
}

describe('single-table inheritance', () => {
  let chart: Chart;
  before(async () => {
    chart = await drawChart({ entities: [KeeperSummary, Keeper, Animal, Dog, Puppy, Cat, Plain, Later, Ticket, Price, Sale] });
  });
  after(() => chart.close());

  it('is one entity with the columns of all, and a discriminator (T-27)', () => {
    const animal = chart.entity('zoo.animal');
    expect(animal.columns.map((column) => column.name).sort()).to.deep.equal([
      'bark',
      'id',
      'name',
      'purr',
      'species',
      'walkerId',
    ]);
    expect(animal.discriminator?.column).to.equal('species');
    expect([...(animal.discriminator?.kinds ?? [])].sort()).to.deep.equal([
      ['Cat', ['Cat']],
      ['Dog', ['dog', 'puppy']],
      ['Puppy', ['puppy']],
    ]);
    expect([...chart.schema.entities.values()].filter((entity) => entity.table.name === 'zoo_animal')).to.have.length(1);
  });

  it('keeps the relations of the children', () => {
    expect(chart.reference('zoo.animal.walker').parent).to.equal('zoo.keeper');
    expect(chart.column('zoo.animal', 'walkerId').member).to.equal('walker');
  });

  it('is found by the names of the children too', () => {
    expect(resolveModel(chart.schema, 'Dog').model).to.equal('zoo.animal');
    expect(resolveModel(chart.schema, 'zoo.cat').model).to.equal('zoo.animal');
  });

  it('knows that two entities map one table, and finds it by both names', () => {
    expect(chart.entity('zoo.keeper').aliases).to.deep.equal(['KeeperSummary']);
    expect(resolveModel(chart.schema, 'KeeperSummary').model).to.equal('zoo.keeper');
  });

  it('says nothing of entities without it, though they too have a discriminator value', () => {
    expect(chart.entity('zoo.keeper').discriminator).to.equal(undefined);
  });

  it('lives beside EntitySchema entities, whose links to classes the policy declares (T-20)', async () => {
    expect(chart.reference('zoo.plain.keeper').parent).to.equal('zoo.later');
    const schema = await chart.under({ references: [{ from: 'Later.keeperId', to: 'Keeper' }] });
    const declared = schema.references.find((reference) => reference.child === 'zoo.later');
    expect(declared).to.include({ name: 'zoo.later.keeperId', parent: 'zoo.keeper', source: 'declared', direct: true });
  });

  it('takes a reference by the relation of its parent that shows the children', async () => {
    const schema = await chart.under({ follow: { 'Ticket.sales': { down: 'skip' } } });
    expect(schema.references.flatMap(({ name, follow }) => (follow.down === 'skip' ? [name] : []))).to.deep.equal([
      'zoo.sale.ticket',
    ]);
  });

  it('has parts: eager relations to what references nothing else, or what the policy names', async () => {
    expect(chart.reference('zoo.price.ticket').part).to.equal(true);
    expect(chart.reference('zoo.sale.ticket').part).to.equal(false);
    const schema = await chart.under({ models: { Ticket: { parts: ['sales'] } } });
    expect(schema.references.find((reference) => reference.name === 'zoo.sale.ticket')?.part).to.equal(true);
  });
});

describe('trees', () => {
  let chart: Chart;
  before(async () => {
    chart = await drawChart({ entities: [ClosureNode, PathNode, NestedNode] });
  });
  after(() => chart.close());

  it('have their parents as references', () => {
    for (const table of ['closure', 'path', 'nested']) {
      const name = `tree.${table}node.parent`;
      const reference = chart.schema.references.find(
        (one) => one.child === `public.${table}node` || one.child === `tree.${table}node`,
      );
      expect(reference, name).to.include({ nullable: true, direct: true });
    }
  });

  it('keep their closure rows with the descendant (T-40)', () => {
    const table = 'public.tree_closure_closure';
    expect(chart.entity(table)).to.include({ role: 'object' });
    const [ancestor, descendant] = chart.schema.references.filter((one) => one.child === table);
    expect(ancestor?.columns).to.deep.equal(['id_ancestor']);
    expect(ancestor?.part).to.equal(false);
    expect(descendant?.columns).to.deep.equal(['id_descendant']);
    expect(descendant?.part).to.equal(true);
  });

  it('have closure tables over composite keys too, whatever TypeORM says of their foreign keys (T-22)', async () => {
    const pairs = await drawChart({
      entities: [PairNode],
      synchronize: false,
      before: `CREATE TABLE tree_pair (a int, b int, "parentA" int, "parentB" int, PRIMARY KEY (a, b));
        CREATE TABLE tree_pair_closure (a_ancestor int, b_ancestor int, a_descendant int, b_descendant int,
          PRIMARY KEY (a_ancestor, b_ancestor, a_descendant, b_descendant))`,
    });
    const references = pairs.schema.references.filter((one) => one.child === 'public.tree_pair_closure');
    await pairs.close();
    expect(references.map((one) => [...one.columns, one.source, one.part])).to.deep.equal([
      ['a_ancestor', 'b_ancestor', 'metadata', false],
      ['a_descendant', 'b_descendant', 'metadata', true],
    ]);
  });

  it('carry their path and nested-set columns', () => {
    expect(chart.entity('public.pathnode').columns.map((column) => column.name)).to.include('mpath');
    expect(chart.entity('public.nestednode').columns.map((column) => column.name)).to.include.members(['nsleft', 'nsright']);
  });
});
