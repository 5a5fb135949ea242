import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const program = join(import.meta.dirname, '..', '..', 'bench', 'main.js');

function bench(...words: readonly string[]): { readonly code: number | null; readonly stdout: string; readonly stderr: string } {
  const env = { ...process.env, PORTOLAN_URL: process.env['PORTOLAN_TEST_URL'] };
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...words], { encoding: 'utf8', env });
  return { code: status, stdout, stderr };
}

describe('npm run bench', function () {
  this.timeout(300_000);

  it('prints machine, versions, settings and the measure with its target, and ends well within the factor', () => {
    const { code, stdout, stderr } = bench('--sizes', '1k', '--runs', '1', '--parts', 'export', '--check', '100');
    expect(code, stderr).to.equal(0);
    for (const told of ['Machine: ', 'Versions: Node v', ', PostgreSQL ', 'Server: ', 'work_mem=', 'Runs: 1 of each'])
      expect(stdout).to.include(told);
    expect(stdout).to.match(
      /^\| 1,000 \| time: export \| \S+ s \| COPY row_to_json: \S+ s \| \S+ \| ≤ 1.2 \| (yes|\*\*no\*\*) \|$/mu,
    );
  });

  it('ends with 1 and names the measure that is beyond the factor', () => {
    const { code, stderr } = bench('--sizes', '1k', '--runs', '1', '--parts', 'export', '--check', '0.001');
    expect(code).to.equal(1);
    expect(stderr).to.include('not within 0.001 times its target').and.include('time: export');
  });

  it('refuses a part, a size and a factor that are none', () => {
    expect(bench('--parts', 'exports').stderr).to.include('no part is named exports: there are export, ');
    expect(bench('--sizes', '10q').stderr).to.include('not a size: 10q');
    expect(bench('--check', '0').stderr).to.include('--check wants a number greater than 0, not 0');
  });
});
