import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Gives the tests of a `describe` a folder of their own for temporary files: what lies about in the common one can be another process's, which runs
 * tests beside these. Returns what tells the names in it.
 */
export function ownTemporaryFolder(): () => readonly string[] {
  const common = process.env['TMPDIR'];
  let folder = '';
  before(() => {
    process.env['TMPDIR'] = folder = mkdtempSync(join(tmpdir(), 'portolan-test-'));
  });
  after(() => {
    if (common === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = common;
    rmSync(folder, { recursive: true, force: true });
  });
  return () => readdirSync(folder);
}
