import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { ExportOptions } from '../../src/index.js';
import { exportObjects, importObjects, resealArchive, verifyArchive } from '../../src/index.js';
import type { LibraryMove } from '../import/library-move.js';
import { libraryMove } from '../import/library-move.js';
import { failureOf } from '../support/failure.js';
import { storeKinds, useStore } from './store-kinds.js';

for (const kind of storeKinds) {
  describe(`an archive of ${kind.scheme}://`, function () {
    this.timeout(300_000);
    const server = useStore(kind, 'shelf');
    let move: LibraryMove;

    before(async () => {
      move = await libraryMove();
      // Books that do not fit into a part.
      await move.source.query(
        `UPDATE demoapp_book SET summary = (SELECT string_agg(md5(n::text), '') FROM generate_series(1, 300000) AS n) WHERE id IN (5, 6, 7)`,
      );
    });

    after(() => move.close());

    const url = (name: string): string => `${kind.scheme}://shelf/${name}`;
    const object = (name: string): Buffer | undefined => server.buckets.get('shelf')!.get(name)?.bytes;
    const put = (name: string, bytes: Buffer, version: string): void =>
      void server.buckets.get('shelf')!.set(name, { bytes, version, headers: {} });
    const book = (id: number, name: string, options: Partial<ExportOptions> = {}): ReturnType<typeof exportObjects> =>
      exportObjects(move.from, { objects: [`demoapp.Book.${String(id)}`], output: url(name), reproducible: true, ...options });

    beforeEach(() => {
      server.buckets.get('shelf')!.clear();
      server.before = undefined;
      server.steps.length = 0;
    });

    afterEach('leaves no upload open', () => expect(server.openUploads()).to.equal(0));

    it('has the bytes that a file has, arrives in parts, and is not there before it is whole', async () => {
      let parts = 0;
      server.before = ({ step }) => {
        if (step !== 'part') return;
        parts += 1;
        expect(object('large.json')).to.equal(undefined);
      };
      const { bytes, sha256, output } = await book(5, 'large.json');
      const file = await book(5, '', { output: join(move.folder, 'large.json') });
      expect({ bytes, sha256, output }).to.deep.equal({ bytes: file.bytes, sha256: file.sha256, output: url('large.json') });
      expect(object('large.json')?.equals(readFileSync(join(move.folder, 'large.json')))).to.equal(true);
      expect(parts).to.be.greaterThan(0);
      await verifyArchive(url('large.json'));
    });

    it('is imported as a file is, compressed or not', async () => {
      await book(4, 'book.json');
      await book(4, 'book.jsonl.gz');
      server.meet('read', { kind: 'cut', after: 100 });
      expect(await importObjects(move.to, { archive: url('book.jsonl.gz'), dryRun: true })).to.include({ status: 'planned' });
      expect(await importObjects(move.to, { archive: url('book.json') })).to.include({ status: 'done' });
      const { plan } = await importObjects(move.to, { archive: url('book.jsonl.gz') });
      expect(plan.insert).to.deep.equal({});
    });

    it('is in parts where it is a tar file, and never a folder', async () => {
      for (const name of ['book.tar', 'book.tar.gz']) {
        const { sha256 } = await book(4, name);
        expect(sha256).to.equal((await book(4, '', { output: join(move.folder, name) })).sha256);
        expect((await verifyArchive(url(name))).trailer.parts).to.have.length.greaterThan(1);
        expect(await importObjects(move.to, { archive: url(name), dryRun: true })).to.include({ status: 'planned' });
        await resealArchive(url(name));
        expect((await verifyArchive(url(name))).header.edited).to.equal(true);
      }
      expect(await failureOf(book(4, 'book/'))).to.include({ code: 'OBJECT_URL', exitCode: 2 });
      expect(await failureOf(verifyArchive(url('book/')))).to.include({ code: 'OBJECT_URL', exitCode: 2 });
    });

    it('in parts is not there where it is given up, however slow the store is', async () => {
      const controller = new AbortController();
      let release = (): void => undefined;
      server.meet('part', { kind: 'wait', until: new Promise<void>((resolve) => (release = resolve)) });
      const watch = setInterval(() => {
        if (server.steps.includes('part')) controller.abort(new Error('enough'));
      }, 10);
      const failure = await failureOf(book(5, 'large.tar', { signal: controller.signal }));
      clearInterval(watch);
      release();
      expect(failure).to.include({ message: 'enough' });
      expect(object('large.tar')).to.equal(undefined);
    });

    it('is replaced only when that is asked for, and looked for before the database is asked', async () => {
      await book(4, 'book.json');
      const first = object('book.json')!;
      const { from } = move;
      await move.from.destroy();
      expect(await failureOf(book(4, 'book.json'))).to.include({ code: 'OUTPUT_EXISTS', exitCode: 2 });
      await from.initialize();
      expect(object('book.json')).to.equal(first);
      await book(8, 'book.json', { force: true });
      expect(object('book.json')?.equals(first)).to.equal(false);
    });

    it('is not there where somebody else has put one meanwhile, or the export is refused', async () => {
      const theirs = Buffer.from('theirs');
      for (const id of [4, 5]) {
        server.before = ({ step }) => {
          if (step === 'end' || step === 'put') put('book.json', theirs, '"7"');
        };
        expect(await failureOf(book(id, 'book.json'))).to.include({ code: 'OUTPUT_EXISTS', exitCode: 2 });
        expect(object('book.json')).to.equal(theirs);
        server.buckets.get('shelf')!.clear();
      }
      server.before = undefined;
      server.steps.length = 0;
      for (const refused of [{ maxObjects: 1 }, { boundary: ['auth.User'] }])
        expect(await failureOf(book(4, 'book.json', refused))).to.include({ exitCode: 3 });
      // Nothing of what leaves came near the store: only whether it could was asked.
      expect(new Set(server.steps)).to.not.include.any.keys('put', 'part', 'end');
    });

    it('is not there where the database goes away in the middle', async () => {
      // All but the one that asks: it would be gone before it came to the others.
      const end = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`;
      server.before = async ({ step }) => {
        if (step === 'begin' || step === 'part') await move.source.query(end);
      };
      const objects = [5, 6, 7].map((id) => `demoapp.Book.${String(id)}`);
      expect(await failureOf(book(5, 'large.json', { objects }))).to.include({ exitCode: 1 });
      expect(object('large.json')).to.equal(undefined);
    });

    it('is not there where it is given up, however slow the store is', async () => {
      const controller = new AbortController();
      let release = (): void => undefined;
      server.meet('part', { kind: 'wait', until: new Promise<void>((resolve) => (release = resolve)) });
      const watch = setInterval(() => {
        if (server.steps.includes('part')) controller.abort(new Error('enough'));
      }, 10);
      const failure = await failureOf(book(5, 'large.json', { signal: controller.signal }));
      clearInterval(watch);
      release();
      expect(failure).to.include({ message: 'enough' });
      expect(object('large.json')).to.equal(undefined);
    });

    it('that is replaced while it is read is refused', async () => {
      await book(4, 'book.json');
      const other = Buffer.concat([object('book.json')!, Buffer.from(' ')]);
      let looks = 0;
      server.before = ({ step }) => {
        if (step === 'look' && (looks += 1) === 2) put('book.json', other, '"9"');
      };
      expect(await failureOf(verifyArchive(url('book.json')))).to.include({ code: 'ARCHIVE_CHANGED', exitCode: 3 });
    });

    it('is sealed where it is, unless somebody else wrote it meanwhile', async () => {
      await book(4, 'book.json');
      const edited = Buffer.from(
        object('book.json')!
          .toString()
          .replace(/"title":"[^"]*"/u, '"title":"Edited"'),
      );
      put('book.json', edited, '"1"');
      expect(await failureOf(verifyArchive(url('book.json')))).to.include({ code: 'ARCHIVE_DAMAGED' });
      await resealArchive(url('book.json'), url('sealed.json'));
      expect(await failureOf(resealArchive(url('book.json'), url('sealed.json')))).to.include({ code: 'OUTPUT_EXISTS' });
      await resealArchive(url('book.json'));
      expect(object('book.json')?.equals(object('sealed.json')!)).to.equal(true);
      put('book.json', edited, '"2"');
      server.before = ({ step }) => {
        if (step === 'end' || step === 'put') put('book.json', edited, '"3"');
      };
      expect(await failureOf(resealArchive(url('book.json')))).to.include({ code: 'ARCHIVE_CHANGED', exitCode: 3 });
      expect(object('book.json')).to.equal(edited);
    });

    it('is not sealed over what somebody else wrote before it was read to its end', async () => {
      await book(4, 'book.json');
      const other = Buffer.concat([object('book.json')!, Buffer.from(' ')]);
      server.before = ({ step }) => {
        if (step === 'read') put('book.json', other, '"9"');
      };
      expect(await failureOf(resealArchive(url('book.json')))).to.include({ code: 'ARCHIVE_CHANGED', exitCode: 3 });
      expect(object('book.json')).to.equal(other);
    });

    it('is told to be missing, in no bucket, or behind rights that are lacking', async () => {
      expect(await failureOf(verifyArchive(url('none.json')))).to.include({ code: 'ARCHIVE_NOT_FOUND', exitCode: 2 });
      const elsewhere = `${kind.scheme}://nowhere/x.json`;
      expect(await failureOf(importObjects(move.to, { archive: elsewhere }))).to.include({
        code: 'BUCKET_NOT_FOUND',
        exitCode: 2,
      });
      expect(await failureOf(book(4, '', { output: elsewhere }))).to.include({ code: 'BUCKET_NOT_FOUND' });
      server.meet('begin', { kind: 'answer', answer: { status: 403 } });
      expect(await failureOf(book(4, 'x.json'))).to.include({ code: 'STORE_DENIED', exitCode: 1 });
      await book(4, 'book.json');
      const options = { archive: url('book.json'), plan: url('plan.jsonl') };
      expect(await failureOf(importObjects(move.to, options))).to.include({ code: 'OPTION_VALUE' });
    });

    it('that is damaged is refused as damaged', async () => {
      await book(4, 'book.json');
      const bytes = Buffer.from(object('book.json')!);
      bytes[bytes.length >> 1]! ^= 1;
      put('book.json', bytes, '"4"');
      expect(await failureOf(verifyArchive(url('book.json')))).to.include({ exitCode: 3 });
      writeFileSync(join(move.folder, 'copy.json'), bytes);
      const [there, here] = [
        await failureOf(verifyArchive(url('book.json'))),
        await failureOf(verifyArchive(join(move.folder, 'copy.json'))),
      ];
      expect((there as { code: string }).code).to.equal((here as { code: string }).code);
    });
  });
}
