import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { DataSource } from 'typeorm';
import { libraryDataSource } from '../../demo-app/library-data-source.js';
import { librarySchema } from '../../demo-app/library-schema.js';
import { policy } from '../../portolan.policy.js';
import { exportObjects } from '../../src/export/export-objects.js';
import type { ExportOptions } from '../../src/export/export-options.js';
import type { FollowRule } from '../../src/terms.js';
import type { TestDatabase } from '../support/database.js';
import { createDatabase } from '../support/database.js';
import { sharedFolder } from '../support/shared.js';
import { exportedSets } from './exported-sets.js';
import { loadSample } from './load-sample.js';

interface ExpectedSet {
  readonly seeds: readonly string[];
  readonly roots: readonly string[];
  readonly follow: FollowRule;
  readonly objects: readonly string[];
  readonly links: readonly string[];
}

const shared = sharedFolder();
const sample = shared === undefined ? undefined : join(shared, 'demo', 'sample');
const expected = sample === undefined ? [] : readdirSync(join(sample, 'expected')).sort();

describe('the sample library', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let folder: string;

  before(async function () {
    // The samples are not beside this checkout: nothing to compare with.
    if (sample === undefined) return this.skip();
    folder = mkdtempSync(join(tmpdir(), 'portolan-sample-'));
    database = await createDatabase({ sql: librarySchema });
    await loadSample(database.url, sample);
    dataSource = await libraryDataSource(database.url).initialize();
  });

  after(async () => {
    if (sample === undefined) return;
    await dataSource.destroy();
    await database.drop();
    rmSync(folder, { recursive: true });
  });

  async function exportText(options: Omit<ExportOptions, 'output'>): Promise<string> {
    const output = join(folder, 'archive.json');
    await exportObjects(dataSource, { policy, force: true, ...options, output });
    return readFileSync(output, 'utf8');
  }

  for (const file of expected) {
    it(`gives the objects and links of ${file}`, async () => {
      const wanted = JSON.parse(readFileSync(join(sample ?? '', 'expected', file), 'utf8')) as ExpectedSet;
      const text = await exportText({ objects: wanted.seeds, roots: wanted.roots, follow: wanted.follow });
      const { objects, links } = exportedSets(text);
      expect(objects).to.deep.equal(wanted.objects);
      expect(links).to.deep.equal(wanted.links);
      expect(text).not.to.include('canary-password');
    });
  }

  it('keeps its canary passwords at home when rows leave as external objects', async () => {
    expect(await exportText({ objects: ['demoapp.Book.4'], follow: 'connected', shared: 'key' })).not.to.include(
      'canary-password',
    );
  });

  it('gives its canary passwords only to whoever asks for them', async () => {
    const text = await exportText({ objects: ['auth.User.2'], includeSecrets: ['auth.User.password'] });
    expect(text).to.include('canary-password-org-2');
  });
});
