import type { RowRule } from '../../../policy/policy.js';
import { persons, realmUsers, systemBots, zulipBots, zulipUsers } from './people.js';
import { botRecipients, mixedHuddles, ownRecipients, publicRecipients, zulipRecipients } from './recipients.js';
import type { Selection } from './selection.js';
import { allOf, anyOf, keys, table } from './sql.js';

/** The rules of messages, the row called by `alias`. */
export function messageRules(selection: Selection, alias: string): readonly RowRule[] {
  const rule = (name: string, keep: string): RowRule => ({ name, keep, otherwise: 'drop' });
  if (selection.parity) return [rule('not exported by Zulip', zulipMessages(selection, alias))];
  const recipient = `${alias}.recipient_id`;
  const own = `${recipient} IN (${ownRecipients(selection)})`;
  const toBot = `${recipient} IN (${botRecipients(selection)}) AND ${alias}.sender_id IN (${realmUsers(selection)})`;
  return [
    rule('of another realm', `${alias}.sender_id IN (${senders(selection, systemBots(selection))})`),
    rule('huddle with another realm', `${recipient} NOT IN (${mixedHuddles(selection)})`),
    ...readable(selection, alias).map((keep) => rule(reasons[selection.mode], keep)),
    rule('recipient stays', `(${own}) OR (${toBot})`),
  ];
}

/** That a message leaves. */
export function messageLeaves(selection: Selection, alias: string): string {
  return allOf(messageRules(selection, alias).map(({ keep }) => keep));
}

const reasons = Object.freeze({
  full: '',
  public: 'not public',
  consent: 'no consent',
  users: 'of others',
  people: 'of others',
} as const);

/** What persons have read or can read; of a realm as a whole, everything. */
function readable(selection: Selection, alias: string): readonly string[] {
  const { mode } = selection;
  const recipient = `${alias}.recipient_id`;
  const isPublic = `${recipient} IN (${publicRecipients(selection)})`;
  switch (mode) {
    case 'full':
      return [];
    case 'public':
      return [isPublic];
    case 'consent':
      return [anyOf([isPublic, ...readBy(selection, alias)])];
    case 'users':
      return [anyOf(readBy(selection, alias))];
    case 'people':
      return [received(selection, alias)];
  }
}

/** Written by persons, or to them, or to what they are in and see all of, or delivered to them. */
function readBy(selection: Selection, alias: string): readonly string[] {
  const own = persons(selection);
  const active = `SELECT p.recipient_id FROM ${table(selection, 'subscription')} p JOIN ${table(selection, 'recipient')} r ON r.id = p.recipient_id
    LEFT JOIN ${table(selection, 'stream')} s ON r.type = 2 AND s.id = r.type_id
    WHERE p.user_profile_id IN (${own}) AND p.active AND (r.type = 1 AND r.type_id = p.user_profile_id OR s.invite_only = false OR s.history_public_to_subscribers)`;
  return [`${alias}.sender_id IN (${own})`, `${alias}.recipient_id IN (${active})`, received(selection, alias)];
}

/** Delivered to persons. */
function received(selection: Selection, alias: string): string {
  return `EXISTS (SELECT FROM ${table(selection, 'usermessage')} d WHERE d.message_id = ${alias}.id AND d.user_profile_id IN ${keys(selection.people)})`;
}

function senders(selection: Selection, bots: string): string {
  return `${realmUsers(selection)} UNION ALL ${bots}`;
}

/** What Zulip's export of January 2020 takes. */
function zulipMessages(selection: Selection, alias: string): string {
  const { mode, people } = selection;
  const all = senders(selection, zulipBots(selection));
  const isIn = `${alias}.recipient_id IN (${zulipRecipients(selection)}) AND ${alias}.sender_id IN (${all})`;
  const isPublic = `${alias}.recipient_id IN (${publicRecipients(selection)})`;
  const toOthers = (us: string): string =>
    `${alias}.sender_id IN (${us}) AND ${alias}.recipient_id IN (SELECT r.id FROM ${table(selection, 'recipient')} r
      WHERE r.type = 1 AND r.type_id IN (${all}) AND r.type_id NOT IN (${us}))`;
  switch (mode) {
    case 'full':
    case 'users':
      return anyOf([isIn, toOthers(zulipUsers(selection))]);
    case 'public':
      return allOf([isIn, isPublic]);
    case 'consent': {
      const consenting = `${realmUsers(selection)} AND u.id IN ${keys(people)}`;
      const subscribed = `SELECT c.recipient_id FROM ${table(selection, 'subscription')} c WHERE c.user_profile_id IN ${keys(people)}`;
      return anyOf([allOf([isIn, anyOf([isPublic, `${alias}.recipient_id IN (${subscribed})`])]), toOthers(consenting)]);
    }
    case 'people':
      return received(selection, alias);
  }
}
