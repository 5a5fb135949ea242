import { expect } from 'chai';
import {
  AfterLoad,
  Column,
  DeleteDateColumn,
  Entity,
  EntitySchema,
  JoinColumn,
  JoinTable,
  ManyToMany,
  ManyToOne,
  OneToMany,
  PrimaryColumn,
  VirtualColumn,
} from 'typeorm';
import { rowsOf, setOut } from '../support/journey.js';

/** What of the application's own code ran. */
const ran: string[] = [];

const cipher = {
  to: (text: string) => {
    ran.push('to');
    return `<${text}>`;
  },
  from: (text: string) => {
    ran.push('from');
    return text.slice(1, -1);
  },
};

@Entity()
class Album {
  @PrimaryColumn('int') id!: number;
  @Column('text', { transformer: cipher }) title!: string;
  @Column('text', { select: false }) remark!: string;
  @DeleteDateColumn() gone!: Date | null;
  @VirtualColumn({ query: (alias) => `SELECT count(*) FROM song WHERE "albumId" = ${alias}.id` }) songCount!: number;
  @OneToMany(() => Song, (song) => song.album, { eager: true }) songs!: object[];
  @ManyToMany(() => Singer) @JoinTable() singers!: object[];

  @AfterLoad()
  loaded(): void {
    ran.push('loaded');
    this.remark = 'loaded';
  }
}

@Entity()
class Song {
  @PrimaryColumn('int') id!: number;
  @DeleteDateColumn() gone!: Date | null;
  @ManyToOne(() => Album, (album) => album.songs) album!: object;
  @ManyToOne(() => Singer, { lazy: true }) singer!: Promise<object>;
}

@Entity()
class Singer {
  @PrimaryColumn('int') id!: number;
  @DeleteDateColumn() gone!: Date | null;
}

@Entity()
class Row {
  @PrimaryColumn('int') hall!: number;
  @PrimaryColumn('int') number!: number;
}

/** Both rows stand in the same hall. */
@Entity()
class Ticket {
  @PrimaryColumn('int') id!: number;
  @ManyToOne(() => Row)
  @JoinColumn([
    { name: 'hall', referencedColumnName: 'hall' },
    { name: 'first', referencedColumnName: 'number' },
  ])
  first!: object;
  @ManyToOne(() => Row)
  @JoinColumn([
    { name: 'hall', referencedColumnName: 'hall' },
    { name: 'second', referencedColumnName: 'number' },
  ])
  second!: object;
}

// eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- TypeORM takes plain objects here
const Review = new EntitySchema<{ id: number; ticketId: number }>({
  name: 'Review',
  columns: { id: { type: Number, primary: true }, ticketId: { type: Number } },
});

describe('rows and columns that find() would not give as they are', () => {
  it('are soft-deleted, not selected, transformed, computed, loaded by themselves, unknown to the entity (T-12, T-14, T-15, T-18, T-19)', async () => {
    const journey = await setOut({
      entities: [Album, Song, Singer],
      dataSource: { typename: '__typename' },
      sql: 'ALTER TABLE album ADD mood text; ALTER TABLE album_singers_singer ADD since date',
      rows: `INSERT INTO singer VALUES (1, '2001-01-01'), (2, NULL);
        INSERT INTO album (id, title, remark, gone, mood) VALUES (1, 'plain', 'ours', NULL, 'blue'), (2, '<a>', 'ours', '2001-01-01', NULL);
        INSERT INTO song (id, gone, "albumId", "singerId") VALUES (1, '2001-01-01', 1, 1), (2, NULL, 1, 2), (3, NULL, 2, 1);
        INSERT INTO album_singers_singer VALUES (1, 1, '1999-12-31'), (1, 2, NULL)`,
    });
    try {
      ran.length = 0;
      const [found, ...others] = await journey.from.getRepository(Album).find({ relations: { singers: true } });
      expect(others).to.deep.equal([]);
      expect(found).to.deep.include({ title: 'lai', remark: 'loaded' });
      expect([found?.songs.length, found?.singers.length]).to.deep.equal([1, 1]);
      expect(ran).to.deep.equal(['from', 'loaded']);

      ran.length = 0;
      const objects = await journey.export(['album.1', 'album.2']);
      expect(objects.find(({ model, pk }) => model === 'public.album' && pk === 1)?.fields).to.deep.equal({
        gone: null,
        mood: 'blue',
        remark: 'ours',
        title: 'plain',
      });
      const findings = journey.exported.findings.map(({ kind, on }) => `${kind} ${on}`);
      expect(findings.sort()).to.deep.equal([
        'join-table-with-columns public.album_singers_singer',
        'transformed-column public.album.title',
        'unknown-column public.album.mood',
      ]);
      await journey.import();
      const tables = ['album', 'song', 'singer', 'album_singers_singer'];
      const rows = await rowsOf(journey.source, tables);
      expect(await rowsOf(journey.target, tables)).to.deep.equal(rows);
      await journey.target.query(
        "UPDATE album SET title = 'x', remark = 'x', gone = now(), mood = 'x'; UPDATE song SET gone = now()",
      );
      await journey.import({ onConflict: 'override' });
      expect(await rowsOf(journey.target, tables)).to.deep.equal(rows);
      expect(ran).to.deep.equal([]);
    } finally {
      await journey.end();
    }
  });

  it('refer to others across EntitySchema and class, or by a column that two references share (T-20, T-21)', async () => {
    const journey = await setOut({
      entities: [Row, Ticket, Review],
      rows: `INSERT INTO row VALUES (1, 1), (1, 2), (2, 1), (2, 2); INSERT INTO ticket VALUES (1, 1, 1, 2), (2, 2, 2, NULL), (3, 2, 1, 1);
        INSERT INTO review VALUES (1, 1), (2, 2), (3, 1)`,
    });
    try {
      const policy = { references: [{ from: 'Review.ticketId', to: 'Ticket' }] };
      const named = async (object: string): Promise<unknown> =>
        (await journey.export([object], { policy })).map(({ model, pk }) => `${model} ${JSON.stringify(pk)}`);
      expect(await named('ticket.1')).to.deep.equal([
        'public.row {"hall":1,"number":1}',
        'public.row {"hall":1,"number":2}',
        'public.ticket 1',
        'public.review 1',
        'public.review 3',
      ]);
      expect(await named('review.2')).to.deep.equal(['public.row {"hall":2,"number":2}', 'public.ticket 2', 'public.review 2']);
      await journey.export(['ticket.1', 'ticket.2', 'ticket.3'], { policy });
      await journey.import({ policy });
      const tables = ['row', 'ticket', 'review'];
      expect(await rowsOf(journey.target, tables)).to.deep.equal(await rowsOf(journey.source, tables));
    } finally {
      await journey.end();
    }
  });
});
