import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { projectRoot } from '../../demo-app/project-root.js';

describe('npm run demo', () => {
  it('runs to its end, proves both databases equal, and leaves nothing behind', async function () {
    this.timeout(120_000);
    const { code, stdout, stderr, firstOutput } = await demo();
    expect(stderr).to.equal('');
    expect(code, stdout).to.equal(0);
    expect(firstOutput, 'milliseconds to the first output').to.be.lessThan(60_000);
    expect(stdout).to.include('Both archives are equal, byte by byte.');
    expect(stdout).to.include('Every row and every sequence of the second database is as it was.');
    expect(stdout).to.include('What to try next');
    expect(stdout).not.to.include('pbkdf2_sha256');
    const leftovers = join(projectRoot(), '.portolan');
    expect(
      existsSync(leftovers) ? readdirSync(leftovers).filter((name) => name.startsWith('demo-') && name !== 'demo-url') : [],
    ).to.deep.equal([]);
  });
});

interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly firstOutput: number;
}

/** The demo as a process of its own, on the test run's server. */
function demo(): Promise<Run> {
  const script = join(import.meta.dirname, '..', '..', 'demo-app', 'demo.js');
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
