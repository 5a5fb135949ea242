import { expect } from 'chai';
import {
  Column,
  Entity,
  ForeignKey,
  JoinColumn,
  ManyToOne,
  OneToMany,
  OneToOne,
  PrimaryColumn,
  PrimaryGeneratedColumn,
} from 'typeorm';
import type { Chart } from './chart.js';
import { drawChart } from './chart.js';

@Entity('lib_person')
class Person {
  @PrimaryGeneratedColumn() id!: number;
  @Column({ unique: true }) email!: string;
  @OneToOne(() => Badge, (badge) => badge.person) badge!: object;
  @ManyToOne(() => Person, { nullable: true }) boss!: object | null;
}

@Entity('lib_badge')
class Badge {
  @OneToOne(() => Person, (person) => person.badge)
  @JoinColumn()
  person!: object;
  @PrimaryColumn() personId!: number;
}

@Entity('lib_order')
class Order {
  @PrimaryColumn('bigint') id!: string;
  @ManyToOne(() => Person, { nullable: false }) buyer!: object;
  @ManyToOne(() => Person) seller!: object | null;
  @ManyToOne(() => Person)
  @JoinColumn({ name: 'contact', referencedColumnName: 'email' })
  contact!: object | null;
  @OneToMany(() => OrderLine, (line) => line.order) lines!: object[];
}

@Entity('lib_order_line')
class OrderLine {
  @PrimaryColumn('bigint') orderId!: string;
  @PrimaryColumn('smallint') position!: number;
  @ManyToOne(() => Order, (order) => order.lines)
  order!: object;
}

@Entity('lib_delivery')
class Delivery {
  @PrimaryColumn('uuid') id!: string;
  @Column('bigint') orderId!: string;
  @ManyToOne(() => Order)
  @JoinColumn({ name: 'orderId' })
  order!: object;
  @ManyToOne(() => OrderLine)
  @JoinColumn([
    { name: 'orderId', referencedColumnName: 'orderId' },
    { name: 'linePosition', referencedColumnName: 'position' },
  ])
  line!: object;
  @ManyToOne(() => OrderLine)
  @JoinColumn([
    { name: 'orderId', referencedColumnName: 'orderId' },
    { name: 'giftPosition', referencedColumnName: 'position' },
  ])
  gift!: object;
}

@Entity('lib_note')
class Note {
  @PrimaryColumn('date') day!: string;
  @Column() @ForeignKey(() => Person) authorId!: number;
  @ManyToOne(() => Order, { createForeignKeyConstraints: false }) order!: object;
  @Column({ nullable: true }) reader!: number;
}

describe('references', () => {
  let chart: Chart;
  before(async () => {
    chart = await drawChart({
      entities: [Person, Badge, Order, OrderLine, Delivery, Note],
      after: `ALTER TABLE lib_note ADD CONSTRAINT reader_fk FOREIGN KEY (reader) REFERENCES lib_person DEFERRABLE INITIALLY DEFERRED NOT VALID;
        CREATE TABLE shelf (id int PRIMARY KEY, room int, a int, b int, UNIQUE (a, b));
        CREATE TABLE room (id int PRIMARY KEY, house int);
        CREATE TABLE house (id int PRIMARY KEY, shelf int NOT NULL REFERENCES shelf, owner int REFERENCES lib_person);
        ALTER TABLE room ADD FOREIGN KEY (house) REFERENCES house; ALTER TABLE shelf ADD FOREIGN KEY (room) REFERENCES room;
        CREATE TABLE box (id int PRIMARY KEY, a int, b int NOT NULL, FOREIGN KEY (b, a) REFERENCES shelf (b, a),
          c int, d int NOT NULL, CONSTRAINT full_fk FOREIGN KEY (c, d) REFERENCES shelf (a, b) MATCH FULL);`,
    });
  });
  after(() => chart.close());

  it('take the key straight from the child where it holds the key', () => {
    const buyer = chart.reference('lib.order.buyer');
    expect(buyer).to.include({
      child: 'lib.order',
      parent: 'lib.person',
      direct: true,
      nullable: false,
      source: 'constraint',
      unique: false,
      part: false,
    });
    expect(buyer.columns).to.deep.equal(['buyerId']);
    expect(buyer.constraint).to.include({ validated: true, deferrable: false });
  });

  it('tell several between the same two tables apart', () => {
    expect(chart.names('lib.order')).to.deep.equal(['lib.order.buyer', 'lib.order.contact', 'lib.order.seller']);
    expect(chart.reference('lib.order.seller').nullable).to.equal(true);
  });

  it('lead to unique columns that are no key', () => {
    const contact = chart.reference('lib.order.contact');
    expect(contact.parentColumns).to.deep.equal(['email']);
    expect(contact.direct).to.equal(false);
  });

  it('lead to the same table', () => {
    expect(chart.reference('lib.person.boss')).to.include({ child: 'lib.person', parent: 'lib.person', nullable: true });
  });

  it('are unique where one child holds one parent, also as its key', () => {
    expect(chart.reference('lib.badge.person')).to.include({ unique: true, nullable: false });
    expect(chart.entity('lib.badge').key).to.deep.equal(['personId']);
    expect(chart.column('lib.badge', 'personId').member).to.equal('personId');
  });

  it('are composite, and may share a column (T-21)', () => {
    const line = chart.reference('lib.delivery.line');
    expect(line.columns).to.deep.equal(['orderId', 'linePosition']);
    expect(line).to.include({ direct: true, nullable: true });
    expect(chart.reference('lib.delivery.gift').columns).to.deep.equal(['orderId', 'giftPosition']);
    expect(chart.names('lib.delivery')).to.deep.equal(['lib.delivery.gift', 'lib.delivery.line', 'lib.delivery.order']);
    expect(chart.column('lib.delivery', 'orderId').member).to.equal('orderId');
  });

  it('are part of composite keys', () => {
    expect(chart.entity('lib.orderline').key).to.deep.equal(['orderId', 'position']);
    expect(chart.reference('lib.orderline.order')).to.include({ direct: true, nullable: false });
  });

  it('come from @ForeignKey without a relation', () => {
    expect(chart.reference('lib.note.authorId')).to.include({ parent: 'lib.person', source: 'constraint', nullable: false });
  });

  it('come from a relation without a constraint', () => {
    const order = chart.reference('lib.note.order');
    expect(order).to.include({ parent: 'lib.order', source: 'metadata', direct: true });
    expect(order.constraint).to.equal(undefined);
  });

  it('come from a constraint without a relation, deferrable and not valid', () => {
    expect(chart.reference('lib.note.reader').constraint).to.deep.equal({
      name: 'reader_fk',
      deferrable: true,
      validated: false,
    });
  });

  it('make cycles of three tables that nothing maps', () => {
    expect(chart.reference('public.house.shelf').nullable).to.equal(false);
    expect(chart.reference('public.room.house').nullable).to.equal(true);
    expect(chart.reference('public.shelf.room')).to.include({ parent: 'public.room', nullable: true });
    expect([...chart.found('unknown-table')].sort()).to.deep.equal(['public.box', 'public.house', 'public.room', 'public.shelf']);
  });

  it('can be NULL where one column can, under MATCH FULL where all can', () => {
    expect(chart.reference('public.box.b+a').nullable).to.equal(true);
    expect(chart.reference('public.box.c+d').nullable).to.equal(false);
  });

  it('have a fixed order and unique names', () => {
    const names = chart.schema.references.map((reference) => reference.name);
    expect(new Set(names).size).to.equal(names.length);
    expect(names).to.deep.equal([...names].sort());
  });
});
