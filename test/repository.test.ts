import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { repositoryRoot } from './support/shared.js';

interface PackageFile {
  readonly version: string;
  readonly bin: Readonly<Record<string, string>>;
  readonly files: readonly string[];
}

const read = (file: string): string => readFileSync(join(repositoryRoot, file), 'utf8');

describe('the repository', () => {
  let tracked: readonly string[] = [];

  before(function () {
    if (!existsSync(join(repositoryRoot, '.git'))) this.skip();
    tracked = execFileSync('git', ['ls-files', '-z'], { cwd: repositoryRoot, encoding: 'utf8' })
      .split('\0')
      .filter((file) => file !== '' && existsSync(join(repositoryRoot, file)));
  });

  it('names no folder of this machine', () => {
    const folders = [repositoryRoot, homedir()].filter(
      (folder) => folder.length > 1 && !['/app', '/src', '/home', '/root'].includes(folder),
    );
    const found = tracked.filter((file) => folders.some((folder) => read(file).includes(`${folder}/`)));
    expect(found).to.deep.equal([]);
  });

  it('runs every test: none stands alone', () => {
    const alone = new RegExp(String.raw`\b(describe|it|context|specify)\.${'only'}\b`, 'u');
    expect(tracked.filter((file) => file.endsWith('.test.ts') && alone.test(read(file)))).to.deep.equal([]);
  });

  it('keeps the files of src under 300 lines', () => {
    const long = tracked.filter((file) => file.startsWith('src/') && read(file).split('\n').length > 301);
    expect(long).to.deep.equal([]);
  });

  it('tracks nothing that is built', () => {
    expect(tracked.filter((file) => /^(dist|coverage|reports|node_modules|\.build|\.portolan)\//u.test(file))).to.deep.equal([]);
  });
});

describe('the package', () => {
  const description = JSON.parse(read('package.json')) as PackageFile;

  it('holds the bundled code, its types and the documents, and nothing else', function () {
    this.timeout(180_000);
    const { stdout, status, stderr } = spawnSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
      cwd: repositoryRoot,
      encoding: 'utf8',
    });
    expect(status, stderr).to.equal(0);
    const [packed] = Object.values(
      JSON.parse(stdout) as Record<string, { readonly files: readonly { readonly path: string }[] }>,
    );
    const paths = packed?.files.map((file) => file.path) ?? [];
    const others = paths.filter((path) => !/^dist\/(portolan\/.*\.(js|wasm)|src\/.*\.d\.ts)$/u.test(path));
    expect(others.sort()).to.deep.equal([
      'CHANGELOG.md',
      'FORMATS.md',
      'LICENSE',
      'README.md',
      'dist/portolan/LICENSES.txt',
      'package.json',
    ]);
    expect(paths).to.include.members(['dist/portolan/index.js', 'dist/src/index.d.ts', ...Object.values(description.bin)]);
  });

  it('names the licence of every package whose code it holds', () => {
    const licences = read('dist/portolan/LICENSES.txt');
    const named = new Set([...licences.matchAll(/^(\S+) \d+\.\d+\.\S+$/gmu)].map(([, name]) => name));
    // The bundler says above each module where it comes from.
    const held = readdirSync(join(repositoryRoot, 'dist/portolan/chunks'))
      .filter((file) => file.endsWith('.js'))
      .flatMap((file) => [...read(`dist/portolan/chunks/${file}`).matchAll(/^\/\/ .*node_modules\/((?:@[^/]+\/)?[^/]+)\//gmu)])
      .map(([, name]) => name);
    expect(held).to.include('yargs');
    expect([...named].sort()).to.deep.equal([...new Set(held)].sort());
    for (const one of licences.split('-'.repeat(80))) expect(one).to.match(/permission/iu);
  });

  it('is imported under its name', () => {
    const names = evaluate('module', `import * as portolan from 'portolan'; console.log(Object.keys(portolan).join())`);
    expect(names.split(',')).to.include.members(['exportObjects', 'importObjects']);
  });

  it('is required under its name', () => {
    const names = evaluate('commonjs', `console.log(Object.keys(require('portolan')).join())`);
    expect(names.split(',')).to.include.members(['exportObjects', 'importObjects']);
  });

  it('tells its version to who asks for package.json', () => {
    const require = createRequire(join(repositoryRoot, 'package.json'));
    expect((require('portolan/package.json') as PackageFile).version).to.equal(description.version);
  });

  for (const [name, file] of Object.entries(description.bin)) {
    it(`has a program ${name} that can be run`, () => {
      const path = join(repositoryRoot, file);
      expect(readFileSync(path, 'utf8').split('\n')[0]).to.equal('#!/usr/bin/env node');
      expect(statSync(path).mode & 0o111).to.equal(0o111);
      const elsewhere = mkdtempSync(join(tmpdir(), 'portolan-'));
      try {
        const { status, stdout, stderr } = spawnSync(path, ['--help'], { cwd: elsewhere, encoding: 'utf8' });
        // 2: a command that is not there yet says so.
        expect(status, stderr).to.be.oneOf([0, 2]);
        expect(stdout + stderr).to.not.equal('');
      } finally {
        rmSync(elsewhere, { recursive: true });
      }
    });
  }
});

/** Standard output of a piece of code that runs at the root of the checkout, and says nothing on standard error. */
function evaluate(type: 'module' | 'commonjs', code: string): string {
  const { stdout, stderr, status } = spawnSync(process.execPath, [`--input-type=${type}`, '-e', code], {
    cwd: repositoryRoot,
    encoding: 'utf8',
  });
  expect({ status, stderr: stderr.replaceAll(/^.*ExperimentalWarning.*\n.*trace-warnings.*\n/gmu, '') }).to.deep.equal({
    status: 0,
    stderr: '',
  });
  return stdout.trim();
}
