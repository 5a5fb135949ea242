import { expect } from 'chai';
import type { EntitySubscriberInterface } from 'typeorm';
import {
  BeforeInsert,
  BeforeUpdate,
  ChildEntity,
  Column,
  CreateDateColumn,
  Entity,
  EventSubscriber,
  Generated,
  ManyToOne,
  OneToOne,
  JoinColumn,
  PrimaryColumn,
  PrimaryGeneratedColumn,
  TableInheritance,
  UpdateDateColumn,
  VersionColumn,
} from 'typeorm';
import { rowsOf, setOut } from '../support/journey.js';

@Entity()
class Counted {
  @PrimaryGeneratedColumn() id!: number;
  @Column('int') @Generated('increment') place!: number;
  @Column('uuid') @Generated('uuid') mark!: string;
}

@Entity()
class Marked {
  @PrimaryGeneratedColumn('uuid') id!: string;
}

@Entity()
class Always {
  @PrimaryGeneratedColumn('identity', { generatedIdentity: 'ALWAYS' }) id!: number;
  @Column('int') width!: number;
  @Column({ type: 'int', generatedType: 'STORED', asExpression: 'width * 2' }) twice!: number;
}

@Entity()
@TableInheritance({ column: { type: 'varchar', name: 'species' } })
class Animal {
  @PrimaryColumn('int') id!: number;
}

@ChildEntity('dog')
class Dog extends Animal {
  @Column('text') bark!: string;
}

/** Who was called. */
const heard: string[] = [];

@Entity()
class Paper {
  @PrimaryColumn('int') id!: number;
  @Column('text') title!: string;
  @VersionColumn() version!: number;
  @CreateDateColumn() made!: Date;
  @UpdateDateColumn() changed!: Date;

  @BeforeInsert()
  @BeforeUpdate()
  tell(): void {
    heard.push('listener');
    this.title = this.title.toUpperCase();
  }
}

@EventSubscriber()
class Ear implements EntitySubscriberInterface {
  beforeInsert(): void {
    heard.push('subscriber');
  }
}

@Entity()
class Egg {
  @PrimaryColumn('int') id!: number;
  @ManyToOne(() => Hen, { nullable: true }) layer!: object | null;
}

@Entity()
class Hen {
  @PrimaryColumn('int') id!: number;
  @OneToOne(() => Egg, { nullable: true }) @JoinColumn() origin!: object | null;
  @ManyToOne(() => Hen, { nullable: true }) friend!: object | null;
}

/** The error that a promise ends with. */
const failure = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (error: unknown) => String(error),
  );

