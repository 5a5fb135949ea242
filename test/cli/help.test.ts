import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../demo-app/project-root.js';
import type { Program } from '../support/run.js';
import { programPath, run } from '../support/run.js';

const asked: readonly (readonly [program: Program, words: readonly string[], usage: RegExp])[] = [
  ['exportobjects', [], /^exportobjects <objects\.\.\.>\n[^]*\n {2}exportobjects demoapp\.Book\.4 -o book\.json/u],
  ['importobjects', [], /^importobjects <path>\n[^]*\n {2}importobjects book\.json --dry-run/u],
  ['deleteobjects', [], /^deleteobjects <objects\.\.\.>\n[^]*\n {2}deleteobjects auth\.User\.7 -o user\.json --dry-run/u],
  ['portolan', [], /^portolan <command>[^]*portolan export[^]*portolan verify[^]*Not in this version: check, /u],
  ['portolan', ['export'], /^portolan export <objects\.\.\.>\n[^]*\n {2}portolan export demoapp\.Book\.4 -o book\.json/u],
  ['portolan', ['import'], /^portolan import <path>\n[^]*\n {2}portolan import book\.json --dry-run/u],
  ['portolan', ['explain'], /^portolan explain <objects\.\.\.>\n[^]*\n {2}portolan explain demoapp\.Book\.4/u],
  ['portolan', ['verify'], /^portolan verify <archive>\n[^]*\n {2}portolan verify book\.json/u],
  ['portolan', ['delete'], /^portolan delete <objects\.\.\.>\n[^]*\n {2}portolan delete auth\.User\.7/u],
  ['portolan', ['diff'], /^portolan diff <a> \[b\]\n[^]*--with-id-map, --id-map FILE[^]*Examples:/u],
  ['portolan', ['merge'], /^portolan merge <archives\.\.\.>\n[^]*Examples:/u],
  ['portolan', ['check'], /^portolan check\n[^]*not available[^]*Examples:/u],
  ['portolan', ['undo'], /^portolan undo <journal>\n[^]*\n {2}portolan undo import\.journal/u],
  ['portolan', ['claim'], /^portolan claim <placeholder> <object>\n[^]*--with-id-map, --id-map FILE[^]*Examples:/u],
  ['portolan', ['init'], /^portolan init\n[^]*not available[^]*Examples:/u],
];

describe('--help', function () {
  this.timeout(180_000);
  for (const [program, words, usage] of asked) {
    it(`shows the use and an example, and exits 0: ${[program, ...words].join(' ')}`, async () => {
      const { code, stdout, stderr } = await run(program, [...words, '--help']);
      expect([code, stderr]).to.deep.equal([0, '']);
      expect(stdout).to.match(usage);
      expect(stdout.split('\n').every((line) => line.length <= 100)).to.equal(true);
    });
  }

  it('stands anywhere among the words, as -h too, and as a command of its own', async () => {
    const { stdout } = await run('portolan', ['export', '--help']);
    for (const words of [
      ['export', '-h'],
      ['--help', 'export'],
      ['help', 'export'],
      ['export', 'demoapp.Book.4', '--nonsense', '--help'],
    ])
      expect(await run('portolan', words)).to.deep.include({ code: 0, stdout, stderr: '' });
  });

  it('is no help after --, where every word is an object', async () => {
    const { code, stdout } = await run('exportobjects', ['--dry-run', '--json', '--', '--help']);
    expect(code).to.equal(2);
    expect(JSON.parse(stdout)).to.include({ status: 'failed' });
  });

  it('starts within three times what an empty program of Node takes', () => {
    const least = { node: Infinity, help: Infinity };
    // Turns, so that both meet the same weather; the least of many is what the machine can do.
    for (let turn = 0; turn < 12; turn++) {
      least.node = Math.min(least.node, milliseconds(['-e', '0']));
      least.help = Math.min(least.help, milliseconds([programPath('exportobjects'), '--help']));
    }
    expect(least.help / least.node, JSON.stringify(least)).to.be.below(3);
  });
});

describe('--version', () => {
  for (const program of ['portolan', 'exportobjects', 'importobjects', 'deleteobjects'] as const) {
    it(`is the one of the package: ${program}`, async () => {
      const { version } = JSON.parse(readFileSync(join(projectRoot(), 'package.json'), 'utf8')) as { version: string };
      expect(await run(program, ['--version'])).to.deep.include({ code: 0, stdout: `portolan ${version}\n`, stderr: '' });
    });
  }
});

function milliseconds(words: readonly string[]): number {
  const start = performance.now();
  const { status } = spawnSync(process.execPath, words, { stdio: 'ignore' });
  expect(status).to.equal(0);
  return performance.now() - start;
}
