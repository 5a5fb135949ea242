import { expect } from 'chai';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RowPolicy, SeedPolicy } from '../../src/index.js';
import type { TestDatabase } from '../support/database.js';
import { createDatabase } from '../support/database.js';
import type { Asked } from './asked.js';
import { objectsOf, valuesOf } from './asked.js';
import { crowdedServer } from './crowded-server.js';
import { exportZulip } from './export-zulip.js';
import { faultsIn } from './faults-in.js';
import { rowsSql, tablesSql } from './tables.js';

type Change = (told: SeedPolicy) => SeedPolicy;

/** Makes another text of the conditions of a model's rules, of all or of those of one name; there have to be some. */
function rules(model: string, edit: (keep: string) => string, name?: string): Change {
  return (told) => {
    const { rows = [], ...rest }: RowPolicy = told.models?.[model] ?? {};
    const edited = rows.map((rule) => (name === undefined || rule.name === name ? { ...rule, keep: edit(rule.keep) } : rule));
    expect(edited, `${model}: there is nothing to break`).to.not.deep.equal(rows);
    return { ...told, models: { ...told.models, [model]: { ...rest, rows: edited } } };
  };
}

/** Breaks several models at once. */
function all(...changes: readonly Change[]): Change {
  return (told) => changes.reduce((changed, change) => change(changed), told);
}

const none = (): string => 'true';
const without =
  (part: string | RegExp, other = '') =>
  (keep: string): string =>
    keep.replaceAll(part, other);
const everywhere = (models: readonly string[], edit: (keep: string) => string, name?: string): Change =>
  all(...models.map((model) => rules(`zerver.${model}`, edit, name)));
const noValues: Change = (told) => {
  const { values, ...rest }: RowPolicy = told.models?.['zerver.UserProfile'] ?? {};
  expect(values).to.not.equal(undefined);
  return { ...told, models: { ...told.models, 'zerver.UserProfile': rest } };
};

const isMixed = 'huddle with another realm';
const mixed = all(
  rules('zerver.Message', none, isMixed),
  rules('zerver.Recipient', none, isMixed),
  rules('zerver.Subscription', none, isMixed),
  rules('zerver.UserProfile', none, 'of another realm'),
);
/** Others are looked for from the realm down, too. */
const fromRealm: Change = (told) => ({ ...told, follow: { 'zerver.usermessage.user_profile': { down: 'skip' } } });
const allChannels = all(everywhere(['Stream', 'Recipient'], none, 'private'), rules('zerver.Message', none, 'recipient stays'));
/** Strangers are known by their names. */
const named: Change = (told) => {
  const { rows = [], ...rest }: RowPolicy = told.models?.['zerver.UserProfile'] ?? {};
  const stubs = rows.map((rule) => (rule.name === 'of another realm' ? { ...rule, otherwise: 'stub' as const } : rule));
  return { ...told, models: { ...told.models, 'zerver.UserProfile': { ...rest, rows: stubs } } };
};
/** Who consents: whoever is subscribed. */
const anybody = without(/p\.user_profile_id IN \((?:[^()]|\([^()]*\))*\) AND p\.active/gu, 'p.active');

