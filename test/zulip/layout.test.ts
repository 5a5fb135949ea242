import { execFileSync } from 'node:child_process';
import { expect } from 'chai';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExportResult } from '../../src/index.js';
import { exportObjects, localFiles } from '../../src/index.js';
import { openProfile } from '../../src/profiles/open-profile.js';
import type { ProfileValues } from '../../src/profiles/profile.js';
import { zulip } from '../../src/profiles/zulip/zulip.js';
import { dataSourceOf } from '../../src/source/data-source-of.js';
import type { TestDatabase } from '../support/database.js';
import { run } from '../support/run.js';
import { repositoryRoot } from '../support/shared.js';
import { noTerminal, runInTerminal } from '../support/terminal.js';
import { checkExport } from './check-export.js';
import { exportZulip } from './export-zulip.js';
import { loadSample, needsSample } from './load-sample.js';
import { readTables, zulipSample } from './sample.js';

/** Zulip's own exports of the sample, and how we are asked for the same. */
const modes: readonly (readonly [file: string, object: string, values: ProfileValues])[] = [
  ['full', 'zerver.Realm.2', {}],
  ['public', 'zerver.Realm.2', { 'public-only': true }],
  ['consent', 'zerver.Realm.2', { 'consent-message-id': 848 }],
  ['user-1', 'zerver.UserProfile.8', {}],
  ['user-2', 'zerver.UserProfile.13', {}],
];

