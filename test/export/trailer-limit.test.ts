import { Writable } from 'node:stream';
import { expect } from 'chai';
import { DataSource } from 'typeorm';
import { createArchiveWriter } from '../../src/archive/archive-writer.js';
import type { ArchiveTrailer } from '../../src/archive/archive.js';
import { createRowReader } from '../../src/dialect/postgres/row-reader.js';
import { prepare } from '../../src/export/prepare.js';
import type { TrailerLists } from '../../src/export/trailer-lists.js';
import { trailerLists } from '../../src/export/trailer-lists.js';
import { exportObjects } from '../../src/index.js';
import { Course } from '../../src/course.js';
import type { TestDatabase } from '../support/database.js';
import { createDatabase } from '../support/database.js';
import { failureOf } from '../support/failure.js';

const policy = { models: { author: { naturalKey: ['name'] }, book: {} }, references: [{ from: 'book.twin', to: 'book' }] };
const options = { objects: ['book.1'], policy, shared: 'key' } as const;
const refused = { code: 'TRAILER_TOO_LONG', exitCode: 3 };

describe('rows that stay at home', () => {
  let database: TestDatabase;
  let dataSource: DataSource;

  before(async () => {
    database = await createDatabase({
      sql: `CREATE TABLE author (id int PRIMARY KEY, name text UNIQUE, boss int REFERENCES author);
        CREATE TABLE book (id int PRIMARY KEY, author int REFERENCES author, twin int);
        INSERT INTO author VALUES (1, 'Ada'), (2, 'Zoë'); INSERT INTO book VALUES (1, 1, 77)`,
    });
    dataSource = await new DataSource({ type: 'postgres', url: database.url, entities: [] }).initialize();
  });

  after(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  async function lists(limit: number): Promise<TrailerLists> {
    const { session, schema, taken } = await prepare(dataSource, options, new Course([]));
    try {
      return await trailerLists({ schema, closure: taken.closure }, createRowReader(session), limit);
    } finally {
      await session.close();
    }
  }

  it('are listed with what dangles as long as they fit into one line of the archive, to the byte', async () => {
    const { external, dangling } = await lists(10_000);
    expect(external).to.deep.equal([{ model: 'public.author', pk: 1, naturalKey: { name: 'Ada' } }]);
    expect(dangling).to.deep.equal([{ object: 'public.book.1', reference: 'public.book.twin' }]);
    const size = [...external, ...dangling].reduce((sum, one) => sum + Buffer.byteLength(JSON.stringify(one)) + 1, 0);
    await lists(size);
    const error = (await failureOf(lists(size - 1))) as Error;
    expect(error).to.include(refused);
    expect(error.message).to.contain(`more than the ${String(size - 1)} bytes`);
  });

  it('are refused before a byte is written where they do not fit, in a dry run too', async function () {
    this.timeout(300_000);
    await database.query(
      `ALTER TABLE author DROP CONSTRAINT author_name_key;
       INSERT INTO author SELECT n, repeat('x', 1000000) FROM generate_series(10, 150) n;
       INSERT INTO book SELECT n, n, NULL FROM generate_series(10, 150) n`,
    );
    let bytes = 0;
    const output = new Writable({
      write(chunk: Buffer, _, done) {
        bytes += chunk.length;
        done();
      },
    });
    const asked = { ...options, objects: ['book.1', ...Array.from({ length: 141 }, (_, at) => `book.${String(at + 10)}`)] };
    expect(await failureOf(exportObjects(dataSource, { ...asked, output }))).to.include(refused);
    expect(bytes).to.equal(0);
    expect(await failureOf(exportObjects(dataSource, { ...asked, dryRun: true }))).to.include(refused);
  });

  it('never make a line that no reader takes, whoever writes it', async () => {
    const output = new Writable({
      write: (_chunk, _, done) => {
        done();
      },
    });
    const writer = await createArchiveWriter({ output, header: {} as never, force: false });
    const external = [{ model: 'x', pk: 'x'.repeat(129 << 20), naturalKey: {} }];
    const trailer: Omit<ArchiveTrailer, 'sha256'> = { objects: {}, links: {}, total: 0, external, dangling: [], leftOut: [] };
    expect(await failureOf(writer.finish(trailer))).to.include(refused);
    await writer.abort();
  });
});
