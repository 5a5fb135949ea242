import { readdirSync } from 'node:fs';
import { expect } from 'chai';
import { heldUp } from '../import/held-up.js';
import type { RunOptions, RunResult } from '../support/run.js';
import { useLibrary } from './library.js';

describe('importobjects --apply-plan', function () {
  this.timeout(60_000);
  const library = useLibrary(async () => {
    expect((await library.run('exportobjects', ['demoapp.Book.4', '-o', 'book.json'])).code).to.equal(0);
  });

  function importing(words: readonly string[], url: string, options: RunOptions = {}): Promise<RunResult> {
    return library.run('importobjects', ['book.json', ...words], { env: { PORTOLAN_URL: url }, ...options });
  }
  const books = (): Promise<unknown[]> => library.empty.query('SELECT FROM demoapp_book');

  it('killed while it writes leaves nothing, and is executed afterwards', async () => {
    expect((await importing(['--dry-run', '--plan', 'plan'], library.empty.url)).code).to.equal(0);
    const files = readdirSync(library.folder);
    const killed = new AbortController();
    const { signal } = await heldUp(
      library.empty,
      'LOCK TABLE demoapp_bookinstance IN SHARE ROW EXCLUSIVE MODE',
      () =>
        importing(['--apply-plan', 'plan', '--journal', 'journal', '--id-map', 'map'], library.empty.url, {
          signal: killed.signal,
          killSignal: 'SIGKILL',
        }),
      () => {
        killed.abort();
        return Promise.resolve();
      },
    );
    expect(signal).to.equal('SIGKILL');
    expect(await books()).to.have.length(0);
    expect(readdirSync(library.folder)).to.deep.equal(files);
    const { code, stderr } = await importing(['--apply-plan', 'plan'], library.empty.url);
    expect(code, stderr).to.equal(0);
    expect(await books()).to.have.length(1);
  });

  it('says what is no longer as it was, and exits with 3', async () => {
    const { code, stdout, stderr } = await importing(['--apply-plan', 'plan', '--json'], library.empty.url);
    expect([code, stdout.trimEnd().split('\n').length]).to.deep.equal([3, 1]);
    const document = JSON.parse(stdout) as { code: string; status: string; findings: { kind: string; on: string }[] };
    expect(document).to.include({ code: 'PLAN_STALE', status: 'refused' });
    expect(document.findings).to.have.length(15);
    expect(stderr).to.match(
      /15 decisions are not what the plan says any more:(\n {2}[\w.-]+: then insert, now same){10}\n {2}and 5 more\n/u,
    );
    expect(stderr).to.contain('make the plan anew');
  });

  it('wants the consent that the plan wants', async () => {
    await library.full.query("UPDATE demoapp_book SET title = 'other' || title WHERE id = 4");
    expect((await importing(['--override', '--dry-run', '--plan', 'over'], library.full.url)).code).to.equal(0);
    const { code, stderr } = await importing(['--apply-plan', 'over'], library.full.url);
    expect([code, stderr]).to.satisfy(([is, said]: [number, string]) => is === 2 && said.includes('--yes'));
    expect((await importing(['--apply-plan', 'over', '--yes'], library.full.url)).code).to.equal(0);
  });
});
