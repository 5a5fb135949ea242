import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProfileValues } from '../../src/profiles/profile.js';
import { failureOf } from '../support/failure.js';
import type { TestDatabase } from '../support/database.js';
import { run } from '../support/run.js';
import { repositoryRoot } from '../support/shared.js';
import { explainZulip, exportZulip } from './export-zulip.js';
import type { ZulipExport } from './export-zulip.js';
import { loadSample, needsSample } from './load-sample.js';

const realm = ['zerver.Realm.2'];

/** What is written down as different: each of these is a test. */
const headings = [...readFileSync(join(repositoryRoot, 'docs', 'zulip.md'), 'utf8').matchAll(/^\| \*\*(.+?)\*\* +\|/gmu)].map(
  ([, one]) => one,
);

describe("what leaves otherwise than with Zulip's own export, without --zulip-parity", function () {
  this.timeout(180_000);
  let database: TestDatabase | undefined;
  const told: string[] = [];
  before(async function () {
    database = await loadSample(needsSample(this));
  });
  after(() => database?.drop());

  const exported = (values: ProfileValues = {}, objects: readonly string[] = realm): Promise<ZulipExport> =>
    exportZulip(database?.url ?? '', objects, values);
  const query = async (sql: string): Promise<readonly number[]> =>
    ((await database?.query(`SELECT id FROM zulip.zerver_${sql} ORDER BY id`)) ?? []).map(({ id }) => Number(id));
  const difference = (name: string, test: () => Promise<void>): void => {
    told.push(name);
    it(name, test);
  };

  difference('Clients of the server', async () => {
    const { ids } = await exported();
    const parity = await exported({ 'zulip-parity': true });
    expect(parity.ids('zerver.client')).to.deep.equal(await query('client'));
    expect(ids('zerver.client')).to.have.length.lessThan(parity.ids('zerver.client').length);
  });

  difference('Audit log of the realm', async () => {
    const own = await query('realmauditlog WHERE realm_id = 2');
    expect((await exported()).ids('zerver.realmauditlog')).to.deep.equal(own);
    expect((await exported({ 'zulip-parity': true })).ids('zerver.realmauditlog')).to.have.length.lessThan(own.length);
  });

  difference('Polls, status, scheduled messages, groups of default channels', async () => {
    const found = await exported();
    const parity = await exported({ 'zulip-parity': true });
    for (const model of ['zerver.submessage', 'zerver.userstatus', 'zerver.scheduledmessage', 'zerver.defaultstreamgroup']) {
      expect(found.ids(model), model).to.not.deep.equal([]);
      expect(parity.ids(model), model).to.deep.equal([]);
    }
  });

  it('each of the tables that leave beyond Zulip is switched off by its option, and counted', async () => {
    const models = ['submessage', 'userstatus', 'scheduledmessage', 'defaultstreamgroup'].map((name) => `zerver.${name}`);
    const all = await exported();
    for (const off of [
      ['submessages', 'scheduled-messages'],
      ['user-status', 'default-stream-groups'],
    ]) {
      const found = await exported(Object.fromEntries(off.map((name) => [name, false])));
      const gone = models.filter((model) =>
        off.some((name) => model.startsWith(`zerver.${name.replaceAll('-', '').slice(0, -2)}`)),
      );
      expect(gone).to.have.length(2);
      for (const model of models) {
        const isGone = gone.includes(model);
        expect(found.ids(model), model).to.deep.equal(isGone ? [] : all.ids(model));
        expect(found.leftOut(model, 'switched off'), model).to.equal(isGone ? all.ids(model).length : 0);
      }
      expect(found.ids('zerver.message')).to.deep.equal(all.ids('zerver.message'));
    }
  });

  it('those options are on the command line, and in its help', async () => {
    const words = ['zerver.Realm.2', '--url', database!.url, '--dry-run', '--json', '--no-submessages', '--no-user-status'];
    const { code, stdout, stderr } = await run('exportobjects', words);
    expect(code, stderr).to.equal(0);
    expect(stderr).to.match(/^note: \d\d models are excluded: their rows stay at home \(--verbose names them\)$/mu);
    expect(stderr).to.not.include('is excluded');
    const { objects } = JSON.parse(stdout) as { readonly objects: Readonly<Record<string, number>> };
    expect(objects).to.not.have.any.keys('zerver.submessage', 'zerver.userstatus');
    expect(objects).to.have.all.keys([...Object.keys(objects), 'zerver.scheduledmessage', 'zerver.defaultstreamgroup']);
    const help = await run('exportobjects', ['--profile', 'zulip', '--help']);
    for (const name of ['submessages', 'user-status', 'scheduled-messages', 'default-stream-groups'])
      expect(help.stdout).to.match(new RegExp(` --no-${name} +leave at home `, 'u'));
    const without = await run('exportobjects', ['demoapp.Book.4', '--no-submessages']);
    expect(without.code).to.equal(2);
    expect(without.stderr).to.include('--submessages belongs to the profile zulip');
  });

  difference('Mirror dummies', async () => {
    const found = await exported();
    const own = await query('subscription WHERE user_profile_id IN (23, 24)');
    expect(own).to.not.deep.equal([]);
    expect(found.ids('zerver.subscription')).to.include.members([...own]);
    expect(found.ids('zerver.recipient')).to.include.members([26, 27]);
    const parity = await exported({ 'zulip-parity': true });
    expect(parity.ids('zerver.subscription')).to.not.include.members([...own]);
    expect(parity.external('zerver.recipient')).to.include(26);
  });

  difference('Uploads that were never sent', async () => {
    const unsent = 'attachment a WHERE NOT EXISTS (SELECT FROM zulip.zerver_attachment_messages m WHERE m.attachment_id = a.id)';
    const own = await query(`${unsent} AND realm_id = 2`);
    expect(own).to.have.length(1);
    expect((await exported()).ids('zerver.attachment')).to.include.members(own);
    for (const values of [{ 'zulip-parity': true }, { 'public-only': true }])
      expect((await exported(values)).ids('zerver.attachment')).to.not.include.members(own);
  });

  difference('Channels without subscribers', async () => {
    const { ids } = await exported({}, ['zerver.Realm.3']);
    expect(ids('zerver.stream')).to.include(30);
    expect((await exported({}, ['zerver.Realm.1'])).ids('zerver.realm')).to.deep.equal([1]);
  });

  difference('Public only: channels, people and their things', async () => {
    const found = await exported({ 'public-only': true });
    expect(found.ids('zerver.stream')).to.deep.equal(await query('stream WHERE realm_id = 2 AND NOT invite_only'));
    expect(found.ids('zerver.huddle')).to.deep.equal([]);
    for (const model of ['useractivity', 'userpresence', 'service', 'botconfigdata', 'mutedtopic', 'userhotspot', 'userstatus'])
      expect(found.ids(`zerver.${model}`), model).to.deep.equal([]);
    const parity = await exported({ 'public-only': true, 'zulip-parity': true });
    expect(found.ids('zerver.message')).to.deep.equal(parity.ids('zerver.message'));
    expect(parity.ids('zerver.stream')).to.have.length(14);
  });

  difference('Consent: channels that a person has left', async () => {
    const found = await exported({ 'consent-message-id': 848 });
    const parity = await exported({ 'consent-message-id': 848, 'zulip-parity': true });
    const left = await query('message WHERE recipient_id = (SELECT recipient_id FROM zulip.zerver_stream WHERE id = 10)');
    const read = left.filter((id) => found.ids('zerver.message').includes(id));
    expect([left.length, read.length, left.filter((id) => parity.ids('zerver.message').includes(id)).length]).to.deep.equal([
      8, 4, 8,
    ]);
    expect(read).to.deep.equal(left.slice(0, 4));
  });

  difference('Consent: protected history', async () => {
    const found = await exported({ 'consent-message-id': 848 });
    const late = await query('message WHERE recipient_id = (SELECT recipient_id FROM zulip.zerver_stream WHERE id = 11)');
    const got = await query(
      'message WHERE recipient_id = (SELECT recipient_id FROM zulip.zerver_stream WHERE id = 11) AND id IN (SELECT message_id FROM zulip.zerver_usermessage WHERE user_profile_id IN (8, 12, 14))',
    );
    expect(late.length).to.be.greaterThan(got.length);
    expect(late.filter((id) => found.ids('zerver.message').includes(id))).to.deep.equal(got);
    expect(found.leftOut('zerver.message', 'no consent')).to.be.greaterThan(0);
  });

  difference('Consent and users: people and their things', async () => {
    for (const values of [{ 'consent-message-id': 848 }, { users: ['cleo.2@example.com', 'hana.7@example.com'] }]) {
      const found = await exported(values);
      const people = 'users' in values ? [8, 13] : [8, 12, 14];
      for (const model of ['useractivity', 'userpresence', 'mutedtopic', 'usermessage', 'customprofilefieldvalue'])
        for (const [, { user_profile: user }] of found.objects.get(`zerver.${model}`) ?? [])
          expect(people, model).to.include(Number(user));
      expect(found.ids('zerver.stream')).to.not.include(12);
      const unknown = found.ids('zerver.userprofile');
      expect(unknown).to.have.length.lessThan(25);
      expect(unknown).to.include.members(people);
    }
  });

  difference('Single users: huddles with another realm', async () => {
    const found = await exported({}, ['zerver.UserProfile.8']);
    const parity = await exported({ 'zulip-parity': true }, ['zerver.UserProfile.8']);
    const mixed = [85, 846, 847];
    expect(parity.ids('zerver.message')).to.include.members(mixed);
    expect(found.ids('zerver.message')).to.deep.equal(parity.ids('zerver.message').filter((id) => !mixed.includes(id)));
  });

  it('is all that is told, each with its reason', () => {
    expect(told).to.deep.equal(headings);
  });

  it('huddles with another realm do not leave, nor what is in them, and are counted', async () => {
    const found = await exported();
    expect(found.ids('zerver.message')).to.not.include.members([846, 847]);
    expect(found.ids('zerver.huddle')).to.have.length(6);
    expect(found.leftOut('zerver.message', 'huddle with another realm')).to.be.greaterThan(1);
    expect(found.leftOut('zerver.subscription', 'huddle with another realm')).to.be.greaterThan(2);
    expect(found.external('zerver.userprofile').every((id) => id < 6)).to.equal(true);
  });

  it('what everybody has read is no list, in whatever mode a realm leaves as a whole', async () => {
    for (const values of [
      {},
      { 'public-only': true },
      { 'zulip-parity': true },
      { 'consent-message-id': 848, 'zulip-parity': true },
    ])
      expect((await exported(values)).described, JSON.stringify(values)).to.include('zerver.usermessage');
  });

  it('several realms leave at once, and a huddle of both with them', async () => {
    const found = await exported({}, ['zerver.Realm.2', 'zerver.Realm.3']);
    expect(found.ids('zerver.realm')).to.deep.equal([2, 3]);
    expect(found.ids('zerver.message')).to.include.members([846, 847]);
    expect(found.ids('zerver.userprofile')).to.have.length(44);
  });

  it('users that are not asked for are mirror dummies, and who is one cannot be asked for', async () => {
    const found = await exported({ users: ['cleo.2@example.com'] });
    const users = [...(found.objects.get('zerver.userprofile') ?? [])];
    expect(users.filter(([, { is_mirror_dummy: isDummy }]) => isDummy === false).map(([id]) => id)).to.deep.equal([8]);
    expect(users.filter(([, { is_active: isActive }]) => isActive === true).map(([id]) => id)).to.deep.equal([8]);
    const failure = (await failureOf(exported({ users: ['dummy0@example.com', 'nobody@x', 'Case.Pair@example.net'] }))) as Error;
    expect(failure.message).to.include('dummy0@example.com').and.to.include('nobody@x').and.not.to.include('Case.Pair');
  });

  it('consent is refused that nobody gave, or that was not asked for as it stands', async () => {
    for (const [message, told] of [
      [999_999, /no such message/u],
      [1, /nobody reacted|edited/u],
    ] as const) {
      const error = (await failureOf(exported({ 'consent-message-id': message }))) as Error & { code: string };
      expect(error.code).to.equal('CONSENT_INVALID');
      expect(error.message).to.match(told);
    }
    const both = (await failureOf(exported({ 'public-only': true, users: ['cleo.2@example.com'] }))) as Error & { code: string };
    expect(both.code).to.equal('OPTION_VALUE');
  });

  it('is explained with the same counts, and who stays by which rule', async () => {
    const values = { 'consent-message-id': 848 };
    const { trailer, ids } = await exported(values);
    const explained = await explainZulip(
      database?.url ?? '',
      realm,
      values,
      `zerver.Message.${String(ids('zerver.message')[0])}`,
    );
    expect(explained.objects).to.deep.equal(trailer.objects);
    expect(explained.boundary.map(({ rule }) => rule)).to.include.members([
      'no consent',
      'huddle with another realm',
      'boundary',
    ]);
    expect(explained.why?.[0]?.object).to.equal('zerver.realm.2');
  });
});
