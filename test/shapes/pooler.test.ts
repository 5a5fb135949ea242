import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { Column, DataSource, Entity, ManyToOne, PrimaryGeneratedColumn } from 'typeorm';
import { exportInSizes } from '../../src/export/export-objects.js';
import { usualSizes } from '../../src/export/export-sizes.js';
import { exportObjects, importObjects } from '../../src/index.js';
import { project } from '../source/project.js';
import type { Journey } from '../support/journey.js';
import { rowsOf, setOut } from '../support/journey.js';
import { run } from '../support/run.js';
import type { TransactionPooler } from '../../bench/shapes/transaction-pooler.js';
import { startPooler } from '../../bench/shapes/transaction-pooler.js';

@Entity()
class Shelf {
  @PrimaryGeneratedColumn() id!: number;
  @Column('timestamptz') made!: Date;
}

@Entity()
class Book {
  @PrimaryGeneratedColumn() id!: number;
  @Column('text') title!: string;
  @ManyToOne(() => Shelf) shelf!: object;
}

const entities = [Shelf, Book];
const objects = ['shelf.1'];

describe('a pooler in transaction mode', () => {
  let journey: Journey;
  const open: (TransactionPooler | DataSource)[] = [];

  before(async () => {
    journey = await setOut({
      entities,
      rows: `INSERT INTO shelf (made) VALUES ('2020-01-01 12:00:00.123456+03'), (now());
        INSERT INTO book (title, "shelfId") SELECT 'Book ' || i, i % 2 + 1 FROM generate_series(1, 2000) i`,
    });
    // What a session has outside of our transactions must not matter.
    for (const database of [journey.source, journey.target]) {
      const { name } = database;
      await database.query(
        `ALTER DATABASE "${name}" SET timezone TO 'Asia/Tokyo'; ALTER DATABASE "${name}" SET datestyle TO 'SQL, DMY'`,
      );
    }
  });
  afterEach(async () => {
    for (const one of open.splice(0).reverse())
      await ('close' in one && !('manager' in one) ? one.close() : (one as DataSource).destroy());
  });
  after(() => journey.end());

  const through = async (url: string, size: number, patience?: number): Promise<[DataSource, TransactionPooler]> => {
    const pooler = await startPooler(url, size, patience);
    const dataSource = new DataSource({ type: 'postgres', url: pooler.url, entities });
    open.push(pooler, dataSource);
    return [await dataSource.initialize(), pooler];
  };

  it('loses what a session sets between two transactions: this one does', async () => {
    const [source] = await through(journey.source.url, 3);
    await source.query("SET application_name TO 'kept'");
    expect(await source.query('SHOW application_name')).to.not.deep.equal([{ application_name: 'kept' }]);
  });

  it('is exported through by several readers, each transaction on another connection, as the same bytes', async () => {
    const direct = await journey.export(objects);
    const bytes = readFileSync(journey.archive, 'utf8');
    const [source, { served }] = await through(journey.source.url, 4);
    const sizes = { ...usualSizes, unit: 100 };
    await exportInSizes(source, { objects, output: journey.archive, force: true, reproducible: true, jobs: 3 }, sizes);
    expect(readFileSync(journey.archive, 'utf8')).to.equal(bytes);
    expect(direct.length).to.equal(1001);
    expect(served.filter((count) => count > 0).length).to.equal(4);
  });

  it('is imported through, sequences and all, and a second time without a change', async () => {
    await journey.export(objects);
    const [target] = await through(journey.target.url, 3);
    const first = await importObjects(target, { archive: journey.archive });
    expect(first.plan.insert).to.deep.equal({ 'public.book': 1000, 'public.shelf': 1 });
    const second = await importObjects(target, { archive: journey.archive });
    expect(second.plan.same).to.deep.equal({ 'public.book': 1000, 'public.shelf': 1 });
    const books = await rowsOf(journey.source, ['(SELECT * FROM book WHERE "shelfId" = 1)']);
    expect(Object.values(await rowsOf(journey.target, ['(SELECT * FROM book)']))).to.deep.equal(Object.values(books));
    await target.query('INSERT INTO book (title, "shelfId") VALUES (\'next\', 1)');
  });

  it('that has one connection only is exported through by one reader, which is told; several that are asked for fail', async () => {
    const [source] = await through(journey.source.url, 1, 300);
    const sizes = { ...usualSizes, unit: 100, jobs: 3 };
    const options = { objects, output: journey.archive, force: true };
    const { total, findings } = await exportInSizes(source, options, sizes);
    expect(total).to.equal(1001);
    const told = findings.filter(({ kind }) => kind === 'fewer-readers');
    expect(told.map(({ severity, on }) => [severity, on])).to.deep.equal([['note', 'jobs']]);
    const failure = await exportObjects(source, { ...options, jobs: 3 }).catch((error: unknown) => error);
    expect(failure).to.include({ code: 'CONNECTION_LOST' });
    expect((await exportObjects(source, { ...options, jobs: 1 })).total).to.equal(1001);
  });

  it('that does not take startup parameters is told, and what to leave out', async () => {
    const pooler = await startPooler(journey.source.url, 1);
    open.push(pooler);
    const config = `import { DataSource, EntitySchema } from 'typeorm';
      export default new DataSource({ type: 'postgres', url: ${JSON.stringify(pooler.url)}, extra: { options: '-c geqo=off' }, entities: [
        new EntitySchema({ name: 'Shelf', tableName: 'shelf', columns: { id: { type: 'int', primary: true } } }),
      ] });`;
    const { folder, remove } = project({ 'package.json': '{ "type": "module" }', 'ormconfig.js': config });
    try {
      for (const words of [
        ['export', 'Shelf.1', '-o', 'out.json'],
        ['import', journey.archive],
      ]) {
        const { code, stderr } = await run('portolan', words, { cwd: folder });
        expect(stderr).to.contain('a pooler does not take the startup parameter "options"');
        expect(stderr).to.contain('ignore_startup_parameters');
        expect(code).to.equal(1);
      }
    } finally {
      remove();
    }
  });
});
