import { expect } from 'chai';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rowsOf } from '../support/journey.js';
import { noTerminal, runInTerminal } from '../support/terminal.js';
import { useLibrary } from './library.js';

type Document = Readonly<Record<string, unknown>>;

const tables = ['auth_user', 'auth_user_groups', 'demoapp_profile', 'demoapp_bookinstance', 'demoapp_book'];

describe('the contract: delete and undo', function () {
  this.timeout(300_000);
  const library = useLibrary();
  const all = ['auth.User.7', '--include-secret', '*'];
  const read = (file: string): string => readFileSync(join(library.folder, file), 'utf8');
  const rows = (): Promise<unknown> => rowsOf(library.full, tables);

  async function run(program: 'deleteobjects' | 'portolan', words: readonly string[], code: number): Promise<Document> {
    const result = await library.run(program, [...words, '--json']);
    expect(result.code, result.stderr).to.equal(code);
    return JSON.parse(result.stdout) as Document;
  }

  it('deletes objects that are exported first, by all members of its document, and undo takes it back', async () => {
    const before = await rows();
    const files = ['--plan', 'p.jsonl', '--journal', 'j.jsonl', '--receipt', 'r.json'];
    const dry = await run('deleteobjects', [...all, '-o', 'person.json', '--dry-run'], 0);
    expect([await rows(), existsSync(join(library.folder, 'person.json'))]).to.deep.equal([before, false]);
    const done = await run('deleteobjects', [...all, '-o', 'person.json', '--yes', ...files], 0);
    expect(done).to.have.keys(
      ...['status', 'archive', 'sha256', 'plan', 'links', 'nullified', 'reasons', 'kept', 'keptCount', 'seedsKept', 'receiptKey'],
      'findings',
    );
    expect(done).to.deep.include({
      ...{ status: 'done', archive: 'person.json', kept: [], keptCount: 0, seedsKept: [], receiptKey: null },
      ...{ plan: dry['plan'], links: { 'auth.user.groups': 1, 'auth.user.permissions': 1 } },
      nullified: { 'demoapp.bookinstance.borrower': 6 },
    });
    expect(done['plan']).to.deep.include({
      delete: { 'auth.user': 1, 'demoapp.profile': 1 },
      nullify: { 'demoapp.bookinstance': 6 },
    });
    expect(JSON.parse(read('r.json'))).to.deep.include({ format: 'portolan-receipt', archive: done['sha256'] });
    expect(read('p.jsonl')).to.match(/^\{"object":"auth\.user\.7","decision":"delete","sha256":"[\da-f]{64}"\}$/mu);
    const again = await run('deleteobjects', ['person.json', '--yes'], 0);
    expect(again['plan']).to.deep.include({ delete: {}, nullify: {} });
    for (const [words, status] of [
      [['--dry-run', '--plan', 'u.jsonl'], 'planned'],
      [['--apply-plan', 'u.jsonl'], 'done'],
    ] as const) {
      const undone = await run('portolan', ['undo', 'j.jsonl', ...words], 0);
      expect(undone).to.have.keys('status', 'plan', 'conflicts', 'conflictCount', 'findings');
      expect(undone['status']).to.equal(status);
      expect(undone['plan']).to.deep.include({
        ...{ delete: {}, update: { 'demoapp.bookinstance': 6 }, conflict: {} },
        insert: { 'auth.user': 1, 'demoapp.profile': 1, 'public.auth_user_groups': 1, 'public.auth_user_user_permissions': 1 },
      });
    }
    expect(read('u.jsonl')).to.match(/^\{"object":"auth\.user\.7","decision":"insert"\}$/mu);
    expect(await rows()).to.deep.equal(before);
    const refused = await run('portolan', ['undo', 'j.jsonl'], 3);
    expect(refused['conflicts']).to.deep.include({ object: 'auth.user.7', reason: 'exists' });
    expect(refused['plan']).to.deep.include({
      conflict: {
        'auth.user': 1,
        'demoapp.bookinstance': 6,
        'demoapp.profile': 1,
        'public.auth_user_groups': 1,
        'public.auth_user_user_permissions': 1,
      },
    });
    expect(await run('portolan', ['undo', 'j.jsonl', '--apply-plan', 'u.jsonl'], 3)).to.include({ code: 'PLAN_STALE' });
    expect(await run('portolan', ['undo', 'j.jsonl', '--apply-plan', 'p.jsonl'], 3)).to.include({ code: 'PLAN_DAMAGED' });
    const both = await run('portolan', ['undo', 'j.jsonl', '--plan', 'x', '--apply-plan', 'u.jsonl'], 2);
    expect(both['error']).to.contain('contradict each other');
    expect((await run('portolan', ['undo', 'j.jsonl', '--plan', 'j.jsonl'], 2))['error']).to.contain(
      'would overwrite the journal',
    );
    const quiet = await library.run('portolan', ['undo', 'j.jsonl', '-q']);
    expect(quiet.stderr).to.contain('conflict: auth.user.7 is there again\n').and.contain('refused: nothing was taken back');
  });

  it('refuses where columns would be lost, and leaves the archive', async () => {
    const document = await run('deleteobjects', ['auth.User.7', '-o', 'lossy.json', '--yes'], 3);
    expect(document).to.deep.include({ status: 'refused', code: 'ARCHIVE_LACKS_COLUMNS' });
    expect(existsSync(join(library.folder, 'lossy.json'))).to.equal(true);
  });

  it('keeps nothing but a receipt under --no-archive, and tells its key apart from it', async () => {
    const { code, stdout, stderr } = await library.run('deleteobjects', [
      'auth.User.9',
      '--no-archive',
      '--receipt',
      'n.json',
      '--yes',
    ]);
    expect([code, stdout], stderr).to.deep.equal([0, '']);
    expect(stderr).to.match(/^done: committed; receipt n\.json$/mu);
    expect(stderr, 'there is no archive to speak of')
      .to.match(/^not deleted: \d+: /mu)
      .and.not.contain('archive');
    const [, key = ''] = /keep it apart: ([\da-f]{64})$/mu.exec(stderr) ?? [];
    expect(read('n.json')).to.contain('"hmac"').and.not.contain(key).and.not.contain('auth.user.9');
    expect(await library.full.query('SELECT FROM auth_user WHERE id = 9')).to.have.length(0);
  });

  it('says where it deletes before it does, and does not take its archive for another file', async () => {
    const { stderr } = await library.run('deleteobjects', [...all, '-o', 'where.json', '--dry-run']);
    expect(stderr).to.match(new RegExp(`^planning for database ${library.full.name} on \\S+ as \\S+\n`, 'u'));
    const document = await run('deleteobjects', ['person.json', '--receipt', 'person.json', '--yes'], 2);
    expect(document['error']).to.match(/--receipt would overwrite the archive/u);
    const unsaid = await run('deleteobjects', ['auth.User.9', '--no-archive'], 2);
    expect(unsaid['code'], 'what is missing is told before a consent is asked for').to.equal('NO_OUTPUT');
  });

  it('asks at a terminal, when the plan is there, and takes nothing but yes', async function () {
    if (noTerminal() !== undefined) this.skip();
    const before = await rows();
    const at = (types: string, name: string): ReturnType<typeof runInTerminal> =>
      runInTerminal('deleteobjects', [...all, '-o', name], {
        ...{ cwd: library.folder, env: { PORTOLAN_URL: library.full.url }, types, prompt: /Go on\? \[y\/N\] / },
      });
    const no = await at('n\n', 'no.json');
    expect(no.code, no.screen).to.equal(2);
    expect(no.screen)
      .to.match(/auth\.user +1[^]*That will be deleted from database \S+ on/u)
      .and.contain('not confirmed: nothing was deleted');
    expect(await rows()).to.deep.equal(before);
    const yes = await at('y\n', 'yes.json');
    expect(yes.code, yes.screen).to.equal(0);
    expect(await library.full.query('SELECT FROM auth_user WHERE id = 7')).to.have.length(0);
  });
});
