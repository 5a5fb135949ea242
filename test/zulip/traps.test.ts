import { expect } from 'chai';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExportOptions, ExportResult, Layout } from '../../src/index.js';
import { exportObjects, localFiles } from '../../src/index.js';
import { openProfile } from '../../src/profiles/open-profile.js';
import type { ProfileValues } from '../../src/profiles/profile.js';
import { zulip } from '../../src/profiles/zulip/zulip.js';
import { dataSourceOf } from '../../src/source/data-source-of.js';
import type { TestDatabase } from '../support/database.js';
import { failureOf } from '../support/failure.js';
import { run } from '../support/run.js';
import { checkExport } from './check-export.js';
import { exportZulip } from './export-zulip.js';
import { loadSample, needsSample } from './load-sample.js';
import { readTables } from './sample.js';

/** The last message of a channel. */
const byGateway = `(SELECT max(m.id) FROM zulip.zerver_message m JOIN zulip.zerver_stream s ON s.recipient_id = m.recipient_id WHERE s.id = 4)`;

/** What went wrong with Zulip's own exporter, or does in other servers than the sample. */
describe('traps of a Zulip server', function () {
  this.timeout(180_000);
  let database: TestDatabase;
  let folder: string;

  before(async function () {
    database = await loadSample(needsSample(this));
    await database.query(`SET search_path = zulip;
      UPDATE zerver_userprofile SET email = 'mail@corp.example', delivery_email = 'mail@corp.example' WHERE id = 1;
      UPDATE zerver_message SET sender_id = 1 WHERE id = ${byGateway};
      UPDATE zerver_realm SET string_id = '', notifications_stream_id = NULL, signup_notifications_stream_id = NULL WHERE id = 2;
      UPDATE zerver_usermessage SET id = 1099511627776 WHERE id = (SELECT min(id) FROM zerver_usermessage WHERE user_profile_id = 8);
      UPDATE zerver_realmauditlog SET acting_user_id = 31 WHERE id = 31;
      UPDATE zerver_message SET last_edit_time = now() WHERE id = 54;
      INSERT INTO zerver_reaction (id, user_profile_id, message_id, emoji_name, emoji_code, reaction_type)
        VALUES (9001, 31, 53, 'outbox', '1f4e4', 'unicode_emoji'), (9002, 4, 53, 'outbox', '1f4e4', 'unicode_emoji');
      INSERT INTO zerver_attachment_messages (id, attachment_id, message_id) SELECT 9001, a.id, m.id
        FROM zerver_attachment a, zerver_message m JOIN zerver_stream s ON s.recipient_id = m.recipient_id WHERE a.id = 1 AND s.id = 12 ORDER BY m.id LIMIT 1;
      RESET search_path`);
  });
  after(() => database?.drop());
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'portolan-traps-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = async (
    object: string,
    name: string,
    values: ProfileValues = {},
    around: (layout: Layout) => Layout | undefined = (layout) => layout,
    more: Partial<ExportOptions> = {},
  ): Promise<ExportResult> => {
    const dataSource = await dataSourceOf(database.url);
    try {
      const opened = await openProfile({ profile: zulip, dataSource, values, exports: true });
      const layout = around(zulip.layouts!['zulip']!(values));
      const asked = {
        objects: [object],
        output: join(folder, name),
        layout,
        includeSecrets: ['*'],
        noFiles: true,
        reproducible: true,
      };
      return await exportObjects(dataSource, { ...asked, ...opened, ...more });
    } finally {
      await dataSource.destroy();
    }
  };
  const realmFile = (name: string): ReturnType<typeof readTables> => readTables(join(folder, name, 'realm.json'));

  it('a realm at the root of its server (its name is empty), without channels for notices, leaves in both formats', async () => {
    const words = ['--url', database.url, '--no-files', '--include-secret', '*'];
    const own = await run('exportobjects', ['zerver.Realm[string_id=]', ...words, '-o', join(folder, 'own.json')]);
    expect(own.code, own.stderr).to.equal(0);
    await write('zerver.Realm[string_id=]', 'theirs');
    expect(checkExport(join(folder, 'theirs'))).to.deep.equal([]);
    expect(realmFile('theirs')['zerver_realm']![0]).to.include({
      id: 2,
      string_id: '',
      notifications_stream: null,
      signup_notifications_stream: null,
    });
  });

  it('a mail gateway with an address of its own is a bot of the server, also with --zulip-parity', async () => {
    const [row] = await database.query(`SELECT ${byGateway} AS id`);
    const mailed = Number(row!['id']);
    for (const values of [{}, { 'zulip-parity': true }]) {
      const found = await exportZulip(database.url, ['zerver.Realm.2'], values);
      expect(found.ids('zerver.message'), JSON.stringify(values)).to.include(mailed);
      expect(found.external('zerver.userprofile')).to.include(1);
      await write('zerver.Realm.2', 'theirs', values);
      const bots = realmFile('theirs')['zerver_userprofile_crossrealm']!;
      expect(bots.map(({ email }) => email)).to.include('mail@corp.example');
      if ('zulip-parity' in values) expect(bots.map(({ id }) => id)).to.deep.equal([1, 4, 5]);
      else expect(checkExport(join(folder, 'theirs'))).to.deep.equal([]);
      rmSync(join(folder, 'theirs'), { recursive: true });
    }
  });

  it('the realm of these bots leaves, and no bot twice', async () => {
    for (const values of [{}, { 'zulip-parity': true }]) {
      await write('zerver.Realm.1', 'internal', values);
      if (!('zulip-parity' in values)) expect(checkExport(join(folder, 'internal'))).to.deep.equal([]);
      const tables = realmFile('internal');
      expect(tables['zerver_userprofile_crossrealm']).to.deep.equal([]);
      expect(tables['zerver_userprofile']!.map(({ id }) => id)).to.deep.equal([1, 2, 3, 4, 5]);
      rmSync(join(folder, 'internal'), { recursive: true });
    }
  });

  it('ids of usermessage beyond 32 bits are exact in both formats', async () => {
    const found = await exportZulip(database.url, ['zerver.Realm.2']);
    expect(found.ids('zerver.usermessage')).to.include(1_099_511_627_776);
    await write('zerver.Realm.2', 'theirs');
    expect(readFileSync(join(folder, 'theirs/messages-000001.json'), 'utf8')).to.include('"id":1099511627776,');
  });

  it('what somebody of another realm did is no way there: the audit row leaves without the name, the reaction stays', async () => {
    for (const values of [{}, { 'zulip-parity': true }, { 'consent-message-id': 848 }, { users: ['cleo.2@example.com'] }]) {
      const found = await exportZulip(database.url, ['zerver.Realm.2'], values);
      const mode = JSON.stringify(values);
      expect(found.ids('zerver.userprofile'), mode).to.not.include(31);
      expect(found.external('zerver.userprofile'), mode).to.not.include(31);
      const audit = found.objects.get('zerver.realmauditlog')!.get(31);
      if (!('consent-message-id' in values) && !('users' in values)) expect(audit, mode).to.include({ acting_user: null });
      else expect(audit?.['acting_user'] ?? null, mode).to.equal(null);
      expect(found.ids('zerver.reaction'), mode).to.not.include(9001);
    }
    expect((await exportZulip(database.url, ['zerver.Realm.2'])).leftOut('zerver.reaction', 'of another realm')).to.equal(1);
  });

  it('a file that a public and a private message carry names the public one only', async () => {
    const found = await exportZulip(database.url, ['zerver.Realm.2'], { 'public-only': true });
    const full = await exportZulip(database.url, ['zerver.Realm.2']);
    const of = ({ objects }: typeof found): readonly unknown[] =>
      objects.get('zerver.attachment')!.get(1)!['messages'] as readonly unknown[];
    expect(of(full)).to.have.length(4);
    expect(of(found)).to.deep.equal([60, 61]);
    await write('zerver.Realm.2', 'theirs', { 'public-only': true });
    expect(checkExport(join(folder, 'theirs'))).to.deep.equal([]);
  });

  it('channels that are deactivated or empty leave; people with addresses alike but for case leave, too', async () => {
    const { ids } = await exportZulip(database.url, ['zerver.Realm.2']);
    expect(ids('zerver.stream')).to.include.members([9, 15]);
    expect(ids('zerver.userprofile')).to.include.members([10, 11]);
    const error = (await failureOf(exportZulip(database.url, ['zerver.Realm.2'], { users: ['CASE.pair@example.net'] }))) as Error;
    expect(error).to.include({ code: 'OPTION_VALUE' });
    expect(error.message).to.include('several users have the address');
  });

  it('an address that two realms have names no single user', async () => {
    const error = await failureOf(exportZulip(database.url, ['zerver.UserProfile[email=shared.person@example.net]']));
    expect(error).to.have.property('exitCode', 2);
    expect((error as Error).message).to.match(/2|several|more than one/u);
  });

  it('an address finds a single user; several leave together, each with what they got', async () => {
    const of = (...users: readonly string[]): ReturnType<typeof exportZulip> =>
      exportZulip(
        database.url,
        users.map((user) => `zerver.UserProfile${user}`),
      );
    const [byMail, one, other, both] = [
      await of('[email=cleo.2@example.com]'),
      await of('.8'),
      await of('.13'),
      await of('.8', '.13'),
    ];
    expect(byMail.trailer.objects).to.deep.equal(one.trailer.objects);
    expect(both.ids('zerver.userprofile')).to.deep.equal([8, 13]);
    const each = [...new Set([...one.ids('zerver.message'), ...other.ids('zerver.message')])].sort((a, b) => a - b);
    expect(both.ids('zerver.message')).to.deep.equal(each);
    // Who reacted to them stays, known by a key.
    for (const [, { user_profile: user }] of one.objects.get('zerver.reaction') ?? [])
      expect([8, ...one.external('zerver.userprofile')]).to.include(Number(user));
  });

  it('no message is a proof of consent that is not there, was edited, or that somebody of another realm reacted to: each is told', async () => {
    for (const [message, told] of [
      [999_999, 'there is no such message'],
      [54, 'it was edited'],
      [53, 'somebody of another realm reacted'],
    ] as const) {
      const error = await failureOf(exportZulip(database.url, ['zerver.Realm.2'], { 'consent-message-id': message }));
      expect(error).to.include({
        code: 'CONSENT_INVALID',
        message: `message ${String(message)} is no proof of consent: ${told}`,
      });
    }
  });

  it("those who were not asked for stand among the dummies of Zulip's format", async () => {
    for (const values of [{}, { 'zulip-parity': true }]) {
      await write('zerver.Realm.2', 'users', { ...values, users: ['cleo.2@example.com', 'hana.7@example.com'] });
      if (!('zulip-parity' in values)) expect(checkExport(join(folder, 'users'))).to.deep.equal([]);
      const { zerver_userprofile: people, zerver_userprofile_mirrordummy: dummies } = realmFile('users');
      expect(people!.map(({ id }) => id)).to.deep.equal([8, 13]);
      expect(dummies!.length).to.be.greaterThan(5);
      for (const dummy of dummies!) expect(dummy).to.include({ is_active: false, is_mirror_dummy: true });
      rmSync(join(folder, 'users'), { recursive: true });
    }
  });

  it('names of files in rows lead nowhere else: neither what is read nor what is written', async () => {
    const uploads = join(folder, 'server', 'uploads');
    mkdirSync(join(uploads, 'files'), { recursive: true });
    mkdirSync(join(uploads, 'avatars/2/emoji/images'), { recursive: true });
    writeFileSync(join(folder, 'server', 'secret'), 'SECRET');
    const emoji = '(SELECT min(id) FROM zulip.zerver_realmemoji WHERE realm_id = 2)';
    await database.query(`CREATE TABLE kept AS SELECT * FROM zulip.zerver_realmemoji; CREATE TABLE paths AS SELECT * FROM zulip.zerver_attachment;
      UPDATE zulip.zerver_realmemoji SET file_name = '../../../../../secret' WHERE id = ${emoji};
      UPDATE zulip.zerver_attachment SET path_id = CASE id WHEN 1 THEN '../../secret' ELSE '/etc/hostname' END WHERE id IN (1, 2)`);
    try {
      for (const layout of [undefined, zulip.layouts!['zulip']!({})]) {
        const more = { files: localFiles(uploads), noFiles: false };
        const around = (): Layout | undefined => layout;
        const { findings } = await write('zerver.Realm.2', 'out/', {}, around, more);
        const outside = findings.filter(({ kind }) => kind === 'file-outside').map(({ on }) => on);
        expect(outside).to.include.members(['zerver.attachment.1', 'zerver.attachment.2']);
        expect(outside.some((on) => on.startsWith('zerver.realmemoji.'))).to.equal(true);
        expect(readdirSync(folder).sort()).to.deep.equal(['out', 'server']);
        const written = (readdirSync(join(folder, 'out'), { recursive: true }) as string[]).filter((path) =>
          /secret|hostname/u.test(path),
        );
        expect(written).to.deep.equal([]);
        rmSync(join(folder, 'out'), { recursive: true });
      }
    } finally {
      await database.query(`UPDATE zulip.zerver_realmemoji e SET file_name = k.file_name FROM kept k WHERE k.id = e.id;
        UPDATE zulip.zerver_attachment a SET path_id = p.path_id FROM paths p WHERE p.id = a.id; DROP TABLE kept, paths`);
    }
  });

  it('dates of users keep the microsecond, and emoji their author', async () => {
    await write('zerver.Realm.2', 'theirs');
    const { zerver_userprofile: users, zerver_realmemoji: emoji } = realmFile('theirs');
    expect(users!.find(({ id }) => id === 6)!['date_joined']).to.equal(1578299490.929738);
    expect(emoji!.every(({ author }) => typeof author === 'number')).to.equal(true);
  });

  it('a reader that fails, fails the export: nothing is left that looks finished', async () => {
    const cut = (layout: Layout): Layout => ({
      ...layout,
      write: async (context) => {
        await context.session.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
        );
        await layout.write(context);
      },
    });
    for (const name of ['theirs', 'theirs.tar.gz']) {
      const error = await failureOf(write('zerver.Realm.2', name, {}, cut, { jobs: 3 }));
      expect(error).to.have.property('exitCode', 1);
      expect(readdirSync(folder)).to.deep.equal([]);
    }
  });

  it('the realm stays open: what happens while it is written is in none of its files', async () => {
    const { objects } = await write('zerver.Realm.2', 'before', {}, undefined, { jobs: 3 });
    const live = (layout: Layout): Layout => ({
      ...layout,
      write: async (context) => {
        await database.query(`SET search_path = zulip;
          DELETE FROM zerver_usermessage WHERE message_id % 3 = 0; DELETE FROM zerver_reaction;
          DELETE FROM zerver_attachment_messages; UPDATE zerver_message SET content = 'LATER';
          INSERT INTO zerver_message SELECT (json_populate_record(m, '{"id": 90001}')).* FROM zerver_message m WHERE id = 20;
          UPDATE zerver_userprofile SET full_name = 'LATER'; RESET search_path`);
        await layout.write(context);
      },
    });
    expect((await write('zerver.Realm.2', 'after', {}, live, { jobs: 3 })).objects).to.deep.equal(objects);
    const contents = (name: string): readonly (readonly [string, string])[] =>
      (readdirSync(join(folder, name), { recursive: true }) as string[])
        .filter((path) => statSync(join(folder, name, path)).isFile())
        .sort()
        .map((path) => [path, readFileSync(join(folder, name, path), 'utf8')]);
    expect(contents('after')).to.deep.equal(contents('before'));
  });
});
