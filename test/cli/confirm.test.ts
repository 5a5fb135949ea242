import { spawn } from 'node:child_process';
import { expect } from 'chai';
import { programPath } from '../support/run.js';
import type { Library } from './library.js';
import { openLibrary } from './library.js';

describe('the question before rows are overwritten', function () {
  this.timeout(60_000);
  let library: Library;

  before(async () => {
    library = await openLibrary();
    const { code, stderr } = await library.run('exportobjects', ['demoapp.Book.4', '-o', 'book.json']);
    expect(code, stderr).to.equal(0);
  });

  after(async () => {
    await library.close();
  });

  /** On a terminal, which gets these keys once it shows the question. */
  function answered(keys: string): Promise<{ readonly code: number | null; readonly shown: string }> {
    return new Promise((resolve, reject) => {
      const command = `'${process.execPath}' '${programPath('importobjects')}' book.json --override`;
      const child = spawn('bash', ['-c', 'exec script -qec "$COMMAND" /dev/null'], {
        cwd: library.folder,
        env: { ...process.env, COMMAND: command, PORTOLAN_URL: library.empty.url },
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      let shown = '';
      child.stdout.on('data', (bytes: Buffer) => {
        const hadAsked = shown.includes('[y/N]');
        shown += bytes.toString('utf8');
        if (!hadAsked && shown.includes('[y/N]')) child.stdin.write(keys);
      });
      child.once('error', reject);
      child.once('close', (code) => {
        resolve({ code, shown });
      });
    });
  }

  async function books(): Promise<unknown> {
    return (await library.empty.query('SELECT count(*)::int AS count FROM demoapp_book'))[0]?.['count'];
  }

  for (const [fact, keys, code, says] of [
    ['by no: nothing is written', 'n\r', 2, /not confirmed: nothing was written/u],
    ['by the end of the input: nothing is written', '\u0004', 2, /not confirmed: nothing was written/u],
    ['by Ctrl-C: the command is interrupted', '\u0003', 130, /interrupted: nothing was left behind/u],
  ] as const) {
    it(`may be answered ${fact}`, async () => {
      const result = await answered(keys);
      expect(result.code, result.shown).to.equal(code);
      expect(result.shown)
        .to.match(says)
        .and.not.match(/did not foresee/u);
      expect(await books()).to.equal(0);
    });
  }

  it('may be answered by yes', async () => {
    const result = await answered('y\r');
    expect(result.code, result.shown).to.equal(0);
    expect(await books()).to.equal(1);
  });
});
