import { expect } from 'chai';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { openReadSession } from '../../src/dialect/postgres/session.js';
import { usualSizes } from '../../src/export/export-sizes.js';
import type { Prepared } from '../../src/export/prepare.js';
import { writeLayout } from '../../src/export/write-layout.js';
import { localFiles } from '../../src/files/local-files.js';
import { Findings } from '../../src/findings/finding.js';
import { mergePolicy } from '../../src/policy/merge-policy.js';
import { openProfile } from '../../src/profiles/open-profile.js';
import { zulip } from '../../src/profiles/zulip/zulip.js';
import { zulipLayout } from '../../src/profiles/zulip/layout/zulip-layout.js';
import { buildSchema } from '../../src/schema/build-schema.js';
import type { TestDatabase } from '../support/database.js';
import { createDatabase } from '../support/database.js';
import { closureOfExport } from './closure-of-export.js';
import { zulipSample } from './sample.js';

describe("Zulip's layout", () => {
  const sample = zulipSample();
  let database: TestDatabase;
  let folder: string;
  let dataSource: DataSource;
  let uploads: string;

  before(async function () {
    if (sample === undefined) return this.skip();
    database = await createDatabase();
    await sample.load(database.url);
    uploads = sample.uploads(mkdtempSync(join(tmpdir(), 'portolan-uploads-')));
    dataSource = new DataSource({ type: 'postgres', url: database.url });
    await openProfile({ profile: zulip, dataSource, exports: true });
  });

  after(async () => {
    if (sample === undefined) return;
    await dataSource.destroy();
    await database.drop();
    rmSync(uploads, { recursive: true });
  });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'portolan-layout-'));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  const write = async (name: string, output: string): Promise<string> => {
    const theirs = sample!.unpack(name, join(folder, name));
    const findings = new Findings();
    const session = await openReadSession(dataSource);
    try {
      const { policy: known } = await openProfile({
        profile: zulip,
        dataSource: new DataSource(dataSource.options),
        exports: true,
      });
      const policy = mergePolicy({ policy: known, includeSecrets: ['*'] });
      const schema = await buildSchema(session, dataSource, policy, findings);
      const closure = closureOfExport(theirs, schema);
      const prepared: Prepared = {
        ...{ session, schema, policy, findings, follow: 'owned', roots: [], boundary: new Map(), exclude: new Map() },
        seeds: { names: ['zerver.realm.2'], byModel: new Map() },
        taken: { closure } as Prepared['taken'],
      };
      await writeLayout({
        layout: zulipLayout({ parity: true, files: localFiles(uploads), avatarSalt: 'sample-avatar-salt' }),
        prepared,
        options: { objects: [], output: join(folder, output), includeSecrets: ['*'] },
        sessions: [session],
        order: [...closure.taken.keys()],
        lists: { external: [], dangling: [], leftOut: [] },
        sizes: usualSizes,
      });
    } finally {
      await session.close();
    }
    return theirs;
  };

  for (const name of ['full', 'public', 'consent']) {
    for (const form of ['', '.tar.gz']) {
      it(`writes what Zulip wrote: ${name}${form}`, async () => {
        const theirs = await write(name, `ours${form}`);
        const ignored = ['--ignore', 'zerver_analytics.*'];
        const text = await sample!.compare(join(folder, `ours${form}`), theirs, ignored);
        expect(text).to.equal('');
      });
    }
  }
});
