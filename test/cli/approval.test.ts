import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Approval, Policy } from '../../src/index.js';
import type { RunResult } from '../support/run.js';
import { useLibrary } from './library.js';

/** All that a book takes along. */
const models = { 'demoapp.*': 'all', 'auth.*': 'all', 'contenttypes.*': 'all' } as const;
const approval: Approval = { name: 'Transfer 17', seeds: ['demoapp.Book'], models, secrets: [] };

describe('a site that approves what leaves', function () {
  this.timeout(120_000);
  const library = useLibrary(() => {
    // Beside the data source: that of the checkout has another policy.
    writeFileSync(join(library.folder, 'ormconfig.ts'), "export { dataSource } from '../../ormconfig.js';\n");
    write('portolan.policy.json', { secrets: { 'User.email': 'secret' }, highlight: { people: ['User', 'Author'] }, approval });
    write('own.json', { models: { ContentType: { app: 'contenttypes' } } });
  });

  function write(name: string, policy: Policy): void {
    writeFileSync(join(library.folder, name), JSON.stringify(policy));
  }

  async function refused(words: readonly string[]): Promise<RunResult> {
    const result = await library.run('exportobjects', [...words, '-o', 'refused.json']);
    expect(result.code, result.stderr).to.equal(3);
    expect(existsSync(join(library.folder, 'refused.json'))).to.equal(false);
    return result;
  }

  it('refuses what goes beyond, by the file and the name of the approval; --json tells the code', async () => {
    const { stderr, stdout } = await refused(['demoapp.Author.1', '--include-secret', '*', '--json']);
    expect(stderr).to.match(
      /^error: beyond the approval "Transfer 17" \(\S*portolan\.policy\.json\):\n- seeds: demoapp\.Author\.1 may not/u,
    );
    expect(stderr)
      .to.contain('- secrets: auth.user.email is a secret that may not leave')
      .and.to.contain('- secrets: auth.user.password is a secret that may not leave');
    expect(JSON.parse(stdout)).to.include({ status: 'refused', code: 'APPROVAL_EXCEEDED' });
  });

  it('is not got around by another policy: its approval and its secrets hold', async () => {
    expect((await refused(['demoapp.Author.1', '--policy', 'own.json'])).stderr).to.contain('"Transfer 17"');
    const exported = await library.run('exportobjects', ['demoapp.Book.4', '--policy', 'own.json', '-o', 'own-out.json']);
    expect(exported.code, exported.stderr).to.equal(0);
    expect(readFileSync(join(library.folder, 'own-out.json'), 'utf8')).to.match(/"withheld":\{"auth\.user\.email":"secret"/u);
    write('loose.json', { secrets: { 'User.password': 'public' }, models: { User: { values: { first_name: 'password' } } } });
    const { stderr } = await refused(['demoapp.Book.4', '--policy', 'loose.json']);
    expect(stderr)
      .to.contain('- secrets: User.password would be called harmless')
      .and.to.contain('- models: other values would leave in User.first_name');
    // A second approval holds beside the first.
    write('second.json', { approval: { name: 'second', models: { ...models, User: 'key' } } });
    expect((await refused(['demoapp.Book.4', '--policy', 'second.json'])).stderr).to.contain('beyond the approval "second"');
    write('wide.json', { approval: { name: 'wide', secrets: ['*'] } });
    expect((await refused(['demoapp.Author.1', '--policy', 'wide.json'])).stderr).to.contain('"Transfer 17"');
  });

  it('reads on one page what left, and --json has the same', async () => {
    expect((await library.run('exportobjects', ['demoapp.Book.4', '-o', 'page.json', '--boundary', 'Book'])).code).to.equal(0);
    const { code, stdout, stderr } = await library.run('portolan', [
      'verify',
      'page.json',
      '--summary',
      '--policy',
      'portolan.policy.json',
    ]);
    expect([code, stderr]).to.deep.equal([0, 'whole and closed: 15 objects\n']);
    for (const line of [
      /^asked for: demoapp\.book\.4$/mu,
      /^profile: none$/mu,
      /^followed: owned \(/mu,
      /^boundary: demoapp\.book \(nothing of others could leave\)$/mu,
      /^approval: within "Transfer 17", sha256 [\da-f]{64}, the one of --policy$/mu,
      /^policy: sha256 [\da-f]{64}$/mu,
      /^people: \d+$/mu,
      /^objects: 15, and \d+ links$/mu,
      /^files beside the rows: none$/mu,
      /^secrets that left: none$/mu,
      /^withheld: auth\.user\.email, auth\.user\.password$/mu,
      /^demoapp\.bookinstance +6 +[\da-f]{16}$/mu,
      /^stayed at home: no row that was reached$/mu,
      /^edited since it was exported: no$/mu,
    ])
      expect(stdout).to.match(line);
    const bytes = readFileSync(join(library.folder, 'page.json')).length;
    expect(stdout).to.contain(`size: ${bytes.toLocaleString('en-US')} bytes before compression\n`);
    const told = await library.run('portolan', ['verify', 'page.json', '--summary', '--json']);
    const { summary, total } = JSON.parse(told.stdout) as { summary: Record<string, unknown>; total: number };
    expect(summary).to.deep.include({
      seeds: ['demoapp.book.4'],
      follow: 'owned',
      profile: null,
      bytes,
      total,
      secrets: [],
      dangling: 0,
    });
    expect(summary['approvals']).to.have.nested.property('[0].name', 'Transfer 17');
    expect(summary['highlight']).to.have.property('people').that.is.greaterThan(0);
  });

  it('is told that an archive was made under another approval, or none', async () => {
    write('other.json', { approval: { ...approval, maxObjects: 1000 } });
    const words = ['verify', 'page.json', '--summary', '--policy', 'other.json'];
    const { code, stdout, stderr } = await library.run('portolan', words);
    expect(code).to.equal(0);
    expect(stderr).to.contain('warning: page.json: it was not made under the approval "Transfer 17" (other.json) as that is now');
    expect(stdout).to.match(/^approval: within "Transfer 17", sha256 [\da-f]{64}$/mu);
    expect((await library.run('portolan', [...words, '--strict'])).code).to.equal(3);
  });

  it('reads who stayed at home, and why', async () => {
    const left = {
      models: { Book: { rows: [{ name: 'not that one', keep: 'id <> 5', otherwise: 'drop' }] } },
      exclude: { Language: 'stub' },
    } as const;
    write('stays.json', left);
    expect(
      (await library.run('exportobjects', ['demoapp.Book.4', '--policy', 'stays.json', '-o', 'stays-out.json'])).code,
    ).to.equal(0);
    const { stdout } = await library.run('portolan', ['verify', 'stays-out.json', '--summary']);
    expect(stdout)
      .to.match(/^stayed at home +why +rows$/mu)
      .and.to.match(/^demoapp\.language +known by key and natural key only +1$/mu);
  });

  it('keeps within it what standard output takes: nothing, where bytes are bounded', async () => {
    write('bytes.json', { approval: { maxBytes: 1_000_000 } });
    const { code, stdout, stderr } = await library.run('exportobjects', ['demoapp.Book.4', '--policy', 'bytes.json']);
    expect([code, stdout]).to.deep.equal([3, '']);
    expect(stderr).to.contain('- maxBytes: the output must be a file, a folder or in a bucket');
  });
});
