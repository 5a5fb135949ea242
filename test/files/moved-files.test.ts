import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { FilesOf, Policy } from '../../src/index.js';
import { exportObjects, Findings, importObjects, localFiles, localFileStore, verifyArchive } from '../../src/index.js';
import type { Move } from '../import/move.js';
import { move } from '../import/move.js';
import { storeKinds, useStore } from '../store/store-kinds.js';
import { failureOf } from '../support/failure.js';

const policy: Policy = {
  models: {
    app_folder: { app: 'app', name: 'Folder', files: [{ path: 'icon', under: 'icons', optional: true }] },
    app_document: {
      app: 'app',
      name: 'Document',
      files: [
        { path: 'path', under: 'uploads' },
        { path: 'thumbs/{folder_id}/{id}.png', optional: true },
      ],
    },
  },
};

const names = { app_folder: { app: 'app', name: 'Folder' } } as const;

const sql = `
  CREATE TABLE app_folder (id int PRIMARY KEY, icon text);
  CREATE TABLE app_document (id int PRIMARY KEY, folder_id int NOT NULL REFERENCES app_folder, path text, secret_token text);`;
const rows = `
  INSERT INTO app_folder VALUES (1, 'one.svg'), (2, 'two.svg');
  INSERT INTO app_document VALUES (10, 1, 'a/b.txt', 's'), (11, 1, 'c.txt', 's'), (12, 1, NULL, 's'), (13, 1, 'c.txt', 's'), (20, 2, 'other.txt', 's');`;

