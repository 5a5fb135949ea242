import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import type { Policy } from '../../src/index.js';
import { exportObjects, importObjects, localFiles, localFileStore, objectFiles, objectFileStore } from '../../src/index.js';
import type { Move } from '../import/move.js';
import { move } from '../import/move.js';
import type { StoredObject } from '../store/store-server.js';
import { storeKinds, useStore } from '../store/store-kinds.js';
import { failureOf } from '../support/failure.js';

const policy: Policy = { models: { app_document: { app: 'app', name: 'Document', files: [{ path: 'path' }] } } };
const sql = 'CREATE TABLE app_document (id int PRIMARY KEY, path text NOT NULL)';

/** Names and sizes that a store takes apart: nothing, signs that a URL writes otherwise, more than one part. */
const files: Readonly<Record<string, Buffer>> = {
  'empty.txt': Buffer.alloc(0),
  'a/ä b+c%20&d=é?.txt': Buffer.from('signs'),
  'a/large.bin': Buffer.alloc(11 * 1024 * 1024, 'abcdefg'),
  'no-ending': Buffer.from('plain'),
};
const names = Object.keys(files).sort();
const objects = names.map((_, at) => `app.Document.${String(at)}`);
const rows = `INSERT INTO app_document VALUES ${names.map((name, at) => `(${String(at)}, '${name}')`).join(', ')};`;

