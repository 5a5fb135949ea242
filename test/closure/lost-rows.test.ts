import { expect } from 'chai';
import * as typeorm from 'typeorm';
import { Column, Entity, JoinColumn, JoinTable, ManyToMany, ManyToOne, OneToMany, OneToOne, PrimaryColumn } from 'typeorm';
import type { ArchiveObject } from '../../src/index.js';
import { rowsOf, setOut } from '../support/journey.js';

@Entity()
class Publisher {
  @PrimaryColumn('int') id!: number;
  @OneToMany(() => Book, (book) => book.publisher) books!: object[];
}

@Entity()
class Author {
  @PrimaryColumn('int') id!: number;
}

@Entity()
class Book {
  @PrimaryColumn('int') id!: number;
  @ManyToOne(() => Publisher, (publisher) => publisher.books, { nullable: false }) publisher!: object;
  @ManyToOne(() => Author, { nullable: false, createForeignKeyConstraints: false }) author!: object;
}

@Entity()
class Room {
  @PrimaryColumn('text') house!: string;
  @PrimaryColumn('text') number!: string;
  @OneToMany(() => Bed, (bed) => bed.room) beds!: object[];
  @ManyToMany(() => Room) @JoinTable() doors!: object[];
}

@Entity()
class Bed {
  @PrimaryColumn('int') id!: number;
  @ManyToOne(() => Room, (room) => room.beds)
  @JoinColumn([
    { name: 'house', referencedColumnName: 'house' },
    { name: 'number', referencedColumnName: 'number' },
  ])
  room!: object;
}

@Entity()
class Tag {
  @PrimaryColumn('text') code!: string;
  @Column('text', { unique: true }) name!: string;
}

/** Its key is its tag. */
@Entity()
class Label {
  @PrimaryColumn('text') code!: string;
  @OneToOne(() => Tag) @JoinColumn({ name: 'code' }) tag!: object;
}

@Entity()
class Switch {
  @PrimaryColumn('boolean') on!: boolean;
}

@Entity()
class Node {
  @PrimaryColumn('int') id!: number;
  @Column('int') rank!: number;
  @ManyToOne(() => Node) parent!: object | null;
  @ManyToOne(() => Tag) tag!: object | null;
  @ManyToOne(() => Switch) state!: object | null;
  @ManyToMany(() => Tag) @JoinTable() tags!: object[];
}

const named = (objects: readonly ArchiveObject[]): unknown[] => objects.map(({ model, pk }) => [model, pk]);

