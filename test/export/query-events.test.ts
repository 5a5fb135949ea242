import { expect } from 'chai';
import type { DataSource } from 'typeorm';
import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { usualSizes } from '../../src/export/export-sizes.js';
import type { QueryEvent } from '../../src/index.js';
import { exportObjects } from '../../src/index.js';
import { dataSourceOf } from '../dialect/data-source.js';
import type { TestDatabase } from '../support/database.js';
import { createDatabase } from '../support/database.js';

@Entity()
class Box {
  @PrimaryColumn('text') id!: string;
}

@Entity()
class Note {
  @PrimaryColumn('int') id!: number;
  @Column('text') text!: string;
  @ManyToOne(() => Box) @JoinColumn({ name: 'box_id' }) box!: object;
}

const { unit } = usualSizes;
const canary = 'SECRET';

describe('onQuery of an export', function () {
  this.timeout(300_000);
  let database: TestDatabase;
  let dataSource: DataSource;
  before(async () => {
    database = await createDatabase({
      sql: `CREATE TABLE box (id text PRIMARY KEY);
        CREATE TABLE note (id int PRIMARY KEY, text text NOT NULL, box_id text NOT NULL REFERENCES box);
        INSERT INTO box VALUES ('${canary} key');
        INSERT INTO note SELECT 3 * n, '${canary} text', '${canary} key' FROM generate_series(1, ${String(unit + 1)}) n`,
    });
    dataSource = await dataSourceOf(database.url, { entities: [Box, Note] });
  });
  after(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  for (const jobs of [1, 2]) {
    it(`is told of each statement, with its rows and the time it was waited for (${String(jobs)} readers)`, async () => {
      const events: QueryEvent[] = [];
      const started = performance.now();
      // With a limit on depth, rows are read by their keys.
      const { statistics } = await exportObjects(dataSource, {
        objects: [`Box[id=${canary} key]`],
        ...{ dryRun: false, output: '/dev/null', force: true, jobs, maxDepth: 9 },
        onQuery: (event) => events.push(event),
      });
      const elapsed = performance.now() - started;
      // The result stands when the transactions end.
      const counted = events.filter(({ purpose }) => purpose !== 'ROLLBACK');
      expect(events.length - counted.length).to.equal(jobs);
      expect(counted).to.have.length(statistics.queries);
      expect(counted.reduce((sum, { rows }) => sum + rows, 0)).to.equal(statistics.rows);
      expect(events.every(({ milliseconds }) => milliseconds > 0)).to.equal(true);
      expect(events.reduce((sum, { milliseconds }) => sum + milliseconds, 0)).to.be.lessThan(jobs * elapsed);

      const read = events.filter(({ purpose, table }) => purpose === 'read rows by key' && table === 'public.note');
      expect(read.map(({ rows }) => rows)).to.have.members([unit, 1]);
      const found = events.filter(({ purpose, table }) => purpose === 'find rows by box_id' && table === 'public.note');
      expect(found.map(({ rows }) => rows)).to.deep.equal([unit + 1]);
      expect(JSON.stringify(events)).not.to.contain(canary);
    });
  }
});
