import type { RowPolicy, RowRule } from '../../../policy/policy.js';
import { messageLeaves } from './messages.js';
import { persons, realmUsers, systemBots, zulipUsers } from './people.js';
import { botRecipients, mixedHuddles, ownRecipients, publicRecipients, zulipRecipients } from './recipients.js';
import type { Selection } from './selection.js';
import { anyOf, keys, table } from './sql.js';
import { streamLeaves } from './streams.js';

type Rows = Readonly<Record<string, RowPolicy>>;

const drop = (name: string, keep: string): RowRule => ({ name, keep, otherwise: 'drop' });
const stub = (name: string, keep: string): RowRule => ({ name, keep, otherwise: 'stub' });

/** People, channels, huddles and who is in them. */
export function realmRows(selection: Selection): Rows {
  return { ...userRows(selection), ...recipientRows(selection), ...attachedRows(selection) };
}

function userRows(selection: Selection): Rows {
  const { mode, people, parity, realms } = selection;
  const isOwn = `realm_id IN ${keys(realms)}`;
  const rules = [
    stub('system bot', `${isOwn} OR id NOT IN (${systemBots(selection)})`),
    parity && mode === 'people' ? stub('of another realm', isOwn) : drop('of another realm', isOwn),
    ...(mode === 'people' ? [stub('other person', `id IN ${keys(people)}`)] : []),
  ];
  const isPerson = `id IN ${keys(people)}`;
  const values = { is_mirror_dummy: `is_mirror_dummy OR NOT ${isPerson}`, is_active: `is_active AND ${isPerson}` };
  return {
    'zerver.UserProfile': { rows: rules, ...(mode === 'users' ? { values } : {}) },
    ...(parity ? { 'zerver.Client': { whole: mode !== 'people' } } : {}),
  };
}

function recipientRows(selection: Selection): Rows {
  const { parity, mode } = selection;
  const mixed = mixedHuddles(selection);
  const needed = (name: string, keep: string): RowRule => (parity || mode === 'people' ? stub(name, keep) : drop(name, keep));
  const noMixed = (column: string): RowRule => drop('huddle with another realm', `${column} NOT IN (${mixed})`);
  const isZulips = (column: string): string => `${column} IN (${zulipRecipients(selection)})`;
  if (parity) {
    const streamsOf = (recipients: string): string =>
      `id IN (SELECT r.type_id FROM ${table(selection, 'recipient')} r WHERE r.type = 2 AND r.id IN (${recipients}))`;
    if (mode === 'people') {
      const own = `SELECT p.recipient_id FROM ${table(selection, 'subscription')} p WHERE p.user_profile_id IN (${persons(selection)})`;
      return {
        'zerver.Recipient': { rows: [needed('not exported by Zulip', `id IN (${own})`)] },
        'zerver.Stream': { rows: [needed('not exported by Zulip', streamsOf(own))] },
        'zerver.Huddle': { rows: [stub('not exported by Zulip', 'false')] },
        'zerver.Subscription': { rows: [drop('not exported by Zulip', `user_profile_id IN (${persons(selection)})`)] },
      };
    }
    return {
      'zerver.Stream': { rows: [needed('not exported by Zulip', streamsOf(zulipRecipients(selection)))] },
      'zerver.Recipient': { rows: [needed('not exported by Zulip', isZulips('id'))] },
      'zerver.Subscription': {
        rows: [noMixed('recipient_id'), drop('not exported by Zulip', `user_profile_id IN (${zulipUsers(selection)})`)],
      },
    };
  }
  return {
    'zerver.Stream': { rows: [drop(mode === 'full' ? 'of another realm' : 'private', streamLeaves(selection, 'id'))] },
    'zerver.Recipient': {
      rows: [
        stub('system bot', `id NOT IN (${botRecipients(selection)}) OR id IN (${ownRecipients(selection)})`),
        noMixed('id'),
        needed('private', `id IN (${ownRecipients(selection)})`),
      ],
    },
    'zerver.Subscription': { rows: [noMixed('recipient_id'), drop('private', subscriptionLeaves(selection))] },
  };
}

/** Who is in a private channel or a huddle is told only of those whose data leave. */
function subscriptionLeaves(selection: Selection): string {
  const isPerson = `user_profile_id IN (${persons(selection)}) AND recipient_id IN (${ownRecipients(selection)})`;
  const isPublic = `recipient_id IN (${publicRecipients(selection)}) AND user_profile_id IN (${realmUsers(selection)})`;
  switch (selection.mode) {
    case 'full':
    case 'users':
    case 'people':
      return isPerson;
    case 'public':
      return isPublic;
    case 'consent':
      return anyOf([isPerson, isPublic]);
  }
}

/** What hangs on messages, channels and people. */
function attachedRows(selection: Selection): Rows {
  const { parity, mode } = selection;
  const carried = `EXISTS (SELECT FROM ${table(selection, 'attachment_messages')} a JOIN ${table(selection, 'message')} m ON m.id = a.message_id
    WHERE a.attachment_id = zerver_attachment.id AND ${messageLeaves(selection, 'm')})`;
  const attachments: Rows = { 'zerver.Attachment': { rows: [drop('in no message that leaves', carried)] } };
  if (parity) {
    const audit = `modified_user_id IN (${zulipUsers(selection)})`;
    const never = ['DefaultStreamGroup', 'ScheduledMessage', 'SubMessage', 'UserStatus'].map(
      (name) => [`zerver.${name}`, { rows: [drop('not exported by Zulip', 'false')] }] as const,
    );
    const others = Object.fromEntries(never);
    if (mode === 'people') return { ...attachments, ...others };
    return { ...attachments, ...others, 'zerver.RealmAuditLog': { rows: [drop('not exported by Zulip', audit)] } };
  }
  const isStream = (column: string): string => `${column} IS NULL OR (${streamLeaves(selection, column)})`;
  const ofPeople = `modified_user_id IS NULL OR modified_user_id IN (${persons(selection)})`;
  if (mode === 'full') return attachments;
  return {
    ...attachments,
    'zerver.RealmAuditLog': { rows: [drop('private', `(${ofPeople}) AND (${isStream('modified_stream_id')})`)] },
    'zerver.DefaultStream': { rows: [drop('private', streamLeaves(selection, 'stream_id'))] },
    'analytics.StreamCount': { rows: [drop('private', streamLeaves(selection, 'stream_id'))] },
  };
}
