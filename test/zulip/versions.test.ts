import { expect } from 'chai';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ArchiveHeader, ExportOptions, ExportResult } from '../../src/index.js';
import { exportObjects, verifyArchive } from '../../src/index.js';
import { openProfile } from '../../src/profiles/open-profile.js';
import { zulip } from '../../src/profiles/zulip/zulip.js';
import { dataSourceOf } from '../../src/source/data-source-of.js';
import { failureOf } from '../support/failure.js';
import type { TestDatabase } from '../support/database.js';
import { checkExport } from './check-export.js';
import { exportZulip } from './export-zulip.js';
import { loadSample, needsSample } from './load-sample.js';
import { readTables } from './sample.js';

/** From the sample's version, what made it another one. */
const versions: Readonly<Record<string, string>> = {
  '2.1': `ALTER TABLE zulip.zerver_mutedtopic DROP date_muted; ALTER TABLE zulip.zerver_realm DROP private_message_policy;
    DELETE FROM zulip.django_migrations WHERE name IN ('0261_realm_private_message_policy', '0262_mutedtopic_date_muted');`,
  '2.2.dev of February 2020': `ALTER TABLE zulip.zerver_stream ADD stream_post_policy smallint;
    UPDATE zulip.zerver_stream SET stream_post_policy = CASE WHEN is_announcement_only THEN 2 ELSE 1 END;
    ALTER TABLE zulip.zerver_stream ALTER stream_post_policy SET NOT NULL, DROP is_announcement_only;
    ALTER TABLE zulip.zerver_userpresence ADD realm_id int REFERENCES zulip.zerver_realm;
    UPDATE zulip.zerver_userpresence p SET realm_id = u.realm_id FROM zulip.zerver_userprofile u WHERE u.id = p.user_profile_id;
    UPDATE zulip.zerver_realm SET authentication_methods = authentication_methods & ~(1 << 8) WHERE id = 3;
    INSERT INTO zulip.django_migrations (app, name, applied) VALUES ('zerver', '0269_gitlab_auth', now());`,
};

const bits = ['Google', 'Email', 'GitHub', 'LDAP', 'Dev', 'RemoteUser', 'AzureAD', 'SAML'];

describe('Zulip of other versions, and several realms', function () {
  this.timeout(60_000);
  let database: TestDatabase | undefined;
  let folder: string;

  before(function () {
    needsSample(this);
  });

  beforeEach(async function () {
    folder = mkdtempSync(join(tmpdir(), 'portolan-versions-'));
    database = await loadSample(needsSample(this));
  });

  afterEach(async () => {
    rmSync(folder, { recursive: true });
    await database?.drop();
  });

  const write = async (objects: readonly string[], output: string | undefined, isZulips: boolean): Promise<ExportResult> => {
    const dataSource = await dataSourceOf(database?.url ?? '');
    try {
      const opened = await openProfile({ profile: zulip, dataSource, values: {}, exports: true });
      const layout = isZulips ? zulip.layouts!['zulip']!({}) : undefined;
      const asked: ExportOptions = { objects, layout, includeSecrets: ['*'], noFiles: true, ...opened };
      return await exportObjects(
        dataSource,
        output === undefined ? { ...asked, dryRun: true } : { ...asked, output: join(folder, output) },
      );
    } finally {
      await dataSource.destroy();
    }
  };
  const headerOf = async (name: string): Promise<ArchiveHeader> => (await verifyArchive(join(folder, name))).header;

  for (const [version, change] of Object.entries(versions)) {
    it(`of ${version} both formats have the columns that are there, and the same rows`, async () => {
      await database!.query(change);
      const own = await write(['zerver.Realm.3'], 'own.json', false);
      const theirs = await write(['zerver.Realm.3'], 'theirs/', true);
      expect(theirs.objects).to.deep.equal(own.objects);
      expect(checkExport(join(folder, 'theirs'))).to.deep.equal([]);
      const columns = await database!.query(
        "SELECT table_name AS table, column_name AS name FROM information_schema.columns WHERE table_schema = 'zulip'",
      );
      const namesOf = (table: string): readonly string[] =>
        columns.filter((one) => one['table'] === table).map(({ name }) => String(name).replace(/_id$/u, ''));
      const header = await headerOf('own.json');
      const tables = readTables(join(folder, 'theirs/realm.json'));
      for (const model of ['realm', 'stream', 'mutedtopic', 'userpresence']) {
        const table = `zerver_${model}`;
        const members = namesOf(table).filter((name) => name !== 'email_token');
        const { columns: described, key } = header.entities[`zerver.${model}`]!;
        const expected = [...members].sort();
        expect(
          Object.values(described)
            .map(({ name }) => name.replace(/_id$/u, ''))
            .sort(),
          model,
        ).to.include.members(expected.filter((name) => !key.includes(name)));
        const fields = Object.keys(tables[table]![0]!).map((name) => name.replace(/^_max/u, 'max').replace(/_id$/u, ''));
        expect(fields.sort(), model).to.deep.equal(expected);
      }
      const methods = tables['zerver_realm']![0]!['authentication_methods'] as readonly (readonly [string, boolean])[];
      const later = version.startsWith('2.2') ? [['GitLab', false]] : [];
      expect(methods.map(([name]) => name).slice(0, 8)).to.deep.equal(bits);
      expect(methods.slice(8)).to.deep.equal(later);
    });
  }

  it('several realms are one archive of ours: what is shared once, and what is between them, too', async () => {
    const [both, two, three] = [
      await exportZulip(database!.url, ['zerver.Realm.2', 'zerver.Realm.3']),
      await exportZulip(database!.url, ['zerver.Realm.2']),
      await exportZulip(database!.url, ['zerver.Realm.3']),
    ];
    expect(both.ids('zerver.realm')).to.deep.equal([2, 3]);
    for (const model of ['zerver.userprofile', 'zerver.stream', 'zerver.attachment', 'zerver.client', 'zerver.reaction']) {
      const each = new Set([...two.ids(model), ...three.ids(model)]);
      expect(both.ids(model), model).to.include.members([...each]);
      expect(new Set(both.ids(model)).size, model).to.equal(both.ids(model).length);
    }
    // The huddle over both realms.
    const huddle = [846, 847];
    expect(both.ids('zerver.message')).to.include.members(huddle);
    for (const one of [two, three]) expect(one.ids('zerver.message')).to.not.include.members(huddle);
    expect([...both.ids('zerver.message')].filter((id) => !huddle.includes(id))).to.deep.equal(
      [...new Set([...two.ids('zerver.message'), ...three.ids('zerver.message')])].sort((a, b) => a - b),
    );
    // Nothing of the realm that was not asked for.
    const users = both.objects.get('zerver.userprofile')!;
    for (const { realm } of users.values()) expect([2, 3]).to.include(Number(realm));
  });

  it("several realms are refused in Zulip's own format, before their rows are looked for; a dry run says the same", async () => {
    for (const output of ['theirs/', 'theirs.tar.gz', undefined]) {
      const refused = (await failureOf(write(['zerver.Realm.2', 'zerver.Realm.3'], output, true))) as Error;
      expect(refused).to.include({ code: 'OPTION_VALUE', exitCode: 2 });
      expect(refused.message).to.include('--format zulip holds one realm, not 2');
    }
    expect(readdirSync(folder)).to.deep.equal([]);
  });
});
