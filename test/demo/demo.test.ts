import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { projectRoot } from '../../demo-app/project-root.js';

describe('npm run demo', () => {
  it('runs to its end, proves both databases equal, and leaves nothing behind', async function () {
    this.timeout(300_000);
    const { code, stdout, stderr, firstOutput } = await demo('demo.js');
    expect(stderr).to.equal('');
    expect(code, stdout).to.equal(0);
    expect(firstOutput, 'milliseconds to the first output').to.be.lessThan(60_000);
    expect(stdout).to.include('Both archives are equal, byte by byte.');
    expect(stdout).to.include('Every row and every sequence of the second database is as it was.');
    expect(stdout).to.include('What to try next');
    expect(stdout).not.to.include('pbkdf2_sha256');
    expectNothingLeft();
  });
});

describe('npm run demo:merge', () => {
  it('makes one library of two, proves it by names, and takes it back', async function () {
    this.timeout(180_000);
    const { code, stdout, stderr } = await demo('merge-demo.js');
    expect(stderr).to.equal('');
    expect(code, stdout).to.equal(0);
    expect(stdout).to.match(/demoapp\.book +9 +37\s/u);
    expect(stdout).to.include('All 46 books: no reader, copy or genre is lost or mixed up.');
    expect(stdout).to.include('No reader and no genre is there twice.');
    expect(stdout).to.include('The second import changed no row.');
    expect(stdout).to.include('Every row is as it was before the two libraries met.');
    expectNothingLeft();
  });
});

function expectNothingLeft(): void {
  const leftovers = join(projectRoot(), '.portolan');
  expect(
    existsSync(leftovers) ? readdirSync(leftovers).filter((name) => name.startsWith('demo-') && name !== 'demo-url') : [],
  ).to.deep.equal([]);
}

interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly firstOutput: number;
}

/** A demo as a process of its own, on the test run's server. */
function demo(program: string): Promise<Run> {
  const script = join(import.meta.dirname, '..', '..', 'demo-app', program);
  const start = performance.now();
  return new Promise((resolve) => {
    let firstOutput = Number.POSITIVE_INFINITY;
    const child = execFile(
      process.execPath,
      [script],
      { env: { ...process.env, PORTOLAN_URL: process.env['PORTOLAN_TEST_URL'], NO_COLOR: '1' } },
      (_, stdout, stderr) => {
        resolve({ code: child.exitCode, stdout, stderr, firstOutput });
      },
    );
    child.stdout?.once('data', () => (firstOutput = performance.now() - start));
  });
}