/** What is broken, in which export, and the fault that the checker has to find. */
const planted: readonly (readonly [what: string, mode: Asked['mode'], change: Change, fault: string, parity?: true])[] = [
  [
    'a message of a private channel never joined',
    'consent',
    all(allChannels, rules('zerver.Message', anybody, 'no consent')),
    'message 100 left',
  ],
  [
    'a message of a private channel, public only',
    'public',
    all(allChannels, rules('zerver.Message', none, 'not public')),
    'message 100 left',
  ],
  [
    'one that was sent before joining a channel with protected history',
    'consent',
    rules('zerver.Message', without(/\bs\.history_public_to_subscribers/gu, 'true'), 'no consent'),
    'message 101 left',
  ],
  [
    'an inactive subscription taken for consent',
    'consent',
    rules('zerver.Message', without(' AND p.active'), 'no consent'),
    'message 104 left',
  ],
  ['the same of users', 'users', rules('zerver.Message', without(' AND p.active'), 'of others'), 'message 104 left'],
  [
    "a person's private message without consent",
    'consent',
    all(fromRealm, rules('zerver.Message', without(/\(10\)/gu, '(10, 14)'), 'no consent')),
    'message 109 left',
  ],
  ['a private message of others', 'users', all(fromRealm, rules('zerver.Message', none, 'of others')), 'message 109 left'],
  ['a message that a single user has not got', 'people', rules('zerver.Message', none, 'of others'), 'message 116 left'],
  [
    'a channel taken for public of which nobody says so',
    'public',
    everywhere(['Message', 'Stream', 'Recipient', 'Subscription'], without('s.invite_only = false', 's.invite_only IS NOT TRUE')),
    'message 106 left',
  ],
  ['a huddle with a stranger', 'full', mixed, 'message 108 left'],
  ['a huddle with a stranger, with consent', 'consent', mixed, 'message 108 left'],
  [
    'a message by somebody of another realm',
    'full',
    all(named, rules('zerver.Message', none, 'of another realm')),
    'message 117 left',
  ],
  [
    'the name of somebody of another realm',
    'full',
    all(named, rules('zerver.Message', none, 'of another realm')),
    'user 11 of another realm is named',
  ],
  ['a file that only a message carries that stays', 'consent', rules('zerver.Attachment', none), 'attachment 1 left'],
  ['the same, public only', 'public', rules('zerver.Attachment', none), 'attachment 1 left'],
  [
    "somebody else's file that was never sent",
    'users',
    rules('zerver.Attachment', without(/\(10\)/gu, '(10, 12)')),
    'attachment 3 left',
  ],
  ['what a message is to somebody without consent', 'consent', rules('zerver.UserMessage', none), 'usermessage of 12 left'],
  ["somebody's activity without consent", 'consent', all(fromRealm, rules('zerver.UserActivity', none)), 'activity of 12 left'],
  ["somebody's activity, public only", 'public', all(fromRealm, rules('zerver.UserActivity', none)), 'activity of 12 left'],
  [
    'that somebody is in a channel that not everybody may see',
    'users',
    rules('zerver.Subscription', none, 'private'),
    'subscription of 12 to 2052 left',
  ],
  ['a channel that is not public', 'public', rules('zerver.Stream', none, 'private'), 'channel 50 left'],
  ['others as people', 'users', noValues, 'user 12 left as a person'],
  ['another person beside a single user', 'people', rules('zerver.UserProfile', none, 'other person'), 'user 12 left'],
  [
    'a message that stays where it should leave',
    'full',
    rules('zerver.Message', () => 'sender_id <> 14 AND recipient_id <> 1003'),
    'message 112 is missing',
  ],
  ['a file that stays with a message that leaves', 'full', rules('zerver.Attachment', () => 'false'), 'attachment 2 is missing'],
  [
    'an edit that is forgotten',
    'full',
    (told) => ({
      ...told,
      models: { ...told.models, 'zerver.Message': { ...told.models?.['zerver.Message'], values: { edit_history: 'NULL' } } },
    }),
    'message 105 has another history',
  ],
  ["more than Zulip's own export has", 'consent', rules('zerver.Message', none), 'message 100 left', true],
];

describe('faults that are planted into the rules of rows are found in what leaves', function () {
  this.timeout(120_000);
  let database: TestDatabase;
  let folder: string;
  const server = { ...crowdedServer, messages: crowdedServer.messages.map((one) => ({ ...one, isEdited: one.id === 105 })) };
  before(async () => {
    database = await createDatabase({ sql: tablesSql });
    await database.query(rowsSql(server));
    folder = mkdtempSync(join(tmpdir(), 'portolan-planted-'));
  });
  after(async () => {
    rmSync(folder, { recursive: true });
    await database.drop();
  });

  const faults = async (mode: Asked['mode'], parity: boolean, change?: Change): Promise<readonly string[]> => {
    const people = mode === 'full' || mode === 'public' ? [] : [10];
    const asked: Asked = { mode, people, realms: [2] };
    const values = { ...valuesOf(folder, asked), 'zulip-parity': parity };
    return faultsIn(server, asked, await exportZulip(database.url, objectsOf(asked), values, change), parity);
  };

  for (const mode of ['full', 'public', 'consent', 'users', 'people'] as const) {
    it(`none is there where none is planted: ${mode}`, async () => {
      for (const parity of [false, true]) expect(await faults(mode, parity), `parity: ${String(parity)}`).to.deep.equal([]);
    });
  }

  for (const [what, mode, change, fault, parity = false] of planted) {
    it(`${mode}: ${what}`, async () => {
      expect(await faults(mode, parity, change)).to.include(fault);
    });
  }
});
