import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { DataSource } from 'typeorm';
import { libraryDataSource } from '../../demo-app/library-data-source.js';
import { librarySchema } from '../../demo-app/library-schema.js';
import { seedLibrary } from '../../demo-app/seed/seed-library.js';
import { policy } from '../../portolan.policy.js';
import { exportObjects, importObjects } from '../../src/index.js';
import type { TestDatabase } from '../support/database.js';
import { createDatabase } from '../support/database.js';

describe('a book that moves', () => {
  let source: TestDatabase;
  let target: TestDatabase;
  let from: DataSource;
  let to: DataSource;
  let folder: string;
  let archive: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'portolan-move-'));
    archive = join(folder, 'book.json');
    source = await createDatabase();
    await seedLibrary(source.url);
    from = await libraryDataSource(source.url).initialize();
    await exportObjects(from, { objects: ['demoapp.Book.4'], output: archive, policy, reproducible: true });
  });

  after(async () => {
    await from.destroy();
    await source.drop();
    rmSync(folder, { recursive: true });
  });

  beforeEach(async () => {
    target = await createDatabase({ sql: librarySchema });
    to = await libraryDataSource(target.url).initialize();
  });

  afterEach(async () => {
    await to.destroy();
    await target.drop();
  });

  it('arrives in an empty database, and leaves it as the same bytes', async () => {
    const result = await importObjects(to, { archive, policy });
    expect(result.status).to.equal('done');
    const again = join(folder, 'again.json');
    await exportObjects(to, { objects: ['demoapp.Book.4'], output: again, policy, reproducible: true, force: true });
    expect(readFileSync(again, 'utf8')).to.equal(readFileSync(archive, 'utf8'));
  });

  it('is all `same` in its own database, and when it is imported twice', async () => {
    const home = await importObjects(from, { archive, policy, dryRun: true });
    expect(home.status).to.equal('planned');
    expect(home.plan.insert).to.deep.equal({});
    expect(home.links.insert).to.deep.equal({});
    await importObjects(to, { archive, policy });
    const twice = await importObjects(to, { archive, policy });
    expect(twice.plan.insert).to.deep.equal({});
    expect(Object.keys(twice.plan.same)).to.include('demoapp.book');
  });

  it('changes nothing in a dry run, sequences included (T-25)', async () => {
    const state = async (): Promise<unknown> => ({
      books: await target.query('SELECT count(*) FROM demoapp_book'),
      links: await target.query('SELECT count(*) FROM demoapp_book_genre'),
      books_sequence: await target.query('SELECT last_value, is_called FROM demoapp_book_id_seq'),
      links_sequence: await target.query('SELECT last_value, is_called FROM demoapp_book_genre_id_seq'),
    });
    const before = await state();
    const result = await importObjects(to, { archive, policy, dryRun: true });
    expect(result.status).to.equal('planned');
    expect(result.plan.insert['demoapp.book']).to.equal(1);
    expect(await state()).to.deep.equal(before);
  });

  it('moves the sequences beyond what it brought, once it is committed (T-25)', async () => {
    await importObjects(to, { archive, policy });
    const [next] = await target.query("SELECT nextval('demoapp_book_id_seq') AS value");
    expect(next?.['value']).to.equal('5');
  });

  it('is refused, with each conflict listed, where a different row has its key', async () => {
    await importObjects(to, { archive, policy });
    await target.query("UPDATE demoapp_book SET title = 'Another' WHERE id = 4");
    const result = await importObjects(to, { archive, policy });
    expect(result.status).to.equal('refused');
    expect(result.conflicts).to.deep.equal([
      {
        object: 'demoapp.book.4',
        reason: 'primary-key',
        constraint: 'demoapp_book_pkey',
        columns: ['title'],
        inTheWay: 'demoapp.book.4',
      },
    ]);
  });

  it('overwrites only what differs when it is told to', async () => {
    await importObjects(to, { archive, policy });
    await target.query("UPDATE demoapp_book SET title = 'Another' WHERE id = 4");
    await target.query("UPDATE auth_user SET password = 'theirs'");
    const result = await importObjects(to, { archive, policy, onConflict: 'override' });
    expect(result.status).to.equal('done');
    expect(result.plan.update).to.deep.equal({ 'demoapp.book': 1 });
    const [book] = await target.query('SELECT title FROM demoapp_book WHERE id = 4');
    expect(book?.['title']).not.to.equal('Another');
    const passwords = await target.query('SELECT DISTINCT password FROM auth_user');
    expect(passwords).to.deep.equal([{ password: 'theirs' }]);
  });

  it('leaves out what collides, and what needs that, when it is told to skip', async () => {
    await importObjects(to, { archive, policy });
    await target.query('DELETE FROM demoapp_bookinstance');
    await target.query("UPDATE demoapp_book SET title = 'Another', isbn = '0' WHERE id = 4");
    const result = await importObjects(to, { archive, policy, onConflict: 'skip' });
    expect(result.status).to.equal('done');
    expect(result.plan.skip['demoapp.book']).to.equal(1);
    expect(result.plan.skip['demoapp.bookinstance']).to.be.greaterThan(0);
    expect(await target.query('SELECT * FROM demoapp_bookinstance')).to.deep.equal([]);
  });

  it('is refused where another row has its unique columns', async () => {
    const [book] = await source.query('SELECT isbn FROM demoapp_book WHERE id = 4');
    await target.query("INSERT INTO demoapp_book (id, title, summary, isbn) VALUES (99, '', '', $1)", [book?.['isbn']]);
    const result = await importObjects(to, { archive, policy });
    expect(result.status).to.equal('refused');
    expect(result.conflicts).to.deep.equal([
      {
        object: 'demoapp.book.4',
        reason: 'unique',
        constraint: 'demoapp_book_isbn_key',
        columns: ['isbn'],
        inTheWay: 'demoapp.book.99',
        plain: true,
      },
    ]);
  });

  it('gives new users a password that nobody knows', async () => {
    await importObjects(to, { archive, policy });
    const users = await target.query('SELECT password FROM auth_user');
    const passwords = new Set(users.map((user) => user['password']));
    expect(passwords.size).to.equal(users.length);
    for (const password of passwords) expect(password).to.have.length.at.least(22);
  });
});