for (const kind of storeKinds) {
  describe(`files that an import puts into a bucket: ${kind.scheme}://`, function () {
    this.timeout(120_000);
    const server = useStore(kind, 'media');
    const url = `${kind.scheme}://media/shelf`;
    let moved: Move;
    let archive: string;

    before(async () => {
      moved = await move({ sql, source: rows, policy, objects });
      const folder = join(moved.folder, 'media');
      for (const name of names) {
        mkdirSync(dirname(join(folder, name)), { recursive: true });
        writeFileSync(join(folder, name), files[name]!);
      }
      archive = join(moved.folder, 'out.tar');
      await exportObjects(moved.from, { objects, policy, output: archive, files: localFiles(folder) });
    });

    beforeEach(() => {
      stored().clear();
    });

    afterEach(async () => {
      server.before = undefined;
      await moved.target.query('TRUNCATE app_document');
      expect([...stored().keys()].filter((name) => name.includes('.portolan-'))).to.deep.equal([]);
      expect(server.openUploads()).to.equal(0);
    });

    after(() => moved.close());

    const stored = (): Map<string, StoredObject> => server.buckets.get('media')!;
    const there = (): readonly string[] => [...stored().keys()].sort();
    const shelved = names.map((name) => `shelf/${name}`);
    const imported = (more: Partial<Parameters<typeof importObjects>[1]> = {}): ReturnType<typeof importObjects> =>
      importObjects(moved.to, { archive, policy, files: objectFileStore(url), ...more });
    const put = (name: string, text: string): void => {
      stored().set(`shelf/${name}`, { bytes: Buffer.from(text), version: '7', headers: { md5Hash: 'x' } });
    };

    it('arrive whole, under their names, once; a dry run puts nothing there', async () => {
      expect((await imported({ dryRun: true })).files).to.deep.equal({ insert: 4, same: 0, update: 0, skip: 0 });
      expect(there()).to.deep.equal([]);
      expect((await imported()).files).to.deep.equal({ insert: 4, same: 0, update: 0, skip: 0 });
      expect(there()).to.deep.equal(shelved);
      for (const name of names) expect(stored().get(`shelf/${name}`)!.bytes.equals(files[name]!), name).to.equal(true);
      expect((await imported()).files).to.deep.equal({ insert: 0, same: 4, update: 0, skip: 0 });
      expect(there()).to.deep.equal(shelved);
      const again = join(moved.folder, 'again.tar');
      await exportObjects(moved.to, { objects, policy, output: again, files: objectFiles(url) });
      const shelf = join(moved.folder, 'shelf');
      mkdirSync(shelf);
      await importObjects(moved.to, { archive: again, policy, files: localFileStore(shelf) });
      for (const name of names) expect(readFileSync(join(shelf, name)).equals(files[name]!), name).to.equal(true);
      rmSync(shelf, { recursive: true });
    });

    it('take the place of no other object unasked: then no row is written, either', async () => {
      put('no-ending', 'mine');
      expect(await failureOf(imported())).to.include({ code: 'FILE_EXISTS', exitCode: 3 });
      expect(await moved.rows('app_document')).to.deep.equal([]);
      expect(there()).to.deep.equal(['shelf/no-ending']);
      expect((await imported({ onConflict: 'skip' })).files).to.deep.equal({ insert: 3, same: 0, update: 0, skip: 1 });
      expect(stored().get('shelf/no-ending')!.bytes.toString()).to.equal('mine');
      expect((await imported({ onConflict: 'override' })).files).to.deep.equal({ insert: 0, same: 3, update: 1, skip: 0 });
      expect(stored().get('shelf/no-ending')!.bytes.toString()).to.equal('plain');
    });

    it('do not replace what somebody puts there at the last moment; the import says so, and can be run again', async () => {
      let isPut = false;
      server.before = ({ step }) => {
        if (step !== 'copy' || isPut) return;
        isPut = true;
        for (const name of names) put(name, 'theirs');
      };
      expect(await failureOf(imported())).to.include({ code: 'FILES_MISSING', exitCode: 1 });
      server.before = undefined;
      for (const name of names) expect(stored().get(`shelf/${name}`)!.bytes.toString(), name).to.equal('theirs');
      expect((await imported({ onConflict: 'override' })).files).to.deep.equal({ insert: 0, same: 0, update: 4, skip: 0 });
    });

    it('get their places where answers are lost and servers are busy', async () => {
      server.meet('copy', { kind: 'lose answer' }, 2);
      server.meet('copy', { kind: 'answer', answer: { status: 503 } });
      server.meet('end', { kind: 'lose answer' });
      server.meet('remove', { kind: 'lose answer' });
      expect((await imported()).files).to.deep.equal({ insert: 4, same: 0, update: 0, skip: 0 });
      expect(there()).to.deep.equal(shelved);
      for (const name of names) expect(stored().get(`shelf/${name}`)!.bytes.equals(files[name]!), name).to.equal(true);
    });

    it('leave no trace where the rows do not come in', async () => {
      await moved.target.query(`
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$;
        CREATE CONSTRAINT TRIGGER late AFTER INSERT ON app_document DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse();`);
      try {
        expect(await failureOf(imported())).to.have.property('exitCode', 3);
      } finally {
        await moved.target.query('DROP TRIGGER late ON app_document; DROP FUNCTION refuse');
      }
      expect(there()).to.deep.equal([]);
    });

    it('stand under a name that is told until then; what others have left there is counted, and stays', async () => {
      const left = 'shelf/.portolan-0a/1.png';
      put(left.slice('shelf/'.length), 'left');
      stored().set('shelf-2/.portolan-0b/1.png', { bytes: Buffer.from('x'), version: '7', headers: { md5Hash: 'x' } });
      const told: string[] = [];
      let wereThere: readonly string[] = [];
      server.before = ({ step }) => {
        if (step === 'copy')
          wereThere = there().filter((name) => name.includes('.portolan-') && name.startsWith('shelf/') && name !== left);
      };
      const onStaging = (where: string): void => void told.push(where);
      const { findings } = await imported({ onStaging });
      server.before = undefined;
      expect(told).to.have.length(1);
      expect(wereThere.length).to.be.greaterThan(0);
      for (const name of wereThere) expect(`${kind.scheme}://media/${name}`.startsWith(told[0]!), name).to.equal(true);
      const notes = findings.filter((one) => one.kind === 'files-left');
      expect(notes.map(({ severity, on }) => [severity, on])).to.deep.equal([['note', `${url}/`]]);
      expect(notes[0]!.reason).to.match(/^1 object whose name begins/u);
      expect(stored().has(left)).to.equal(true);
      for (const name of [left, 'shelf-2/.portolan-0b/1.png']) stored().delete(name);
      expect((await imported({ dryRun: true, onStaging })).findings.filter((one) => one.kind === 'files-left')).to.deep.equal([]);
      expect(told).to.have.length(1);
      put('.portolan-0a/1.png', 'left');
      server.meet('list', { kind: 'answer', answer: { status: 403, body: 'no' } });
      expect((await imported()).findings.filter((one) => one.kind === 'files-left')).to.deep.equal([]);
      stored().delete(left);
    });

    it('need a bucket that is there, and the right to write to it: told before a row is written', async () => {
      const none = objectFileStore(`${kind.scheme}://none`);
      expect(await failureOf(imported({ files: none }))).to.include({ code: 'BUCKET_NOT_FOUND', exitCode: 2 });
      server.meet('begin', { kind: 'answer', answer: { status: 403, body: 'no' } }, 9);
      expect(await failureOf(imported())).to.include({ code: 'STORE_DENIED', exitCode: 1 });
      expect(await moved.rows('app_document')).to.deep.equal([]);
      expect(() => objectFileStore('shelf'))
        .to.throw()
        .with.property('code', 'OBJECT_URL');
      expect(() => localFileStore(url))
        .to.throw()
        .with.property('code', 'OPTION_VALUE');
    });
  });
}
