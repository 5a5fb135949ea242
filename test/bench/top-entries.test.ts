import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { topEntries } from '../../bench/top-entries.js';
import { programPath } from '../support/run.js';

describe('where the time of a profile went', () => {
  it('is told by functions of the source, not of the files that are published', () => {
    const folder = mkdtempSync(join(tmpdir(), 'portolan-'));
    try {
      const words = ['--cpu-prof', '--cpu-prof-interval=100', '--cpu-prof-dir', folder, programPath('exportobjects'), '--help'];
      const { status, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8' });
      expect(status, stderr).to.equal(0);
      const entries = topEntries(folder, 1000);
      expect(entries[0]).to.match(/^ *\d+ ms {2}\S/u);
      expect(entries.filter((entry) => /src\/(?:cli|\w+\/)/u.test(entry))).not.to.deep.equal([]);
      // A file as a whole is of no source.
      const published = entries.filter((entry) => /portolan\/chunks\/chunk-/u.test(entry) && !entry.includes('(anonymous)'));
      expect(published).to.deep.equal([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
