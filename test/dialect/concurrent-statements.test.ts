import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { Column, Entity, ManyToOne, PrimaryColumn } from 'typeorm';
import { project } from '../source/project.js';
import { rowsOf, setOut } from '../support/journey.js';
import { run } from '../support/run.js';

@Entity()
class Shelf {
  @PrimaryColumn('int') id!: number;
}

@Entity()
class Book {
  @PrimaryColumn('int') id!: number;
  @Column('int') place!: number;
  @ManyToOne(() => Shelf) shelf!: object;
  @ManyToOne(() => Book) sequel!: object | null;
}

const config = `import { DataSource, EntitySchema } from 'typeorm';
  const id = { type: 'int', primary: true };
  export default new DataSource({ type: 'postgres', entities: [
    new EntitySchema({ name: 'Shelf', tableName: 'shelf', columns: { id } }),
    new EntitySchema({ name: 'Book', tableName: 'book', columns: { id, place: { type: 'int' } } }),
  ] });`;

/** The driver warns of a third statement that is waiting. */
const three = `import pg from 'pg';
  const client = new pg.Client(process.argv[2]);
  await client.connect();
  await Promise.all([client.query('SELECT 1'), client.query('SELECT 2'), client.query('SELECT 3')]);
  await client.end();`;

describe('a connection', () => {
  it('is never given a second statement while it works on one (T-39)', async () => {
    const journey = await setOut({
      entities: [Shelf, Book],
      rows: `INSERT INTO shelf VALUES (1); INSERT INTO book SELECT i, i, 1, nullif(i - 1, 0) FROM generate_series(1, 3000) i`,
    });
    const { folder, remove } = project({ 'package.json': '{ "type": "module" }', 'ormconfig.js': config, 'three.js': three });
    try {
      const control = await promisify(execFile)(process.execPath, [join(folder, 'three.js'), journey.source.url]);
      expect(control.stderr).to.contain('already executing a query');

      const archive = join(folder, 'shelf.json');
      for (const [program, words] of [
        ['exportobjects', ['Shelf.1', '-o', archive, '--jobs', '3', '--url', journey.source.url]],
        ['importobjects', [archive, '--url', journey.target.url]],
      ] as const) {
        const { code, stderr } = await run(program, words, { cwd: folder });
        expect(stderr).not.to.contain('Warning');
        expect(code).to.equal(0);
      }
      expect(await rowsOf(journey.target, ['book'])).to.deep.equal(await rowsOf(journey.source, ['book']));
    } finally {
      await journey.end();
      remove();
    }
  });
});
