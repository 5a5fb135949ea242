import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import type { ImportResult } from '../../src/index.js';
import { brokenForeignKeys } from '../support/broken-foreign-keys.js';
import { failureOf } from '../support/failure.js';
import { heldUp } from './held-up.js';
import type { Move } from './move.js';
import { move } from './move.js';

const sql = `CREATE TABLE author (id serial PRIMARY KEY, email text UNIQUE);
  CREATE TABLE book (id int, author int REFERENCES author, PRIMARY KEY (id)) PARTITION BY RANGE (id);
  CREATE TABLE few PARTITION OF book FOR VALUES FROM (0) TO (50)`;
const source = "INSERT INTO author VALUES (7, 'ada@x'); INSERT INTO book VALUES (4, 7), (5, 7)";
const rooms = 'CREATE TABLE room (id int PRIMARY KEY); INSERT INTO room VALUES (5)';
/** The archive knows nothing of rooms, nor does what plans the import. */
const inRoom = `${rooms}; ALTER TABLE book ADD room int DEFAULT 5 CONSTRAINT lives REFERENCES room`;
const policy = { models: { author: {}, book: {} } };
/** What the import has to wait for when it writes its first row, and goes on when that is taken back. */
const sameEmail = "SAVEPOINT before; INSERT INTO author VALUES (9, 'ada@x')";

describe('another writer while foreign keys are checked set by set', () => {
  let moved: Move;

  async function begin(target: string): Promise<void> {
    moved = await move({ sql, source, target, policy, objects: ['author.7'] });
  }

  afterEach(async () => {
    expect(await brokenForeignKeys(moved.target)).to.deep.equal([]);
    await moved.close();
  });

  const bulk = (): Promise<ImportResult> => moved.import({ bulkConstraints: true });

  it('who removes a row that is referenced, after the import began, refuses it', async () => {
    await begin(inRoom);
    const work = heldUp(moved.target, sameEmail, bulk, (other) => other.query('ROLLBACK TO SAVEPOINT before; DELETE FROM room'));
    expect(await failureOf(work)).to.include({ code: 'CONCURRENT_CHANGE', exitCode: 3 });
    expect([await moved.rows('book'), await moved.rows('room')]).to.deep.equal([[], []]);
  });

  it('who removes one when all is checked waits for the commit, and may not', async () => {
    await begin(inRoom);
    let removal: Promise<unknown> = Promise.resolve();
    // The import waits to move the sequence: the last thing that it does.
    const { status } = await heldUp(moved.target, "SELECT nextval('author_id_seq')", bulk, async () => {
      removal = failureOf(moved.target.query('DELETE FROM room'));
      removal.catch(() => undefined);
      await setTimeout(500);
    });
    expect(status).to.equal('done');
    expect(await removal).to.include({ code: '23503' });
    expect([await moved.rows('book'), await moved.rows('room')].map((rows) => rows.length)).to.deep.equal([2, 1]);
  });

  it('who removes a row that nothing refers to may', async () => {
    await begin(`${inRoom}; INSERT INTO room VALUES (6)`);
    const { status } = await heldUp(moved.target, "SELECT nextval('author_id_seq')", bulk, () =>
      moved.target.query('DELETE FROM room WHERE id = 6'),
    );
    expect(status).to.equal('done');
  });

  it('who adds a foreign key before the import began is waited for: it holds for what is written', async () => {
    await begin(`${rooms}; ALTER TABLE book ADD room int DEFAULT 8`);
    const { status, conflicts } = await heldUp(
      moved.target,
      'ALTER TABLE book ADD CONSTRAINT lives FOREIGN KEY (room) REFERENCES room',
      bulk,
    );
    expect([status, conflicts.map(({ constraint }) => constraint)]).to.deep.equal(['refused', ['lives']]);
    expect(await moved.rows('book')).to.deep.equal([]);
  });

  it('who adds one while the import runs waits for its end, and is told what does not hold', async () => {
    await begin(`${rooms}; ALTER TABLE book ADD room int DEFAULT 8`);
    let added: Promise<unknown> = Promise.resolve();
    const { status } = await heldUp(moved.target, sameEmail, bulk, async (other) => {
      added = failureOf(moved.target.query('ALTER TABLE book ADD CONSTRAINT lives FOREIGN KEY (room) REFERENCES room'));
      added.catch(() => undefined);
      await setTimeout(500);
      await other.query('ROLLBACK TO SAVEPOINT before');
    });
    expect(status).to.equal('done');
    expect(await added).to.include({ code: '23503' });
  });

  it('who attaches a partition meanwhile refuses it: what the partition asks of rows is not known', async () => {
    // To attach one to a table that has foreign keys itself takes a lock on their parents, for which the import is waited for.
    await begin(`ALTER TABLE book DROP CONSTRAINT book_author_fkey; ALTER TABLE few ADD FOREIGN KEY (author) REFERENCES author;
      CREATE TABLE many (id int NOT NULL, author int REFERENCES author)`);
    const attach = 'ALTER TABLE book ATTACH PARTITION many FOR VALUES FROM (50) TO (99)';
    const work = heldUp(moved.target, sameEmail, bulk, async (other) => {
      await moved.target.query(attach);
      await other.query('ROLLBACK TO SAVEPOINT before');
    });
    expect(await failureOf(work)).to.include({ code: 'CONCURRENT_CHANGE', exitCode: 3 });
    expect(await moved.rows('book')).to.deep.equal([]);
  });
});
