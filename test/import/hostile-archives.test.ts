import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import type { DataSource } from 'typeorm';
import { libraryDataSource } from '../../demo-app/library-data-source.js';
import { librarySchema } from '../../demo-app/library-schema.js';
import { seedLibrary } from '../../demo-app/seed/seed-library.js';
import { policy } from '../../portolan.policy.js';
import type { ArchiveHeader, ArchiveTrailer } from '../../src/archive/archive.js';
import { createArchiveWriter } from '../../src/archive/archive-writer.js';
import { exportObjects, importObjects, PortolanError } from '../../src/index.js';
import type { TestDatabase } from '../support/database.js';
import { createDatabase } from '../support/database.js';
import { usualSeed } from '../support/usual-seed.js';

interface Sample {
  header: ArchiveHeader;
  objects: { model: string; pk: unknown; fields: Record<string, unknown> }[];
  trailer: ArchiveTrailer;
}

const seed = usualSeed();

/** Sealed as if Portolan had written it. */
const sealed: readonly (readonly [fact: string, code: string, change: (sample: Sample) => void])[] = [
  ['an object twice', 'ARCHIVE_DUPLICATE', ({ objects }) => objects.splice(1, 0, objects[0]!)],
  ['objects out of order', 'ARCHIVE_UNSORTED', ({ objects }) => objects.reverse()],
  ['a link twice', 'ARCHIVE_DUPLICATE', (sample) => (book(sample).fields['genre'] = [1, 1])],
  ['a link to nowhere', 'ARCHIVE_NOT_CLOSED', (sample) => (book(sample).fields['genre'] = [1, 2, 999])],
  ['a member __proto__', 'ARCHIVE_DAMAGED', (sample) => addOwn(book(sample).fields, '__proto__', { title: 'x' })],
  ['a member constructor', 'ARCHIVE_DAMAGED', (sample) => addOwn(book(sample).fields, 'constructor', 'x')],
  ['a model __proto__', 'ARCHIVE_DAMAGED', (sample) => (book(sample).model = '__proto__')],
  ['a model of the header that is none', 'ARCHIVE_DAMAGED', ({ header }) => (header.order as string[]).push('constructor')],
  ['a key that is no integer', 'ARCHIVE_DAMAGED', (sample) => (book(sample).pk = 'x')],
  ['a key in another spelling', 'ARCHIVE_DAMAGED', (sample) => (book(sample).pk = '04')],
  ['a fraction for an integer', 'ARCHIVE_DAMAGED', (sample) => (book(sample).fields['author'] = 1.5)],
  ['a key of which the header knows no column', 'ARCHIVE_DAMAGED', ({ header }) => setKey(header, ['nothing'])],
  ['no key at all', 'ARCHIVE_DAMAGED', ({ header }) => setKey(header, [])],
  ['wrong counts', 'ARCHIVE_DAMAGED', ({ trailer }) => addOwn(trailer.objects, 'demoapp.book', 2)],
  ['a wrong total', 'ARCHIVE_DAMAGED', ({ trailer }) => addOwn(trailer, 'total', 1)],
  [
    'an external object without a key',
    'ARCHIVE_DAMAGED',
    ({ trailer }) => addOwn(trailer, 'external', [{ model: 'demoapp.book' }]),
  ],
  ['a newer version', 'ARCHIVE_VERSION', ({ header }) => addOwn(header, 'version', 2)],
  ['another format', 'ARCHIVE_NOT_OURS', ({ header }) => addOwn(header, 'format', 'other')],
];

function book({ objects }: Sample): Sample['objects'][number] {
  return objects.find(({ model }) => model === 'demoapp.book')!;
}

function addOwn(object: object, name: string, value: unknown): void {
  Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
}

function setKey({ entities }: ArchiveHeader, key: readonly string[]): void {
  addOwn(entities['demoapp.book']!, 'key', key);
}

describe('an archive that cannot be trusted', function () {
  this.timeout(300_000);
  let source: TestDatabase;
  let target: TestDatabase;
  let to: DataSource;
  let folder: string;
  let whole: Buffer;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'portolan-hostile-'));
    source = await createDatabase();
    await seedLibrary(source.url);
    target = await createDatabase({ sql: librarySchema });
    const from = await libraryDataSource(source.url).initialize();
    await exportObjects(from, { objects: ['demoapp.Book.4'], output: join(folder, 'book.json'), policy });
    await from.destroy();
    whole = readFileSync(join(folder, 'book.json'));
    to = await libraryDataSource(target.url).initialize();
  });

  after(async () => {
    await to.destroy();
    await source.drop();
    await target.drop();
    rmSync(folder, { recursive: true });
  });

  /** Imports what is there, and rolls back what it takes. */
  async function codeOf(archive: string): Promise<string> {
    try {
      await importObjects(to, { archive, policy });
      return 'imported';
    } catch (error) {
      if (!(error instanceof PortolanError)) return `unforeseen: ${String(error)}`;
      expect(error.exitCode, error.message).to.equal(3);
      return error.code;
    }
  }

  async function expectNoRow(): Promise<void> {
    const [rows] = await target.query(
      'SELECT (SELECT count(*) FROM auth_user)::int + (SELECT count(*) FROM demoapp_genre)::int AS count',
    );
    expect(rows?.['count']).to.equal(0);
  }

  for (const [fact, code, change] of sealed) {
    it(`is refused, and no row is written: ${fact}`, async () => {
      const sample = JSON.parse(whole.toString()) as Sample;
      change(sample);
      const { header, objects, trailer } = sample;
      const output = join(folder, 'sealed.json');
      const writer = await createArchiveWriter({ output, header, force: true });
      for (const object of objects) await writer.write(Buffer.from(writer.lineStart + JSON.stringify(object)));
      await writer.finish(trailer);
      expect(await codeOf(output)).to.equal(code);
      await expectNoRow();
    });
  }

  it('is refused, and no row is written: cut or altered at any byte', async () => {
    const output = join(folder, 'damaged.json');
    const places = fc.sample(fc.tuple(fc.nat({ max: whole.length - 2 }), fc.nat({ max: 255 })), { numRuns: 150 });
    for (const [at, mask] of places) {
      const damaged = mask === 0 ? whole.subarray(0, at) : Buffer.from(whole);
      if (mask !== 0) damaged[at] = (damaged[at] ?? 0) ^ mask;
      for (const bytes of [damaged, whole.subarray(0, at)]) {
        writeFileSync(output, bytes);
        expect(await codeOf(output), `byte ${at}, mask ${mask}, seed ${seed}`).to.match(/^ARCHIVE_/u);
      }
    }
    await expectNoRow();
  });
});
