import { expect } from 'chai';
import { isbn10, isbn13 } from '../../demo-app/seed/isbn.js';
import { libraryRows } from '../../demo-app/seed/library-rows.js';
import { seedLibrary } from '../../demo-app/seed/seed-library.js';
import type { TestDatabase } from '../support/database.js';
import { createDatabase } from '../support/database.js';

describe('the seeded library', () => {
  let database: TestDatabase;
  let counts: Readonly<Record<string, number>>;

  before(async () => {
    database = await createDatabase();
    counts = await seedLibrary(database.url);
  });

  after(async () => {
    await database.drop();
  });

  async function count(sql: string): Promise<number> {
    const [row] = await database.query(`SELECT (${sql})::integer AS count`);
    return Number(row?.['count']);
  }

  it('is the same for the same seed, and another for another', () => {
    expect(libraryRows(1)).to.deep.equal(libraryRows(1));
    expect(libraryRows(1)).not.to.deep.equal(libraryRows(2));
  });

  it('has a few hundred rows in all fourteen tables', async () => {
    expect(Object.keys(counts)).to.have.length(14);
    for (const [table, rows] of Object.entries(counts)) {
      expect(rows, table).to.be.greaterThan(0);
      expect(await count(`SELECT count(*) FROM ${table}`), table).to.equal(rows);
    }
    expect(Object.values(counts).reduce((sum, rows) => sum + rows, 0)).to.be.within(300, 1000);
  });

  it('has an interesting book 4: author, language, genres, copies, and a reader who has two of them', async () => {
    expect(
      await count('SELECT count(*) FROM demoapp_book WHERE id = 4 AND author_id IS NOT NULL AND language_id IS NOT NULL'),
    ).to.equal(1);
    expect(await count('SELECT count(*) FROM demoapp_book_genre WHERE book_id = 4')).to.equal(3);
    expect(await count('SELECT count(*) FROM demoapp_bookinstance WHERE book_id = 4')).to.equal(6);
    expect(await count('SELECT count(DISTINCT borrower_id) FROM demoapp_bookinstance WHERE book_id = 4')).to.equal(3);
  });

  it('has what makes real data awkward', async () => {
    const awkward = {
      'books without author': 'SELECT count(*) FROM demoapp_book WHERE author_id IS NULL',
      'books without language': 'SELECT count(*) FROM demoapp_book WHERE language_id IS NULL',
      'books without genre':
        'SELECT count(*) FROM demoapp_book b WHERE NOT EXISTS (SELECT FROM demoapp_book_genre g WHERE g.book_id = b.id)',
      'copies without book': 'SELECT count(*) FROM demoapp_bookinstance WHERE book_id IS NULL',
      'readers without profile':
        'SELECT count(*) FROM auth_user u WHERE NOT EXISTS (SELECT FROM demoapp_profile p WHERE p.user_id = u.id)',
      'readers who never came back': 'SELECT count(*) FROM auth_user WHERE last_login IS NULL',
      microseconds: "SELECT count(*) FROM auth_user WHERE date_trunc('milliseconds', date_joined) <> date_joined",
      'births before our era': "SELECT count(*) FROM demoapp_author WHERE date_of_birth < '0001-01-01'",
      'old ISBNs': 'SELECT count(*) FROM demoapp_book WHERE length(isbn) = 10',
    };
    for (const [what, sql] of Object.entries(awkward)) expect(await count(sql), what).to.be.greaterThan(0);
  });

  it('leaves its sequences behind the greatest keys', async () => {
    const [row] = await database.query("INSERT INTO demoapp_genre (name) VALUES ('New') RETURNING id::integer");
    expect(row?.['id']).to.equal((counts['demoapp_genre'] ?? 0) + 1);
  });
});

describe('ISBN check digits', () => {
  it('are those of known books', () => {
    expect(isbn13('978030640615')).to.equal('9780306406157');
    expect(isbn10('030640615')).to.equal('0306406152');
    expect(isbn10('043942089')).to.equal('043942089X');
  });
});
