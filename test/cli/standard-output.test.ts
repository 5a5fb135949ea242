import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { verifyArchive } from '../../src/archive/verify-archive.js';
import type { Program } from '../support/run.js';
import { programPath } from '../support/run.js';
import { useLibrary } from './library.js';

describe('standard output', function () {
  this.timeout(180_000);
  const library = useLibrary(async () => {
    expect((await library.run('exportobjects', ['demoapp.Book.4', '-o', 'book.json'])).code).to.equal(0);
    const text = readFileSync(join(library.folder, 'book.json'), 'utf8');
    writeFileSync(join(library.folder, 'edited.json'), text.replace('"title":"', '"title":"On '));
  });

  /** `$portolan` and `$export` are the programs. */
  function shell(command: string): { readonly code: number | null; readonly stdout: string; readonly stderr: string } {
    const text = command
      .replaceAll('$portolan', `"${process.execPath}" "${programPath('portolan')}"`)
      .replaceAll('$export', `"${process.execPath}" "${programPath('exportobjects')}"`);
    const env = { ...process.env, PORTOLAN_URL: library.full.url };
    const { status, stdout, stderr } = spawnSync('bash', ['-c', text], { cwd: library.folder, env, encoding: 'utf8' });
    return { code: status, stdout, stderr };
  }

  for (const [fact, command] of [
    ['a pipe by its name', '$portolan verify edited.json --reseal -o /dev/stdout | cat > sealed.json; exit ${PIPESTATUS[0]}'],
    ['a pipe as -', '$portolan verify edited.json --reseal -o - | cat > sealed.json; exit ${PIPESTATUS[0]}'],
    ['a file that it was redirected to', '$portolan verify edited.json --reseal -o /dev/stdout > sealed.json'],
    ['a named pipe', 'mkfifo p; timeout 30 cat p > sealed.json & $portolan verify edited.json --reseal -o p && wait; rm p'],
  ] as const) {
    it(`takes what is sealed again: ${fact}`, async () => {
      const { code, stderr } = shell(command);
      expect(code, stderr).to.equal(0);
      expect(stderr).to.equal('sealed: 15 objects\nwhole and closed: 15 objects\n');
      expect((await verifyArchive(join(library.folder, 'sealed.json'))).header.edited).to.equal(true);
    });
  }

  it('is not the only place that keeps nothing: what is sealed again can go to /dev/null', () => {
    const { code, stderr } = shell('$portolan verify edited.json --reseal -o /dev/null');
    expect(code, stderr).to.equal(0);
  });

  it('is written on where it was redirected to the end of a file', () => {
    const { code, stderr } = shell('echo before > log; $export demoapp.Book.4 -q -o /dev/stdout >> log');
    expect(code, stderr).to.equal(0);
    expect(readFileSync(join(library.folder, 'log'), 'utf8')).to.match(/^before\n\{"header":[^]*\}\n$/u);
  });

  const twice: readonly (readonly [Program, string, string])[] = [
    ['exportobjects', 'demoapp.Book.4 -o /dev/stdout --json', 'the archive and the result of --json'],
    ['exportobjects', 'demoapp.Book.4 --findings /dev/stdout', 'the archive and the --findings'],
    ['portolan', 'verify book.json --reseal -o - --json', 'the archive and the result of --json'],
    ['portolan', 'verify book.json --reseal -o - --summary', 'the archive and the --summary'],
    ['importobjects', 'book.json --dry-run --plan /dev/stdout --json', 'the result of --json and the --plan'],
    ['importobjects', 'book.json --dry-run --plan /dev/stdout --id-map /dev/fd/1', 'the --plan and the --id-map'],
  ];
  for (const [program, words, both] of twice) {
    it(`holds one thing: ${program} ${words}`, async () => {
      const { code, stderr } = await library.run(program, words.split(' '));
      expect(code).to.equal(2);
      expect(stderr).to.contain(`error: standard output cannot hold both ${both}\n`);
    });
  }

  it('may hold the plan, or the findings of a dry run', async () => {
    const plan = await library.run('importobjects', ['book.json', '--dry-run', '--plan', '/dev/stdout', '-q']);
    expect(plan.stdout).to.match(/^\{"archive":/u);
    const findings = await library.run('exportobjects', ['demoapp.Book.4', '--dry-run', '--findings', '/dev/stdout', '-q']);
    expect([findings.code, findings.stderr]).to.deep.equal([0, '']);
  });

  for (const option of ['--findings', '--plan', '--id-map']) {
    it(`is not meant by - after ${option}, and no file is meant by nothing`, async () => {
      for (const [value, says] of [
        ['-', `${option} takes the name of a file, not -`],
        ['', `${option} is given the name of no file`],
      ] as const) {
        const { code, stderr } = await library.run('importobjects', ['book.json', '--dry-run', option, value]);
        expect([code, stderr.split('\n')[0]]).to.deep.equal([2, `error: ${says}`]);
      }
      expect(existsSync(join(library.folder, '-'))).to.equal(false);
    });
  }

  it('is not, like any output, another file that reseal would replace', async () => {
    writeFileSync(join(library.folder, 'mine.json'), 'mine');
    const { code, stderr } = await library.run('portolan', ['verify', 'edited.json', '--reseal', '-o', 'mine.json']);
    expect(code).to.equal(2);
    expect(stderr).to.equal('error: mine.json exists\nChoose another name: only the edited archive itself is replaced.\n');
    expect(readFileSync(join(library.folder, 'mine.json'), 'utf8')).to.equal('mine');
    expect(readdirSync(library.folder).filter((file) => file.endsWith('.partial'))).to.deep.equal([]);
  });
});