describe('files outside of the database', () => {
  let moved: Move;
  let uploads: string;
  let target: string;
  const archive = (name: string): string => (name.includes('://') ? name : join(moved.folder, name));

  before(async () => {
    moved = await move({ sql, source: rows, policy, objects: ['app.Folder.1'] });
    [uploads, target] = [join(moved.folder, 'media'), join(moved.folder, 'target')];
  });

  beforeEach(() => {
    for (const folder of [uploads, target]) rmSync(folder, { recursive: true, force: true });
    mkdirSync(target);
    for (const path of [
      'icons/one.svg',
      'icons/two.svg',
      'uploads/a/b.txt',
      'uploads/c.txt',
      'uploads/other.txt',
      'thumbs/1/11.png',
      'unnamed.txt',
    ])
      put(uploads, path, `content of ${path}`);
    for (const name of readdirSync(moved.folder)) if (name.startsWith('out')) rmSync(archive(name), { recursive: true });
  });

  afterEach(async () => {
    await moved.target.query('TRUNCATE app_folder, app_document');
  });

  after(() => moved.close());

  const left = ['icons/one.svg', 'thumbs/1/11.png', 'uploads/a/b.txt', 'uploads/c.txt'];
  const exported = (name: string, more: Partial<Parameters<typeof exportObjects>[1]> = {}): ReturnType<typeof exportObjects> =>
    exportObjects(moved.from, { objects: ['app.Folder.1'], policy, output: archive(name), files: localFiles(uploads), ...more });
  const imported = (name: string, more: Partial<Parameters<typeof importObjects>[1]> = {}): ReturnType<typeof importObjects> =>
    importObjects(moved.to, { archive: archive(name), policy, files: localFileStore(target), ...more });
  const kindsOf = ({ all }: Findings): readonly string[] =>
    all.map(({ kind, on }) => `${kind} ${on}`).filter((text) => !text.startsWith('unknown-table'));

  for (const kind of storeKinds) useStore(kind, 'media');

  const inBuckets = storeKinds.flatMap(({ scheme }) => ['out.tar', 'out.tar.gz'].map((name) => `${scheme}://media/${name}`));
  for (const name of ['out/', 'out.tar', 'out.tar.gz', ...inBuckets]) {
    it(`leave with the rows that name them, and arrive with them: ${name}`, async () => {
      const { files, findings } = await exported(name);
      expect(files).to.deep.equal({ count: 4, bytes: left.reduce((sum, path) => sum + `content of ${path}`.length, 0) });
      expect(findings.filter(({ kind }) => kind.startsWith('file'))).to.deep.equal([]);
      const dry = await imported(name, { dryRun: true });
      expect(dry.files).to.deep.equal({ insert: 4, same: 0, update: 0, skip: 0 });
      expect(filesIn(target)).to.deep.equal([]);
      expect((await imported(name)).files).to.deep.equal({ insert: 4, same: 0, update: 0, skip: 0 });
      expect(filesIn(target)).to.deep.equal(left);
      for (const path of left) expect(readFileSync(join(target, path), 'utf8')).to.equal(`content of ${path}`);
      expect((await imported(name)).files).to.deep.equal({ insert: 0, same: 4, update: 0, skip: 0 });
      expect(filesIn(target)).to.deep.equal(left);
    });
  }

  it('are told where they are missing or lead elsewhere; under strict nothing leaves', async () => {
    rmSync(join(uploads, 'uploads/c.txt'));
    rmSync(join(uploads, 'uploads/a/b.txt'));
    rmSync(join(uploads, 'icons/one.svg'));
    symlinkSync('/etc/hostname', join(uploads, 'uploads/a/b.txt'));
    const findings = new Findings();
    const { files } = await exported('out/', { findings });
    expect(files?.count).to.equal(1);
    expect(kindsOf(findings)).to.deep.equal(['file-outside app.document.10', 'file-missing app.document.11']);
    expect(JSON.stringify(findings.all)).not.to.contain('c.txt');
    expect(await failureOf(exported('out2.tar', { strict: true, findings: new Findings() }))).to.include({ code: 'STRICT' });
    expect(readdirSync(moved.folder).filter((name) => name.startsWith('out') || name.includes('partial'))).to.deep.equal(['out']);
  });

  it('need a form that holds them, or to be left out', async () => {
    for (const name of ['out.json', 'out.jsonl.gz'])
      expect(await failureOf(exported(name))).to.include({ code: 'FILES_NEED_PARTS', exitCode: 2 });
    expect(existsSync(archive('out.json'))).to.equal(false);
    expect((await exported('out.json', { noFiles: true })).files).to.equal(undefined);
    const findings = new Findings();
    await exported('out2.json', { files: undefined, findings });
    expect(kindsOf(findings)).to.deep.equal(['files-stay app.document', 'files-stay app.folder']);
    const strict = exported('out3.json', { files: undefined, strict: true, findings: new Findings() });
    expect(await failureOf(strict)).to.include({ code: 'STRICT' });
  });

  it('are not named by what does not leave itself', async () => {
    const hostile = { models: { ...names, app_document: { app: 'app', files: [{ path: 'secret_token' }] } } };
    expect(await failureOf(exported('out/', { policy: hostile, objects: ['app.folder.1'] }))).to.include({ code: 'FILE_COLUMN' });
    const unknown = { models: { ...names, app_document: { app: 'app', files: [{ path: '{paht}' }] } } };
    expect(await failureOf(exported('out/', { policy: unknown, objects: ['app.folder.1'] })))
      .to.have.property('hint')
      .that.contains('"path"');
    expect(existsSync(archive('out'))).to.equal(false);
  });

  it('are named by code, too, where words do not do', async () => {
    const filesOf: FilesOf = async function* (context) {
      expect(context.count('app.document')).to.equal(4);
      for await (const { object, values } of context.rows('app.Document', ['folder_id', 'id'])) {
        const [folder, id] = values;
        yield { object, path: `thumbs/${folder}/${id}.png`, name: `t/${id}`, optional: true };
      }
    };
    const plain = { models: { ...names, app_document: { app: 'app', name: 'Document' } } };
    const { files } = await exported('out/', { policy: plain, filesOf });
    expect(files?.count).to.equal(1);
    expect(filesIn(join(archive('out'), 'files'))).to.deep.equal(['t/11']);
  });

  it('stay in the archive where nobody says where they belong, which is told', async () => {
    await exported('out/');
    const findings = new Findings();
    expect((await imported('out', { files: undefined, findings })).files).to.equal(undefined);
    expect(kindsOf(findings)).to.deep.equal([`files-stay ${archive('out')}`]);
    const none = new Findings();
    await imported('out', { files: undefined, noFiles: true, findings: none });
    expect(kindsOf(none)).to.deep.equal([]);
  });

  it('take the place of no other file unasked: then no row is written, either', async () => {
    await exported('out.tar.gz');
    put(target, 'uploads/c.txt', 'mine');
    put(target, 'icons/one.svg', 'content of icons/one.svg');
    expect(await failureOf(imported('out.tar.gz'))).to.include({ code: 'FILE_EXISTS', exitCode: 3 });
    expect(await moved.rows('app_document')).to.deep.equal([]);
    expect(filesIn(target)).to.deep.equal(['icons/one.svg', 'uploads/c.txt']);
    const findings = new Findings();
    expect((await imported('out.tar.gz', { onConflict: 'skip', findings })).files).to.deep.equal({
      insert: 2,
      same: 1,
      update: 0,
      skip: 1,
    });
    expect(kindsOf(findings)).to.deep.equal(['file-kept app.document']);
    expect(readFileSync(join(target, 'uploads/c.txt'), 'utf8')).to.equal('mine');
    expect((await imported('out.tar.gz', { onConflict: 'override' })).files).to.deep.equal({
      insert: 0,
      same: 3,
      update: 1,
      skip: 0,
    });
    expect(readFileSync(join(target, 'uploads/c.txt'), 'utf8')).to.equal('content of uploads/c.txt');
    expect(filesIn(target)).to.deep.equal(left);
  });

  it('of objects that are left out are left out', async () => {
    await exported('out/');
    await moved.target.query(
      `INSERT INTO app_folder VALUES (1, 'one.svg'); INSERT INTO app_document VALUES (10, 1, 'mine', 's')`,
    );
    const { files } = await imported('out', { onConflict: 'skip' });
    expect(files).to.deep.equal({ insert: 3, same: 0, update: 0, skip: 1 });
    expect(filesIn(target)).to.deep.equal(left.filter((path) => path !== 'uploads/a/b.txt'));
  });

  it('leave no trace where the rows do not come in, or a link leads out of the place', async () => {
    await exported('out/');
    await moved.target.query(`
      CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$;
      CREATE CONSTRAINT TRIGGER late AFTER INSERT ON app_document DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse();`);
    try {
      expect(await failureOf(imported('out'))).to.have.property('exitCode', 3);
    } finally {
      await moved.target.query('DROP TRIGGER late ON app_document; DROP FUNCTION refuse');
    }
    expect(filesIn(target)).to.deep.equal([]);
    mkdirSync(join(moved.folder, 'elsewhere'));
    symlinkSync('../elsewhere', join(target, 'uploads'));
    expect(await failureOf(imported('out'))).to.include({ code: 'FILE_OUTSIDE' });
    expect(await moved.rows('app_folder')).to.deep.equal([]);
    expect(readdirSync(join(moved.folder, 'elsewhere'))).to.deep.equal([]);
    rmSync(join(moved.folder, 'elsewhere'), { recursive: true });
    expect(await failureOf(imported('out', { files: localFileStore(join(moved.folder, 'none')) }))).to.include({
      code: 'FOLDER_MISSING',
    });
  });

  it('that are damaged let no row in', async () => {
    await exported('out/');
    put(archive('out'), 'files/uploads/c.txt', 'Content of uploads/c.txt');
    expect(await failureOf(imported('out'))).to.include({ code: 'ARCHIVE_DAMAGED' });
    expect(await moved.rows('app_folder')).to.deep.equal([]);
    expect(filesIn(target)).to.deep.equal([]);
    expect(await failureOf(verifyArchive(archive('out')))).to.include({ code: 'ARCHIVE_DAMAGED' });
  });
});

function put(folder: string, path: string, content: string): void {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), content);
}

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}