describe('rows that TypeORM’s joins lose or confuse', () => {
  it('are those whose required relation has no row: they go out, as what dangles (T-16)', async () => {
    const journey = await setOut({
      entities: [Publisher, Author, Book],
      rows: `INSERT INTO author VALUES (1); INSERT INTO publisher VALUES (1);
        INSERT INTO book (id, "publisherId", "authorId") VALUES (1, 1, 1), (2, 1, 99)`,
    });
    try {
      const books = await journey.from.getRepository(Book).find({ relations: { author: true } });
      // The releases that still have Connection join it from the left.
      expect(books).to.have.length('Connection' in typeorm ? 2 : 1);

      expect(named(await journey.export(['publisher.1']))).to.deep.equal([
        ['public.author', 1],
        ['public.publisher', 1],
        ['public.book', 1],
        ['public.book', 2],
      ]);
      const warning = { kind: 'dangling-reference', severity: 'warning', on: 'public.book.2' };
      expect(journey.exported.findings[0]).to.include(warning);
      const { findings } = await journey.import();
      expect(findings[0]).to.include(warning);
      expect(await rowsOf(journey.target, ['book'])).to.deep.equal(await rowsOf(journey.source, ['book']));
    } finally {
      await journey.end();
    }
  });

  it('are those whose composite keys look alike when they are joined (T-17)', async () => {
    const journey = await setOut({
      entities: [Room, Bed],
      rows: `INSERT INTO room VALUES ('a_b', 'c'), ('a', 'b_c'), ('a,b', 'c'), ('a', 'b,c'), ('a', ''), ('', 'a');
        INSERT INTO bed (id, house, number) SELECT row_number() OVER (), house, number FROM room;
        INSERT INTO room_doors_room VALUES ('a_b', 'c', 'a', 'b_c'), ('a', 'b_c', 'a_b', 'c'), ('a', '', 'a,b', 'c')`,
    });
    try {
      const rooms = await journey.from.getRepository(Room).find({ relations: { beds: true } });
      expect(rooms.map(({ beds }) => beds.length).sort()).to.deep.equal([1, 1, 1, 1, 2]);

      const one = await journey.export(['room.house=a_b,number=c']);
      expect(named(one)).to.deep.equal([
        ['public.room', { house: 'a', number: 'b_c' }],
        ['public.room', { house: 'a_b', number: 'c' }],
        ['public.bed', 1],
      ]);
      const beds = await journey.export([1, 2, 3, 4, 5, 6].map((id) => `bed.${String(id)}`));
      expect(beds.filter(({ model }) => model === 'public.room')).to.have.length(6);
      await journey.export(
        ['a_b,number=c', 'a,number=b_c', 'a,number=', ',number=a', 'a,b,number=c', 'a,number=b,c'].map(
          (key) => `room.house=${key}`,
        ),
      );
      await journey.import();
      const tables = ['room', 'bed', 'room_doors_room'];
      expect(await rowsOf(journey.target, tables)).to.deep.equal(await rowsOf(journey.source, tables));
    } finally {
      await journey.end();
    }
  });

  it('are those whose keys are 0, empty or false (T-32)', async () => {
    const journey = await setOut({
      entities: [Tag, Label, Switch, Node],
      rows: `INSERT INTO tag VALUES ('', 'empty'), ('0', 'zero'); INSERT INTO switch VALUES (false), (true); INSERT INTO label VALUES (''), ('0');
        INSERT INTO node (id, rank, "parentId", "tagCode", "stateOn") VALUES (0, 0, 0, '', false), (1, 0, 0, '0', true), (2, 0, NULL, NULL, NULL);
        INSERT INTO node_tags_tag VALUES (0, ''), (0, '0'), (1, '')`,
    });
    try {
      const tags = journey.from.getRepository(Tag);
      expect((await tags.find({ order: { code: 'ASC' } })).map((tag) => tags.hasId(tag))).to.deep.equal([false, true]);

      const seeds = ['node.0', 'node.1', 'node.2', 'tag[code=]', 'tag.0', 'switch.false'];
      const objects = await journey.export(seeds);
      expect(named(objects)).to.deep.equal([
        ['public.switch', false],
        ['public.switch', true],
        ['public.tag', ''],
        ['public.tag', '0'],
        ['public.label', ''],
        ['public.label', '0'],
        ['public.node', 0],
        ['public.node', 1],
        ['public.node', 2],
      ]);
      expect(objects[6]?.fields).to.deep.equal({ parent: 0, rank: 0, state: false, tag: '', tags: ['', '0'] });
      expect(named(await journey.export(['switch.false']))).to.deep.include.members([['public.node', 0]]);
      expect(named(await journey.export(['node.0'], { follow: 'dependencies' }))).to.deep.equal([
        ['public.switch', false],
        ['public.tag', ''],
        ['public.node', 0],
      ]);
      await journey.export(seeds);
      await journey.import();
      const tables = ['tag', 'label', 'switch', 'node', 'node_tags_tag'];
      const rows = await rowsOf(journey.source, tables);
      expect(await rowsOf(journey.target, tables)).to.deep.equal(rows);

      await journey.target.query(
        `UPDATE node SET rank = 9, "parentId" = 1, "tagCode" = '0', "stateOn" = true; DELETE FROM node_tags_tag`,
      );
      const { conflicts } = await journey.import();
      expect(conflicts.map(({ inTheWay }) => inTheWay)).to.deep.equal(['public.node.0', 'public.node.1', 'public.node.2']);
      await journey.import({ onConflict: 'override' });
      expect(await rowsOf(journey.target, tables)).to.deep.equal(rows);
    } finally {
      await journey.end();
    }
  });

  it('are led to by those that stay at home or are proven the same, though their keys are 0, empty or false (T-32)', async () => {
    const journey = await setOut({
      entities: [Tag, Label, Switch, Node],
      rows: `INSERT INTO tag VALUES ('', 'empty'), ('0', 'zero'); INSERT INTO switch VALUES (false);
        INSERT INTO node (id, rank, "tagCode", "stateOn") VALUES (1, 0, '0', false); INSERT INTO node_tags_tag VALUES (1, '0')`,
    });
    try {
      await journey.export(['node.1']);
      // The tag of this name has the empty key here.
      await journey.target.query("INSERT INTO tag VALUES ('', 'zero')");
      await journey.import({ onConflict: 'skip' });
      expect(await rowsOf(journey.target, ['node', 'node_tags_tag'])).to.deep.equal({
        node: ['(1,0,,"",f)'],
        node_tags_tag: ['(1,"")'],
      });
      await journey.export(['node.1'], { shared: 'key' });
      await journey.target.query('TRUNCATE node CASCADE; DELETE FROM switch');
      const { conflicts } = await journey.import();
      expect(conflicts.map(({ object }) => object)).to.include.members(['public.tag.0', 'public.switch.false']);
    } finally {
      await journey.end();
    }
  });
});