describe('rows that save() would not write as they are', () => {
  it('have values of their own in generated columns (T-23)', async () => {
    const journey = await setOut({
      entities: [Counted, Marked],
      sql: 'CREATE EXTENSION IF NOT EXISTS "uuid-ossp"',
      rows: `INSERT INTO counted (id, place, mark) VALUES (777, 888, '00000000-0000-0000-0000-000000000001');
        INSERT INTO marked VALUES ('00000000-0000-0000-0000-000000000002')`,
    });
    try {
      await journey.to.getRepository(Counted).save(await journey.from.getRepository(Counted).find());
      expect(await rowsOf(journey.target, ['counted'])).to.deep.equal({
        counted: ['(1,1,00000000-0000-0000-0000-000000000001)'],
      });
      await journey.target.query('TRUNCATE counted RESTART IDENTITY');

      await journey.export(['counted.777', 'marked.00000000-0000-0000-0000-000000000002']);
      await journey.import();
      const tables = ['counted', 'marked'];
      expect(await rowsOf(journey.target, tables)).to.deep.equal(await rowsOf(journey.source, tables));
      const [next] = await journey.target.query('INSERT INTO counted DEFAULT VALUES RETURNING id, place');
      expect(next).to.deep.equal({ id: 778, place: 889 });
    } finally {
      await journey.end();
    }
  });

  it('have keys GENERATED ALWAYS, and columns that the database computes (T-24, T-26)', async () => {
    const journey = await setOut({
      entities: [Always],
      rows: 'INSERT INTO always (id, width) OVERRIDING SYSTEM VALUE VALUES (777, 5), (778, 5)',
    });
    try {
      const found = await journey.from.getRepository(Always).find();
      expect(await failure(journey.to.getRepository(Always).save(found))).to.contain('column "id"');
      await journey.export(['always.777', 'always.778']);
      await journey.import();
      const rows = { always: ['(777,5,10)', '(778,5,10)'] };
      expect(await rowsOf(journey.target, ['always'])).to.deep.equal(rows);
      // Written over and inserted at once.
      await journey.target.query('UPDATE always SET width = 6 WHERE id = 777; DELETE FROM always WHERE id = 778');
      await journey.import({ onConflict: 'override' });
      expect(await rowsOf(journey.target, ['always'])).to.deep.equal(rows);
    } finally {
      await journey.end();
    }
  });

  it('are of a child or an unknown kind, in a table of several entities (T-27)', async () => {
    const journey = await setOut({
      entities: [Animal, Dog],
      rows: "INSERT INTO animal (id, species, bark) VALUES (1, 'dog', 'wau'), (2, 'Animal', NULL), (3, 'unicorn', 'whinny')",
    });
    try {
      const found = await journey.from.getRepository(Animal).find();
      await journey.to.getRepository(Animal).save(found);
      expect(await rowsOf(journey.target, ['animal'])).to.deep.equal({ animal: ['(1,wau,dog)', '(2,,Animal)', '(3,,Animal)'] });
      await journey.target.query('TRUNCATE animal');
      await journey.export(['animal.1', 'animal.2', 'animal.3']);
      await journey.import();
      expect(await rowsOf(journey.target, ['animal'])).to.deep.equal(await rowsOf(journey.source, ['animal']));
    } finally {
      await journey.end();
    }
  });

  it('have a version and dates of their own, and nobody is told of them (T-28)', async () => {
    const journey = await setOut({
      entities: [Paper],
      dataSource: { subscribers: [Ear] },
      rows: "INSERT INTO paper VALUES (1, 'one', 7, '2001-01-01 00:00:00.000001', '2002-02-02'), (2, 'two', 1, '2001-01-01', '2002-02-02')",
    });
    try {
      heard.length = 0;
      const found = await journey.from.getRepository(Paper).find();
      await journey.to.getRepository(Paper).save(found);
      expect(heard).to.deep.equal(['listener', 'subscriber', 'listener', 'subscriber']);
      await journey.to.getRepository(Paper).update(1, { title: 'other' });
      const [saved] = await journey.target.query('SELECT title, version, changed > made AS moved FROM paper WHERE id = 1');
      expect(saved).to.deep.equal({ title: 'other', version: 8, moved: true });
      await journey.target.query('TRUNCATE paper');

      heard.length = 0;
      await journey.export(['paper.1', 'paper.2']);
      await journey.import();
      const papers = await rowsOf(journey.source, ['paper']);
      expect(await rowsOf(journey.target, ['paper'])).to.deep.equal(papers);
      await journey.target.query("UPDATE paper SET title = 'other' WHERE id = 1");
      await journey.import({ onConflict: 'override' });
      expect(await rowsOf(journey.target, ['paper'])).to.deep.equal(papers);
      expect(heard).to.deep.equal([]);
    } finally {
      await journey.end();
    }
  });

  it('need each other in a circle, and themselves (T-31)', async () => {
    const journey = await setOut({
      entities: [Egg, Hen],
      rows: `INSERT INTO egg VALUES (1), (2); INSERT INTO hen VALUES (1, 1), (2, 2), (3, NULL);
        UPDATE egg SET "layerId" = 3 - id; UPDATE hen SET "friendId" = id % 3 + 1`,
    });
    try {
      const eggs = await journey.from.getRepository(Egg).find({ relations: { layer: { origin: true, friend: true } } });
      expect(await failure(journey.to.getRepository(Egg).save(eggs))).not.to.equal('none');
      await journey.export(['hen.1']);
      await journey.import();
      const tables = ['egg', 'hen'];
      const rows = await rowsOf(journey.source, tables);
      expect(await rowsOf(journey.target, tables)).to.deep.equal(rows);
    } finally {
      await journey.end();
    }
  });
});