describe('--format zulip', function () {
  this.timeout(180_000);
  const sample = zulipSample();
  let database: TestDatabase | undefined;
  let folder: string;
  let uploads: string;

  before(async function () {
    const from = needsSample(this);
    if (sample === undefined) return this.skip();
    database = await loadSample(from);
    uploads = sample.uploads(mkdtempSync(join(tmpdir(), 'portolan-uploads-')));
  });

  after(async () => {
    if (uploads !== undefined) rmSync(uploads, { recursive: true });
    await database?.drop();
  });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'portolan-layout-'));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  const write = async (object: string, output: string, said: ProfileValues, strict = false): Promise<ExportResult> => {
    const values = { 'avatar-salt': 'sample-avatar-salt', ...said };
    const dataSource = await dataSourceOf(database?.url ?? '');
    try {
      const opened = await openProfile({ profile: zulip, dataSource, values, exports: true });
      const layout = zulip.layouts!['zulip']!(values);
      const asked = { objects: [object], output, layout, strict, files: localFiles(uploads), includeSecrets: ['*'] };
      return await exportObjects(dataSource, { ...asked, ...opened });
    } finally {
      await dataSource.destroy();
    }
  };

  for (const [name, object, values] of modes) {
    it(`with --zulip-parity is what Zulip wrote, row by row and file by file: ${name}`, async () => {
      const theirs = sample!.unpack(name, join(folder, name));
      const output = join(folder, name === 'consent' ? 'ours' : 'ours.tar.gz');
      await write(object, output, { ...values, 'zulip-parity': true });
      // A copy of the realm stands in analytics.json by mistake there.
      expect(await sample!.compare(output, theirs, ['--ignore', 'zerver_analytics.*'])).to.equal('');
    });

    if (object.startsWith('zerver.Realm')) {
      it(`is whole, in order and closed, as an importer reads it: ${name}`, async () => {
        const output = join(folder, 'ours');
        const { objects } = await write(object, output, values);
        expect(checkExport(output)).to.deep.equal([]);
        const stats = readFileSync(join(output, 'stats.txt'), 'utf8');
        expect(stats).to.include('zerver_message').and.not.include(folder);
        expect(objects['zerver.message']).to.be.greaterThan(100);
        // The same rows as in our own format.
        expect(objects).to.deep.equal((await exportZulip(database!.url, [object], values)).trailer.objects);
      });
    }
  }

  it('is one command, and keeps secrets at home unless they are asked for', async () => {
    const words = [
      'zerver.Realm.2',
      '--url',
      database!.url,
      '--format',
      'zulip',
      '--files',
      uploads,
      '--avatar-salt',
      'sample-avatar-salt',
    ];
    const { code, stderr } = await run('exportobjects', [...words, '-o', join(folder, 'acme.tar.gz')], { cwd: folder });
    expect(code, stderr).to.equal(0);
    execFileSync('tar', ['-xzf', join(folder, 'acme.tar.gz'), '-C', folder]);
    expect(readdirSync(folder).sort()).to.deep.equal(['acme', 'acme.tar.gz']);
    expect(checkExport(join(folder, 'acme'))).to.deep.equal([]);
    const text = ['realm.json', 'attachment.json'].map((name) => readFileSync(join(folder, 'acme', name), 'utf8')).join('');
    for (const secret of [
      'LEAK-bot',
      'LEAK-zoom',
      'LEAK-service',
      'LEAK-embed',
      'LEAK-push',
      'sha1$',
      '"api_key"',
      '"password"',
      '"email_token"',
    ])
      expect(text).not.to.include(secret);
    const manifest = JSON.parse(readFileSync(join(folder, 'acme/portolan/manifest.json'), 'utf8')) as Record<string, unknown>;
    expect(manifest['withheld']).to.include.keys('zerver.realm.zoom_api_key', 'zerver.service.token');
    expect(manifest['seeds']).to.deep.equal(['zerver.realm.2']);
  });

  it('is made as docs/zulip.md says, step by step', () => {
    const [, steps = ''] =
      /### Step by step[^]*?```sh\n([^]*?)```/u.exec(readFileSync(join(repositoryRoot, 'docs/zulip.md'), 'utf8')) ?? [];
    const program = `"${process.execPath}" "${join(repositoryRoot, 'dist/portolan/bin/exportobjects.js')}"`;
    const script = `set -e\nexportobjects() { ${program} "$@"; }\n${steps}`;
    const variables = { ZULIP_URL: database!.url, ZULIP_UPLOADS: uploads, AVATAR_SALT: 'sample-avatar-salt' };
    const said = execFileSync('bash', ['-c', script], {
      cwd: folder,
      env: { ...process.env, ...variables },
      stdio: 'pipe',
    }).toString();
    expect(said).to.match(/\d+ zerver_message\n/u);
    expect(checkExport(join(folder, 'acme'))).to.deep.equal([]);
  });

  it('shows at a terminal how far the writing has come', async function () {
    if (noTerminal() !== undefined) this.skip();
    const words = ['zerver.Realm.2', '--url', database!.url, '--format', 'zulip', '--no-files', '-o', 'shown/'];
    const { code, screen } = await runInTerminal('exportobjects', words, { cwd: folder });
    expect(code, screen).to.equal(0);
    expect(screen).to.match(/writing zerver\.\w+ █*░* ?[\d,]+ of [\d,]+ · \d+ % · [\d,]+ objects\/s/u);
  });

  it('files follow the messages that carry them: a public export has no private upload', async () => {
    await write('zerver.Realm.2', join(folder, 'ours'), { 'public-only': true });
    const { zerver_attachment: attachments = [] } = readTables(join(folder, 'ours/attachment.json'));
    const records = JSON.parse(readFileSync(join(folder, 'ours/uploads/records.json'), 'utf8')) as { path: string }[];
    expect(records.map(({ path }) => path).sort()).to.deep.equal(attachments.map(({ path_id: path }) => path).sort());
    expect(records).to.have.length(3);
  });

  it('a file that is missing, or leads out of the folder, is told, and refuses under --strict', async () => {
    const [path = ''] = readTables(join(sample!.unpack('full', join(folder, 'full')), 'attachment.json'))[
      'zerver_attachment'
    ]!.map((row) => String(row['path_id']));
    const place = join(uploads, 'files', path);
    const content = readFileSync(place);
    const told = async (output: string): Promise<readonly string[]> => {
      const { findings } = await write('zerver.Realm.2', join(folder, output), {});
      return findings.filter(({ kind }) => kind.startsWith('file')).map(({ kind, on }) => `${kind} ${on}`);
    };
    unlinkSync(place);
    try {
      expect(await told('missing')).to.deep.equal(['file-missing zerver.attachment.1']);
      expect(checkExport(join(folder, 'missing'))).to.deep.equal([]);
      symlinkSync('/etc/hostname', place);
      expect(await told('outside')).to.deep.equal(['file-outside zerver.attachment.1']);
      const refused = await write('zerver.Realm.2', join(folder, 'strict'), {}, true).catch((error: unknown) => error);
      expect(refused).to.include({ code: 'STRICT' });
      expect(readdirSync(folder)).not.to.include('strict');
    } finally {
      unlinkSync(place);
      execFileSync('tee', [place], { input: content, stdio: ['pipe', 'ignore', 'ignore'] });
    }
  });

  it('takes realms, or one user', async () => {
    const error = await write('zerver.Stream.1', join(folder, 'ours'), {}).catch((one: unknown) => one);
    expect(error).to.include({ code: 'OPTION_VALUE' });
    expect(readdirSync(folder)).to.deep.equal([]);
  });
});
