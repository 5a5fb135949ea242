import { expect } from 'chai';
import { DataSource, Entity, PrimaryColumn } from 'typeorm';
import { exportObjects, importObjects } from '../../src/index.js';
import { failureOf } from '../support/failure.js';
import { setOut } from '../support/journey.js';

@Entity()
class Book {
  @PrimaryColumn('bigint') id!: string;
}

describe('other databases', () => {
  // SQLite rounds integers beyond 2^53, and its columns hold values of any type.
  it('are refused before they are opened (T-13)', async () => {
    const opened: unknown[] = [];
    class Driver {
      constructor(path: string) {
        opened.push(path);
      }
    }
    const sqlite = new DataSource({ type: 'better-sqlite3', database: ':memory:', driver: Driver, entities: [Book] });
    const journey = await setOut({ entities: [Book], rows: 'INSERT INTO book VALUES (9007199254740993)' });
    try {
      await journey.export(['book.9007199254740993']);
      for (const work of [
        () => exportObjects(sqlite, { objects: ['book.9007199254740993'], dryRun: true }),
        () => importObjects(sqlite, { archive: journey.archive }),
      ]) {
        const error = await failureOf(work());
        expect(error).to.include({ code: 'UNSUPPORTED_DATABASE', exitCode: 2 });
        expect(error).to.have.property('message').that.contains('better-sqlite3');
      }
      expect(opened).to.deep.equal([]);
    } finally {
      await journey.end();
    }
  });
});
