import { expect } from 'chai';
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import type { RunResult } from '../support/run.js';
import { programPath } from '../support/run.js';
import { useLibrary } from './library.js';

type Document = Readonly<Record<string, unknown>>;

describe('the contract: export', function () {
  this.timeout(180_000);
  const library = useLibrary();
  const path = (file: string): string => join(library.folder, file);
  const read = (file: string): string => readFileSync(path(file), 'utf8');
  afterEach(() => {
    for (const file of readdirSync(library.folder)) rmSync(path(file), { recursive: true });
  });

  async function exported(words: readonly string[], code = 0): Promise<Document> {
    const { code: exitCode, stdout, stderr } = await library.run('exportobjects', [...words, '--json']);
    expect(exitCode, stderr).to.equal(code);
    return JSON.parse(stdout) as Document;
  }

  it('portolan export is exportobjects, to standard output where no -o says otherwise; talk goes to standard error', async () => {
    const words = ['demoapp.Book.4', '--reproducible'];
    const one = await library.run('exportobjects', words);
    const other = await library.run('portolan', ['export', ...words, '-o', '-']);
    // On a slow machine, lines of progress come first.
    const summary = ({ stderr }: RunResult): string => stderr.slice(Math.max(0, stderr.indexOf('model  ')));
    expect([one.code, one.stdout, summary(one)]).to.deep.equal([other.code, other.stdout, summary(other)]);
    expect(one.stdout).to.match(/^\{"header":/u);
    expect(summary(one)).to.match(/^model +objects\n[^]*15 objects in standard output \(/u);
  });

  it('--json tells counts, links, bytes and the digest of the finished file', async () => {
    for (const file of ['out.json', 'out.jsonl.gz']) {
      const document = await exported(['demoapp.Book.4', '-o', file]);
      expect(document).to.deep.equal({
        status: 'done',
        output: file,
        objects: {
          'auth.user': 3,
          'demoapp.author': 1,
          'demoapp.book': 1,
          'demoapp.bookinstance': 6,
          'demoapp.genre': 3,
          'demoapp.language': 1,
        },
        links: { 'demoapp.book.genre': 3 },
        total: 15,
        bytes: statSync(path(file)).size,
        sha256: createHash('sha256')
          .update(readFileSync(path(file)))
          .digest('hex'),
        withheld: ['auth.user.password'],
        findings: [],
      });
      expect(statSync(path(file)).mode & 0o777).to.equal(0o600);
    }
  });

  for (const option of ['--dry-run', '--debug']) {
    it(`${option} resolves everything, prints the counts and writes no file`, async () => {
      const { code, stdout, stderr } = await library.run('exportobjects', ['demoapp.Book.4', '-o', 'dry.json', option]);
      expect([code, stdout]).to.deep.equal([0, '']);
      expect(stderr)
        .to.match(/^demoapp\.bookinstance +6$/mu)
        .and.contain('15 objects would leave; nothing was written');
      expect(readdirSync(library.folder)).to.deep.equal([]);
      expect(await exported(['demoapp.Book.4', option])).to.deep.include({ output: null, total: 15, bytes: 0, sha256: '' });
      expect((await exported(['demoapp.Book.999', option], 2)).code).to.equal('UNKNOWN_OBJECT');
    });
  }

  it('--reproducible leaves out the date and the version, and nothing else', async () => {
    await exported(['demoapp.Book.4', '-o', 'plain.json']);
    await exported(['demoapp.Book.4', '-o', 'same.json', '--reproducible']);
    const header = (file: string): Document => (JSON.parse(read(file)) as { readonly header: Document }).header;
    const { volatile, ...rest } = header('plain.json');
    expect(volatile).to.have.keys(['date', 'tool', 'source']);
    expect(header('same.json')).to.deep.equal(rest);
    expect(read('same.json')).not.to.contain('127.0.0.1').and.not.to.contain(library.full.name);
  });

  it('a budget and a boundary refuse with exit 3, and write nothing', async () => {
    const flood = await exported(['demoapp.Book.4', '-o', 'x.json', '--max-objects', '3'], 3);
    expect(flood).to.include({ status: 'refused', code: 'BUDGET_EXCEEDED' });
    expect(flood.error).to.match(/demoapp\.\w+\.\w+ \((up|down|across)\) brought \d+/u);
    expect((await exported(['demoapp.Book.4', '-o', 'x.json', '--max-depth', '1'], 3)).code).to.equal('BUDGET_EXCEEDED');
    const crossed = await exported(['demoapp.Genre.1', '-o', 'x.json', '--follow', 'connected', '--boundary', 'Author'], 3);
    expect(crossed).to.include({ status: 'refused', code: 'BOUNDARY_CROSSED' });
    expect(crossed.error).to.contain('→');
    expect(readdirSync(library.folder)).to.deep.equal([]);
  });

  it('--jobs changes nothing in the archive, and wants a whole number', async () => {
    const [one, three] = await Promise.all(
      ['1', '3'].map((jobs) => exported(['demoapp.Book.4', '-o', `${jobs}.json`, '--reproducible', '--jobs', jobs])),
    );
    expect(three?.sha256).to.equal(one?.sha256);
    for (const jobs of ['0', '1.5', 'x'])
      expect((await exported(['demoapp.Book.4', '-o', 'x.json', '--jobs', jobs], 2)).code).to.equal('OPTION_VALUE');
  });

  it('layouts, compressions and places that this version does not write are told: exit 2', async () => {
    for (const [output, code] of [
      ['.', 'OUTPUT_EXISTS'],
      ['az://bucket/x.json', 'OBJECT_URL'],
      ['gs://bucket/x/', 'OBJECT_URL'],
    ])
      expect((await exported(['demoapp.Book.4', '-o', output ?? ''], 2)).code, output).to.equal(code);
    const { code, stdout } = await library.run('exportobjects', ['demoapp.Book.4', '-o', 'out.json.zst', '--json']);
    const hasZstd = 'createZstdCompress' in (await import('node:zlib'));
    expect([code, (JSON.parse(stdout) as Document).code]).to.deep.equal(hasZstd ? [0, undefined] : [2, 'NO_ZSTD']);
  });

  it('a device is written to, and never replaced', async () => {
    const before = lstatSync('/dev/null');
    const words = ['demoapp.Book.4', '--force', '-o', '/dev/null', '--findings', '/dev/null'];
    const { code, stderr } = await library.run('exportobjects', words);
    expect(code, stderr).to.equal(0);
    const after = lstatSync('/dev/null');
    expect([after.ino, after.mode]).to.deep.equal([before.ino, before.mode]);
  });

  it('a full disk and a reader that goes away are failures: exit 1, told in one line, without a trace', () => {
    const env = { ...process.env, PORTOLAN_URL: library.full.url };
    const shell = (command: string): { readonly status: number | null; readonly stderr: string } =>
      spawnSync('bash', ['-c', `set -o pipefail; ${command}`], { cwd: library.folder, env, encoding: 'utf8' });
    const program = (name: 'exportobjects' | 'portolan'): string => `"${process.execPath}" "${programPath(name)}"`;
    const commands = [
      `${program('exportobjects')} demoapp.Genre.1 --follow connected -q`,
      `${program('exportobjects')} demoapp.Book.4 --dry-run --json -q`,
      `${program('portolan')} explain demoapp.Book.4 -q`,
    ];
    const places: readonly (readonly [string, RegExp])[] = existsSync('/dev/full')
      ? [
          ['>/dev/full', /^error: [\w ]+: no space left\n/u],
          ['| true', /^error: the reader of the output went away\n/u],
        ]
      : [['| true', /^error: the reader of the output went away\n/u]];
    for (const command of commands) {
      for (const [place, error] of places) {
        const { status, stderr } = shell(`${command} ${place}`);
        expect(status, `${command} ${place}`).to.equal(1);
        expect(stderr)
          .to.match(error)
          .and.not.match(/^ +at /mu);
      }
    }
  });

  it('an interrupted command tells so under --json too, and still writes its findings', async () => {
    const lock = library.full.query('BEGIN; LOCK demoapp_book; SELECT pg_sleep(6); COMMIT');
    const words = ['demoapp.Book.4', '-o', 'int.json', '--json', '--findings', 'f.jsonl'];
    const { code, stdout } = await library.run('exportobjects', words, {
      signal: AbortSignal.timeout(4000),
      killSignal: 'SIGINT',
    });
    await lock;
    expect(code).to.equal(130);
    expect(JSON.parse(stdout)).to.deep.include({ status: 'failed', code: 'INTERRUPTED' });
    expect(readdirSync(library.folder)).to.deep.equal(['f.jsonl']);
  });
});
