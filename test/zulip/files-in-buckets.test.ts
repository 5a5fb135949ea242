import { expect } from 'chai';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { promisify } from 'node:util';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import type { ExportResult, FileSource } from '../../src/index.js';
import { exportObjects, localFiles, objectFiles, placedFiles, verifyArchive } from '../../src/index.js';
import { openProfile } from '../../src/profiles/open-profile.js';
import type { ProfileValues } from '../../src/profiles/profile.js';
import { zulip } from '../../src/profiles/zulip/zulip.js';
import { dataSourceOf } from '../../src/source/data-source-of.js';
import type { TestDatabase } from '../support/database.js';
import { run } from '../support/run.js';
import { repositoryRoot } from '../support/shared.js';
import { storeKinds, useStore } from '../store/store-kinds.js';
import { loadSample, needsSample } from './load-sample.js';
import { checkExport } from './check-export.js';
import { zulipSample } from './sample.js';
import { fillBuckets, filesBelow } from './zulip-buckets.js';

type Records = readonly Readonly<Record<string, unknown>>[];

describe('files of Zulip in two buckets of S3', function () {
  this.timeout(60_000);
  const sample = zulipSample();
  const s3 = storeKinds.find(({ scheme }) => scheme === 's3')!;
  const server = useStore(s3, 'acme-uploads', 'acme-avatars');
  let database: TestDatabase | undefined;
  let plain: DataSource;
  let folder: string;
  let uploads: string;

  before(async function () {
    const from = needsSample(this);
    if (sample === undefined) return this.skip();
    database = await loadSample(from);
    plain = await dataSourceOf(database.url);
    await plain.initialize();
    uploads = sample.uploads(mkdtempSync(join(tmpdir(), 'portolan-uploads-')));
  });

  after(async () => {
    if (uploads !== undefined) rmSync(uploads, { recursive: true });
    await plain?.destroy();
    await database?.drop();
  });

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'portolan-buckets-'));
    for (const objects of server.buckets.values()) objects.clear();
    await fillBuckets(server, uploads, plain);
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  const buckets = placedFiles({ files: objectFiles('s3://acme-uploads'), avatars: objectFiles('s3://acme-avatars') });
  const write = async (
    name: string,
    said: ProfileValues = {},
    isZulips = true,
    strict = false,
    files: FileSource = buckets,
  ): Promise<ExportResult> => {
    const values = { 'avatar-salt': 'sample-avatar-salt', ...said };
    const dataSource = await dataSourceOf(database?.url ?? '');
    try {
      const opened = await openProfile({ profile: zulip, dataSource, values, exports: true });
      const layout = isZulips ? zulip.layouts!['zulip']!(values) : undefined;
      const asked = { objects: ['zerver.Realm.2'], output: join(folder, name), layout, files, strict };
      return await exportObjects(dataSource, { ...asked, includeSecrets: ['*'], ...opened });
    } finally {
      await dataSource.destroy();
    }
  };
  const records = (of: string): Records => JSON.parse(readFileSync(join(folder, of, 'records.json'), 'utf8')) as Records;
  const fileFindings = ({ findings }: ExportResult): readonly string[] =>
    findings.filter(({ kind }) => kind.startsWith('file')).map(({ kind, on }) => `${kind} ${on}`);

  it('leave as docs/zulip.md says, the same bytes as from a folder, under the names that they have in the buckets', async () => {
    const theirs = sample!.unpack('full', join(folder, 'theirs'));
    const [, steps = ''] =
      /### Where the files are[^]*?```sh\n([^]*?)```/u.exec(readFileSync(join(repositoryRoot, 'docs/zulip.md'), 'utf8')) ?? [];
    const program = `"${process.execPath}" "${join(repositoryRoot, 'dist/portolan/bin/exportobjects.js')}"`;
    const script = `set -e\nexportobjects() { ${program} "$@"; }\n${steps}mkdir ours\ntar -xzf acme-s3.tar.gz -C ours --strip-components 1`;
    const env = { ...process.env, ZULIP_URL: database!.url, AVATAR_SALT: 'sample-avatar-salt' };
    const { stderr } = await promisify(execFile)('bash', ['-c', script], { cwd: folder, env });
    expect(stderr).not.to.include('file-');
    expect(checkExport(join(folder, 'ours'))).to.deep.equal([]);
    const contents = (top: string, of: string, name: (path: string) => string): Readonly<Record<string, string>> =>
      Object.fromEntries(
        filesBelow(join(top, of))
          .filter((path) => path !== 'records.json')
          .map((path) => [name(path), readFileSync(join(top, of, path), 'latin1')]),
      );
    const inBucket: Readonly<Record<string, (path: string) => string>> = {
      uploads: (path) => path,
      avatars: (path) => path.replace(/\.png$/u, ''),
      emoji: (path) => path,
      realm_icons: (path) => path.replace('/', '/realm/'),
    };
    for (const [of, name] of Object.entries(inBucket)) {
      const ours = contents(join(folder, 'ours'), of, (path) => path);
      const originals = Object.keys(ours).filter((path) => of === 'emoji' && path.endsWith('.original'));
      expect(ours, of).to.include(contents(theirs, of, name));
      expect(Object.keys(ours).length - originals.length, of).to.equal(Object.keys(contents(theirs, of, name)).length);
    }
  });

  it("have the records of Zulip's export from S3", async () => {
    expect(fileFindings(await write('ours', { 'zulip-parity': true }))).to.deep.equal([]);
    for (const of of ['uploads', 'avatars', 'emoji', 'realm_icons']) {
      const bucket = of === 'uploads' ? 'acme-uploads' : 'acme-avatars';
      expect(records(`ours/${of}`).length, of).to.be.greaterThan(3);
      for (const record of records(`ours/${of}`)) {
        const { path, s3_path: name, size, md5, content_type: type, last_modified: modified, ...rest } = record;
        const { bytes, metadata = {} } = server.buckets.get(bucket)!.get(String(name))!;
        expect(path).to.equal(name);
        expect(size).to.equal(bytes.length);
        expect(md5).to.equal(createHash('md5').update(bytes).digest('hex'));
        expect(type).to.equal('text/plain');
        expect(modified).to.equal(Date.parse('1994-11-06T08:49:37Z') / 1000);
        const fileName = of === 'emoji' ? { file_name: String(path).split('/').at(-1) } : {};
        const { user_profile_email: email, ...others } = rest;
        const user = Number(metadata['user_profile_id']);
        expect(others).to.deep.equal({ bucket, realm_id: 2, user_profile_id: user, ...fileName });
        expect(email).to.match(/@/u);
        expect(readFileSync(join(folder, 'ours', of, String(path))).equals(bytes)).to.equal(true);
      }
    }
    expect(records('ours/emoji').some(({ file_name: name }) => name === '1.png.original')).to.equal(true);
  });

  it('of another realm or person stay, whatever their names are; those without a word of that leave', async () => {
    const [uploadsOf, avatarsOf] = ['acme-uploads', 'acme-avatars'].map((name) => server.buckets.get(name)!);
    const change = (objects: typeof uploadsOf, name: string, metadata: Readonly<Record<string, string>>): void =>
      void objects!.set(name, { ...objects!.get(name)!, metadata });
    const mine = [...uploadsOf!.keys()].filter((name) => name.startsWith('2/'));
    const avatar = [...avatarsOf!.keys()].find((name) => /^2\/[\da-f]{40}$/u.test(name))!;
    change(uploadsOf, mine[0]!, { realm_id: '3', user_profile_id: '33' });
    change(uploadsOf, mine[1]!, {});
    // A bot that serves all realms.
    change(uploadsOf, mine[2]!, { ...uploadsOf!.get(mine[2]!)!.metadata, realm_id: '1' });
    change(avatarsOf, avatar, { user_profile_id: '33' });
    change(avatarsOf, '2/emoji/images/1.png', { realm_id: '3' });
    change(avatarsOf, '2/realm/icon.png', { realm_id: '3' });
    const told = fileFindings(await write('ours'));
    expect(told.map((text) => text.replace(/\.\d+$/u, '')).sort()).to.deep.equal([
      'file-foreign zerver.attachment',
      'file-foreign zerver.realm',
      'file-foreign zerver.realmemoji',
      'file-foreign zerver.userprofile',
    ]);
    const left = filesBelow(join(folder, 'ours'));
    expect(left).to.include.members([`uploads/${mine[1]!}`, `uploads/${mine[2]!}`]);
    for (const name of [`uploads/${mine[0]!}`, `avatars/${avatar}`, 'emoji/2/emoji/images/1.png', 'realm_icons/2/realm/icon.png'])
      expect(left).not.to.include(name);
  });

  it('that are missing are told, and refuse under --strict; a public export asks for nothing private', async () => {
    const attachments = await plain.query<{ path_id: string }[]>('SELECT path_id FROM zulip.zerver_attachment WHERE id = 1');
    server.buckets.get('acme-uploads')!.delete(attachments[0]!.path_id);
    expect(fileFindings(await write('ours'))).to.deep.equal(['file-missing zerver.attachment.1']);
    const refused = await write('strict', {}, true, true).catch((error: unknown) => error);
    expect(refused).to.include({ code: 'STRICT' });
    server.steps.length = 0;
    await write('public', { 'public-only': true });
    expect(records('public/uploads').length).to.be.lessThan(server.buckets.get('acme-uploads')!.size / 2);
  });

  it('leave beside the rows in our own format under the names by which a server finds them in its folder', async () => {
    await write('buckets/', {}, false);
    await write('folder/', {}, false, false, localFiles(uploads));
    const [fromBuckets, fromFolder] = ['buckets', 'folder'].map((name) => filesBelow(join(folder, name, 'files')));
    expect(fromBuckets).to.deep.equal(fromFolder);
    expect(fromBuckets!.filter((path) => /^avatars\/2\/[\da-f]{40}\.png$/u.test(path)).length).to.be.greaterThan(2);
    for (const path of fromFolder!) {
      const [one, other] = ['buckets', 'folder'].map((name) => readFileSync(join(folder, name, 'files', path)));
      expect(one!.equals(other!), path).to.equal(true);
    }
  });

  it('leave beside the rows in our own format, and the page tells of them', async () => {
    const { files } = await write('ours.tar.gz', {}, false);
    const { trailer } = await verifyArchive(join(folder, 'ours.tar.gz'));
    expect(trailer.files).to.deep.equal(files);
    expect(files!.count).to.be.greaterThan(20);
    const { code, stdout, stderr } = await run('portolan', ['verify', join(folder, 'ours.tar.gz'), '--summary']);
    expect(code, stderr).to.equal(0);
    expect(stdout).to.match(/^zerver\.message +by the rule "huddle with another realm", or in need of such a row +\d+$/mu);
  });
});
