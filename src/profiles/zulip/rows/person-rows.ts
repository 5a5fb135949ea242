import type { RowPolicy, RowRule } from '../../../policy/policy.js';
import { persons, realmUsers, zulipUsers } from './people.js';
import type { Selection } from './selection.js';

/** Tables of what one person set, did or has, by the column that says whose it is. */
const columns: Readonly<Record<string, string>> = Object.freeze({
  'analytics.UserCount': 'user_id',
  'zerver.BotConfigData': 'bot_profile_id',
  'zerver.BotStorageData': 'bot_profile_id',
  'zerver.CustomProfileFieldValue': 'user_profile_id',
  'zerver.MutedTopic': 'user_profile_id',
  'zerver.ScheduledMessage': 'sender_id',
  'zerver.Service': 'user_profile_id',
  'zerver.UserActivity': 'user_profile_id',
  'zerver.UserActivityInterval': 'user_profile_id',
  'zerver.UserGroupMembership': 'user_profile_id',
  'zerver.UserHotspot': 'user_id',
  'zerver.UserMessage': 'user_profile_id',
  'zerver.UserPresence': 'user_profile_id',
  'zerver.UserStatus': 'user_profile_id',
});

/** Zulip takes all of these of a realm. */
const ofRealm: ReadonlySet<string> = new Set(['analytics.UserCount', 'zerver.UserGroupMembership']);

/** What is a person's leaves where the person's data do. */
export function personRows(selection: Selection): Readonly<Record<string, RowPolicy>> {
  return Object.fromEntries(
    Object.entries(columns).flatMap(([model, column]) => {
      const rules = rulesOf(selection, model, column);
      return rules.length === 0 ? [] : [[model, { rows: rules }]];
    }),
  );
}

function rulesOf(selection: Selection, model: string, column: string): readonly RowRule[] {
  const rule = (name: string, keep: string): RowRule => ({ name, keep, otherwise: 'drop' });
  const { parity, mode } = selection;
  if (parity && ofRealm.has(model)) return [];
  if (parity) {
    const consenting = model === 'zerver.UserMessage' && mode === 'consent' ? persons(selection) : undefined;
    const us = mode === 'people' ? persons(selection) : zulipUsers(selection);
    const rules = [rule('not exported by Zulip', `${column} IN (${us})`)];
    return consenting === undefined ? rules : [...rules, rule('no consent', `${column} IN (${consenting})`)];
  }
  const isRead = model === 'zerver.UserMessage' && mode === 'public';
  return [rule(reasons[mode], `${column} IN (${isRead ? realmUsers(selection) : persons(selection)})`)];
}

const reasons = Object.freeze({
  full: 'of another realm',
  public: 'not public',
  consent: 'no consent',
  users: 'of others',
  people: 'of others',
} as const);
