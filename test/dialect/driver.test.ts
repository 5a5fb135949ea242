import { setTimeout } from 'node:timers/promises';
import { Writable } from 'node:stream';
import { expect } from 'chai';
import { Column, Entity, ManyToOne, PrimaryColumn } from 'typeorm';
import { exportObjects } from '../../src/index.js';
import { failureOf } from '../support/failure.js';
import { rowsOf, setOut } from '../support/journey.js';

@Entity()
class Note {
  @PrimaryColumn('text') text!: string;
  @ManyToOne(() => Note) parent!: object | null;
}

@Entity()
class Book {
  @PrimaryColumn('int') id!: number;
}

@Entity()
class Page {
  @PrimaryColumn('int') id!: number;
  @ManyToOne(() => Book) book!: object;
  @Column('text') text!: string;
}

const texts = [':name', ':...names', '$1', '{a,b}', '[1]', '?', "'; DROP TABLE note; --", 'a\\b', '"', '%s', '@x', 'NULL', '\\N'];

describe('what the driver and TypeORM do to statements', () => {
  it('is not done to keys and values that look like parameters, arrays or statements (T-33)', async () => {
    const values = texts.map((text) => `('${text.replaceAll("'", "''")}', NULL)`).join(', ');
    const journey = await setOut({
      entities: [Note],
      rows: `INSERT INTO note VALUES ${values}; UPDATE note SET "parentText" = ':name' WHERE text <> ':name'`,
    });
    try {
      const { from } = journey;
      const count = from.getRepository(Note).createQueryBuilder('n').where("n.text = ':name'", { name: 'x' });
      expect(await failureOf(count.getCount()))
        .to.have.property('message')
        .that.contains('bind message');
      expect(await from.query('SELECT $1::text AS text', [['a', 'b']])).to.deep.equal([{ text: '{"a","b"}' }]);

      for (const text of texts) {
        const objects = await journey.export([`note.${text}`, `public.Note.${text}`, `Note[text=${text}]`], {
          follow: 'dependencies',
        });
        expect(objects.map(({ pk }) => pk)).to.include(text);
      }
      const children = await journey.export(['note.:name'], {
        policy: { follow: { 'public.note.parent': { where: "text NOT IN (':name', '$1', '?')" } } },
      });
      expect(children).to.have.length(texts.length - 2);
      expect(await journey.export(['note.:name'])).to.have.length(texts.length);
      await journey.import();
      await journey.import({ onConflict: 'override' });
      expect(await rowsOf(journey.target, ['note'])).to.deep.equal(await rowsOf(journey.source, ['note']));
    } finally {
      await journey.end();
    }
  });

  it('is no stream: COPY gives rows at the pace of their reader, of one state, in a transaction that ends after them (T-38)', async () => {
    const journey = await setOut({
      entities: [Book, Page],
      rows: "INSERT INTO book VALUES (1); INSERT INTO page SELECT i, repeat('x', 1000), 1 FROM generate_series(1, 20000) i",
    });
    const chunks: Buffer[] = [];
    const output = new Writable({
      highWaterMark: 1,
      write: (chunk: Buffer, _encoding, done) => {
        chunks.push(chunk);
        // Somebody takes the rows away when the first bytes have arrived.
        const meanwhile = chunks.length === 1 ? journey.source.query('DELETE FROM page') : setTimeout(5);
        void meanwhile.then(() => {
          done();
        });
      },
    });
    try {
      expect(await failureOf(journey.from.getRepository(Page).createQueryBuilder('p').stream()))
        .to.have.property('message')
        .that.contains('pg-query-stream');
      const { total } = await exportObjects(journey.from, { objects: ['book.1'], output });
      expect(total).to.equal(20_001);
      expect(chunks.length).to.be.greaterThan(20);
      const objects = Buffer.concat(chunks)
        .toString()
        .split('\n')
        .filter((line) => line.startsWith('{"fields"'));
      expect(objects).to.have.length(20_001);
    } finally {
      await journey.end();
    }
  });
});
