import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { policy } from '../../portolan.policy.js';
import type { UndoResult } from '../../src/index.js';
import { exportObjects, importObjects, undoJournal } from '../../src/index.js';
import type { LibraryMove } from '../import/library-move.js';
import { failureIfAny, libraryMove } from '../import/library-move.js';
import { rowsOf } from '../support/journey.js';

const tables = ['demoapp_book', 'demoapp_bookinstance', 'demoapp_author', 'demoapp_genre', 'demoapp_book_genre', 'auth_user'];

describe('undoJournal', function () {
  this.timeout(300_000);
  let library: LibraryMove;
  let journal: string;
  let archive: string;

  before(async () => {
    library = await libraryMove();
    [archive, journal] = [join(library.folder, 'book.json'), join(library.folder, 'journal')];
    await exportObjects(library.from, { objects: ['demoapp.Book.4'], output: archive, policy });
  });

  beforeEach(async () => {
    await library.target.query('TRUNCATE demoapp_book, demoapp_author, demoapp_genre, demoapp_language, auth_user CASCADE');
    await importObjects(library.to, { archive, policy, journal });
  });

  after(() => library.close());

  const undo = (more: { readonly dryRun?: boolean } = {}): Promise<UndoResult> =>
    undoJournal(library.to, { journal, policy, ...more });

  it('takes back rows and links of an import; a dry run changes nothing', async () => {
    const imported = await rowsOf(library.target, tables);
    expect(imported['demoapp_book_genre']).to.have.length(3);
    expect((await undo({ dryRun: true })).status).to.equal('planned');
    expect(await rowsOf(library.target, tables)).to.deep.equal(imported);
    const { status, plan } = await undo();
    expect(status).to.equal('done');
    expect(plan.delete).to.deep.include({ 'demoapp.book': 1, 'demoapp.bookinstance': 6, 'public.demoapp_book_genre': 3 });
    expect(Object.values(await rowsOf(library.target, tables)).flat()).to.deep.equal([]);
  });

  it('leaves what was there before, and links that were', async () => {
    await library.target.query('DELETE FROM demoapp_book_genre WHERE genre_id = (SELECT min(genre_id) FROM demoapp_book_genre)');
    await library.target.query("UPDATE demoapp_book SET title = 'Other'");
    const changed = await rowsOf(library.target, tables);
    await importObjects(library.to, { archive, policy, journal, onConflict: 'override' });
    const { plan } = await undo();
    expect(plan).to.deep.equal({
      delete: { 'public.demoapp_book_genre': 1 },
      update: { 'demoapp.book': 1 },
      insert: {},
      conflict: {},
    });
    expect(await rowsOf(library.target, tables)).to.deep.equal(changed);
  });

  it('refuses where rows were changed, have gone, or are referred to since, and lists them', async () => {
    await library.target.query("UPDATE demoapp_book SET title = 'Other'");
    await library.target.query(
      'DELETE FROM demoapp_bookinstance WHERE id = (SELECT min(id::text) FROM demoapp_bookinstance)::uuid',
    );
    await library.target.query(
      "INSERT INTO demoapp_book (id, title, summary, isbn, author_id) SELECT 99, 't', 's', 'i', id FROM demoapp_author",
    );
    const now = await rowsOf(library.target, tables);
    const { status, conflicts, conflictCount } = await undo();
    expect([status, conflictCount]).to.deep.equal(['refused', 3]);
    const [gone] = conflicts.filter(({ reason }) => reason === 'gone');
    expect(gone?.object).to.match(/^demoapp\.bookinstance\./u);
    expect(conflicts).to.deep.include({ object: 'demoapp.book.4', reason: 'changed' });
    const [author] = now['demoapp_author'] ?? [];
    expect(conflicts).to.deep.include({
      object: `demoapp.author.${/\d+/u.exec(String(author))?.[0] ?? ''}`,
      reason: 'referenced',
      by: 'demoapp.book.99',
      reference: 'demoapp.book.author',
    });
    expect(await rowsOf(library.target, tables)).to.deep.equal(now);
  });

  it('refuses a journal that was cut or altered anywhere', async () => {
    const bytes = readFileSync(journal);
    for (let at = 0; at < bytes.length; at += 97) {
      writeFileSync(journal, bytes.subarray(0, at));
      expect((await failureIfAny(undo()))?.code, `cut at ${at}`).to.equal('JOURNAL_DAMAGED');
      const altered = Buffer.from(bytes);
      altered[at] = (altered[at] ?? 0) ^ 1;
      writeFileSync(journal, altered);
      expect((await failureIfAny(undo()))?.code, `altered at ${at}`).to.equal('JOURNAL_DAMAGED');
    }
    // A line that is missing altogether.
    const lines = bytes.toString('utf8').split('\n');
    writeFileSync(journal, [...lines.slice(0, 3), ...lines.slice(4)].join('\n'));
    expect((await failureIfAny(undo()))?.code).to.equal('JOURNAL_DAMAGED');
  });

  it('calls another file no journal, and not a damaged one', async () => {
    for (const other of ['{"header":\n{"format":"portolan"},\n', '# Notes\n\n', '{"format":"portolan-plan"}\n{}\n']) {
      writeFileSync(journal, other);
      expect((await failureIfAny(undo()))?.message).to.equal(`${journal} is no journal`);
    }
  });

  it('refuses the journal of another database, and of a schema that was changed', async () => {
    const other = await failureIfAny(undoJournal(library.from, { journal, policy }));
    expect([other?.code, other?.exitCode]).to.deep.equal(['JOURNAL_OTHER_DATABASE', 3]);
    await library.target.query('ALTER TABLE demoapp_book ALTER summary TYPE varchar(9999)');
    try {
      expect((await failureIfAny(undo()))?.code).to.equal('SCHEMA_DRIFT');
    } finally {
      await library.target.query('ALTER TABLE demoapp_book ALTER summary TYPE text');
    }
  });

  it('takes back what a sequence gave without setting it back', async () => {
    const last = async (): Promise<unknown> =>
      (await library.target.query("SELECT nextval(pg_get_serial_sequence('demoapp_book', 'id'))::int AS n"))[0]?.['n'];
    const before = (await last()) as number;
    await undo();
    expect(await last()).to.equal(before + 1);
  });
});
