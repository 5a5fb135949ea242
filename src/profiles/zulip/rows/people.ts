import type { Selection } from './selection.js';
import { keys, table } from './sql.js';

/** The bots that serve all realms, by their usual addresses. */
const systemBotMails = ['notification-bot@zulip.com', 'emailgateway@zulip.com', 'welcome-bot@zulip.com'];

/** Users of the realms, mirror dummies among them. */
export function realmUsers(selection: Selection): string {
  return `SELECT u.id FROM ${table(selection, 'userprofile')} u WHERE u.realm_id IN ${keys(selection.realms)}`;
}

/** Those that Zulip's own export has as users: no mirror dummies, and none who is made one. */
export function zulipUsers(selection: Selection): string {
  const some = selection.mode === 'users' ? ` AND u.id IN ${keys(selection.people)}` : '';
  return `${realmUsers(selection)} AND NOT u.is_mirror_dummy${some}`;
}

/** Whose own rows leave: settings, activity, what they have read. */
export function persons(selection: Selection): string {
  if (selection.mode === 'public') return 'SELECT NULL::integer WHERE false';
  return selection.mode === 'full' ? realmUsers(selection) : `${realmUsers(selection)} AND u.id IN ${keys(selection.people)}`;
}

/** Bots of the realm that holds those of all realms. */
export function systemBots(selection: Selection): string {
  const internal = `SELECT i.id FROM ${table(selection, 'realm')} i WHERE i.string_id = 'zulipinternal'`;
  const mails = systemBotMails.map((mail) => `'${mail}'`).join(', ');
  return `SELECT b.id FROM ${table(selection, 'userprofile')} b WHERE b.is_bot AND (b.realm_id IN (${internal}) OR b.email IN (${mails}))`;
}

/** The three that Zulip's own export knows, whose addresses a site can choose: all but those by which a server is watched. */
export function zulipBots(selection: Selection): string {
  return `${systemBots(selection)} AND b.email NOT LIKE 'nagios-%'`;
}
