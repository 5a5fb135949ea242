import { expect } from 'chai';
import { Column, DataSource, Entity, ManyToOne, PrimaryColumn } from 'typeorm';
import { exportObjects, importObjects } from '../../src/index.js';
import type { TestDatabase } from '../support/database.js';
import { createDatabase } from '../support/database.js';
import { rowsOf, setOut } from '../support/journey.js';

@Entity()
class Shelf {
  @PrimaryColumn('int') id!: number;
}

@Entity()
class Book {
  @PrimaryColumn('int') id!: number;
  @Column('text') title!: string;
  @ManyToOne(() => Shelf) shelf!: object;
}

/** A data source whose replica is behind: it has the tables, and no row. */
function behind(master: TestDatabase, replica: TestDatabase): Promise<DataSource> {
  return new DataSource({
    type: 'postgres',
    entities: [Shelf, Book],
    replication: { master: { url: master.url }, slaves: [{ url: replica.url }] },
  }).initialize();
}

describe('a replica that is behind', () => {
  it('is read neither by an export nor by an import (T-37)', async () => {
    const journey = await setOut({
      entities: [Shelf, Book],
      rows: "INSERT INTO shelf VALUES (1); INSERT INTO book VALUES (1, 'one', 1), (2, 'two', 1)",
    });
    const replica = await createDatabase();
    const tables = await new DataSource({
      type: 'postgres',
      url: replica.url,
      entities: [Shelf, Book],
      synchronize: true,
    }).initialize();
    await tables.destroy();
    const from = await behind(journey.source, replica);
    const to = await behind(journey.target, replica);
    try {
      expect(await from.getRepository(Book).find()).to.deep.equal([]);

      const exported = await exportObjects(from, { objects: ['shelf.1'], output: journey.archive, jobs: 3 });
      expect(exported.objects).to.deep.equal({ 'public.book': 2, 'public.shelf': 1 });
      await importObjects(to, { archive: journey.archive });
      const { plan } = await importObjects(to, { archive: journey.archive });
      expect(plan.same).to.deep.equal({ 'public.book': 2, 'public.shelf': 1 });
      expect(await rowsOf(journey.target, ['book'])).to.deep.equal(await rowsOf(journey.source, ['book']));
      expect(await rowsOf(replica, ['book', 'shelf'])).to.deep.equal({ book: [], shelf: [] });
    } finally {
      await from.destroy();
      await to.destroy();
      await journey.end();
      await replica.drop();
    }
  });
});
