import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { TestDatabase } from '../support/database.js';
import type { RunResult } from '../support/run.js';
import { run } from '../support/run.js';
import { repositoryRoot } from '../support/shared.js';
import { loadSample, needsSample } from './load-sample.js';

describe('a realm whose transfer is approved', function () {
  this.timeout(240_000);
  let database: TestDatabase;
  let folder: string;

  before(async function () {
    database = await loadSample(needsSample(this));
    folder = mkdtempSync(join(tmpdir(), 'portolan-zulip-approval-'));
    // As docs/zulip.md has it, but for where a policy of this checkout finds the library.
    const [, policy = ''] =
      /## Approve a transfer[^]*?```ts\n([^]*?)```/u.exec(readFileSync(join(repositoryRoot, 'docs/zulip.md'), 'utf8')) ?? [];
    const library = join(import.meta.dirname, '../../src/index.js');
    writeFileSync(join(folder, 'site.mjs'), policy.replace("from 'portolan'", `from ${JSON.stringify(library)}`));
  });
  after(async () => {
    await database?.drop();
    if (folder !== undefined) rmSync(folder, { recursive: true });
  });

  const acme = 'zerver.Realm[string_id=acme]';
  const exported = (words: readonly string[]): Promise<RunResult> =>
    run('exportobjects', [...words, '--url', database.url, '--policy', 'site.mjs', '--no-files'], { cwd: folder });

  it('leaves in the mode that is approved, and the page tells the mode, the people and the messages', async () => {
    const { code, stderr } = await exported([acme, '--public-only', '-o', 'acme.tar.gz']);
    expect(code, stderr).to.equal(0);
    const { stdout } = await run('portolan', ['verify', 'acme.tar.gz', '--summary'], { cwd: folder });
    for (const line of [
      /^asked for: zerver\.realm\.2$/mu,
      /^profile: zulip --public-only$/mu,
      /^boundary: zerver\.realm \(what is of others stayed at home/mu,
      /^approval: within "Move of acme, ticket 4711", sha256 [\da-f]{64}$/mu,
      /^people: [1-9]\d*$/mu,
      /^messages: [1-9]\d*$/mu,
      /^secrets that left: none$/mu,
    ])
      expect(stdout).to.match(line);
  });

  it('does not in another mode, as another realm, in another format or with secrets: each has its line', async () => {
    const { code, stderr } = await exported([
      ...['zerver.Realm[string_id=zulip]', '--users', 'iago@example.com', '--zulip-parity', '--include-secret', '*'],
      ...['--format', 'zulip', '-o', 'beyond.tar.gz'],
    ]);
    expect(code).to.equal(3);
    for (const line of [
      '- seeds: zerver.Realm[string_id=zulip] may not be asked for',
      '- modes: an export with --users, --zulip-parity is none of them (--public-only · --consent-message-id)',
      '- formats: zulip may not be written',
      '- secrets: zerver.service.token is a secret that may not leave',
    ])
      expect(stderr).to.contain(`${line}\n`);
    expect(stderr).to.not.contain('iago');
    expect(execFileSync('ls', [folder], { encoding: 'utf8' })).to.equal('acme.tar.gz\nsite.mjs\n');
  });

  it('tells of users how many they were, and not who', async () => {
    writeFileSync(join(folder, 'any.json'), '{}');
    const [row] = await database.query(
      'SELECT delivery_email AS mail FROM zulip.zerver_userprofile WHERE realm_id = 2 AND NOT is_bot AND NOT is_mirror_dummy ORDER BY id LIMIT 1',
    );
    const words = [
      acme,
      '--users',
      String(row?.['mail']),
      '--avatar-salt',
      'SALT',
      '--url',
      database.url,
      '--policy',
      'any.json',
    ];
    const { code, stdout, stderr } = await run('exportobjects', [...words, '--no-files'], { cwd: folder });
    expect(code, stderr).to.equal(0);
    const header = stdout.slice(0, stdout.indexOf('\n'));
    expect(header).to.contain('"profile":{"name":"zulip","options":{"avatar-salt":"given","users":{"count":1}}}');
    expect(header).to.not.contain(String(row?.['mail'])).and.to.not.contain('SALT');
  });
});
