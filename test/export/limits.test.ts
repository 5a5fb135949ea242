import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { DataSource } from 'typeorm';
import { libraryDataSource } from '../../demo-app/library-data-source.js';
import { seedLibrary } from '../../demo-app/seed/seed-library.js';
import { policy } from '../../portolan.policy.js';
import type { ArchiveObject } from '../../src/archive/archive.js';
import type { ExportOptions } from '../../src/index.js';
import { explainObjects, exportObjects, openArchive, PortolanError, verifyArchive } from '../../src/index.js';
import type { TestDatabase } from '../support/database.js';
import { createDatabase } from '../support/database.js';

describe('the limits of an export', () => {
  let source: TestDatabase;
  let from: DataSource;
  let folder: string;
  let borrower: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'portolan-limits-'));
    source = await createDatabase();
    await seedLibrary(source.url);
    from = await libraryDataSource(source.url).initialize();
    const [row] = await source.query(
      'SELECT borrower_id FROM demoapp_bookinstance WHERE book_id = 4 AND borrower_id IS NOT NULL LIMIT 1',
    );
    borrower = `auth.User.${String(row?.['borrower_id'])}`;
  });

  after(async () => {
    await from.destroy();
    await source.drop();
    rmSync(folder, { recursive: true });
  });

  async function take(
    options: Omit<ExportOptions, 'output'>,
  ): Promise<{ objects: ArchiveObject[]; external: readonly string[] }> {
    const output = join(folder, 'out.json');
    await exportObjects(from, { policy, force: true, ...options, output });
    const { trailer } = await verifyArchive(output);
    const objects: ArchiveObject[] = [];
    for await (const batch of (await openArchive(output)).objects()) objects.push(...batch);
    rmSync(output);
    return { objects, external: trailer.external.map((one) => one.model) };
  }

  async function refusal(options: Omit<ExportOptions, 'output'>): Promise<PortolanError> {
    try {
      await take(options);
    } catch (error) {
      if (error instanceof PortolanError) {
        expect(readdirSync(folder)).to.deep.equal([]);
        return error;
      }
      throw error;
    }
    throw new Error('not refused');
  }

  it('refuse a row beyond the boundary, and name the path by which it was reached', async () => {
    const error = await refusal({ objects: [borrower], boundary: ['Book'] });
    expect(error.code).to.equal('BOUNDARY_CROSSED');
    expect(error.exitCode).to.equal(3);
    expect(error.message).to.match(
      /auth\.user\.\d+ → \(demoapp\.bookinstance\.borrower, down\) .* → \(demoapp\.bookinstance\.book, up\) demoapp\.book\./u,
    );
  });

  it('allow what lies above the seeds', async () => {
    const { objects } = await take({ objects: ['demoapp.Book.4'], boundary: ['Book', 'Author'], follow: 'dependencies' });
    expect(objects.map((object) => object.model)).to.include('demoapp.author');
  });

  it('write NULL where the policy drops what a row can do without, and leave the row at home where it says stub', async () => {
    const dropped = await take({ objects: [borrower], policy: { ...policy, boundary: { Book: 'drop' } } });
    const copies = dropped.objects.filter((object) => object.model === 'demoapp.bookinstance');
    expect(copies.length).to.be.greaterThan(0);
    expect(copies.every((object) => object.fields['book'] === null)).to.equal(true);
    const stubbed = await take({ objects: [borrower], policy: { ...policy, boundary: { Book: 'stub' } } });
    expect(stubbed.external).to.include('demoapp.book');
    expect(stubbed.objects.some((object) => object.model === 'demoapp.book')).to.equal(false);
  });

  it('drop what cannot do without a dropped row, and never a seed', async () => {
    await source.query(
      `INSERT INTO demoapp_profile (location, user_id) SELECT 'x', ${borrower.slice(10)} ON CONFLICT DO NOTHING`,
    );
    const error = await refusal({
      objects: ['demoapp.Profile[user=' + borrower.slice(10) + ']'],
      policy: { ...policy, exclude: { User: 'drop' } },
    });
    expect(error.code).to.equal('SEED_DROPPED');
  });

  it('refuse an excluded row that is needed, and leave out one that is not', async () => {
    expect((await refusal({ objects: ['demoapp.Book.4'], exclude: ['User'] })).code).to.equal('EXCLUDED_NEEDED');
    const { objects } = await take({ objects: ['demoapp.Book.4'], exclude: ['BookInstance', 'Book.summary'] });
    expect(objects.some((object) => object.model === 'demoapp.bookinstance')).to.equal(false);
    expect(objects.find((object) => object.model === 'demoapp.book')?.fields).not.to.have.property('summary');
  });

  it('stop a flood, and name the reference that brought it', async () => {
    const error = await refusal({ objects: ['demoapp.Book.4'], follow: 'connected', maxObjects: 10 });
    expect(error.code).to.equal('BUDGET_EXCEEDED');
    expect(error.message).to.match(/demoapp\.\w+\.\w+ \((up|down|across)\) brought \d+/u);
    expect((await refusal({ objects: ['demoapp.Book.4'], maxDepth: 1 })).code).to.equal('BUDGET_EXCEEDED');
  });

  it('leave shared rows at home under --shared key, with their natural key and nothing else', async () => {
    const { objects, external } = await take({ objects: ['demoapp.Book.4'], shared: 'key' });
    expect(new Set(objects.map((object) => object.model))).to.deep.equal(new Set(['demoapp.book', 'demoapp.bookinstance']));
    expect(external).to.include.members(['auth.user', 'demoapp.author', 'demoapp.language']);
  });

  it('cut a reference where the policy says so', async () => {
    const { objects } = await take({
      objects: ['demoapp.Book.4'],
      policy: { ...policy, follow: { 'demoapp.book.author': { up: 'cut' } } },
    });
    expect(objects.find((object) => object.model === 'demoapp.book')?.fields['author']).to.equal(null);
    expect(objects.some((object) => object.model === 'demoapp.author')).to.equal(false);
  });

  it('are explained: the shortest path to an object', async () => {
    const { why } = await explainObjects(from, { objects: ['demoapp.Book.4'], policy, why: borrower });
    expect(why?.map((step) => step.direction)).to.deep.equal(['seed', 'down', 'up']);
  });

  it('give the same bytes with one reader and with three', async () => {
    const options = { objects: ['demoapp.Genre.1'], follow: 'connected', policy, force: true, reproducible: true } as const;
    const one = await exportObjects(from, { ...options, output: join(folder, 'one.json'), jobs: 1 });
    const three = await exportObjects(from, { ...options, output: join(folder, 'three.json'), jobs: 3 });
    expect(three.sha256).to.equal(one.sha256);
  });
});
