import { realmUsers, systemBots, zulipUsers } from './people.js';
import type { Selection } from './selection.js';
import { keys, table } from './sql.js';
import { streamLeaves } from './streams.js';

/** Recipients of huddles that somebody of another realm is or was in, a system bot for one. */
export function mixedHuddles(selection: Selection): string {
  return `SELECT f.recipient_id FROM ${table(selection, 'subscription')} f JOIN ${table(selection, 'recipient')} h ON h.id = f.recipient_id
    WHERE h.type = 3 AND f.user_profile_id NOT IN (${realmUsers(selection)})`;
}

/** Recipients by which system bots are written to. */
export function botRecipients(selection: Selection, bots = systemBots(selection)): string {
  return `SELECT r.id FROM ${table(selection, 'recipient')} r WHERE r.type = 1 AND r.type_id IN (${bots})`;
}

/** Recipients that leave as objects; whether a huddle is mixed is asked for itself. */
export function ownRecipients(selection: Selection): string {
  return `SELECT r.id FROM ${table(selection, 'recipient')} r WHERE (r.type = 1 AND r.type_id IN (${realmUsers(selection)}))
    OR (r.type = 2 AND (${streamLeaves(selection, 'r.type_id')})) OR r.type = 3`;
}

/** Those of Zulip's own export: what its users are or were subscribed to. */
export function zulipRecipients(selection: Selection): string {
  return `SELECT p.recipient_id FROM ${table(selection, 'subscription')} p WHERE p.user_profile_id IN (${zulipUsers(selection)})
    AND p.recipient_id NOT IN (${mixedHuddles(selection)})`;
}

/** Recipients of channels that everybody in the realm may read. */
export function publicRecipients(selection: Selection): string {
  return `SELECT r.id FROM ${table(selection, 'recipient')} r JOIN ${table(selection, 'stream')} s ON s.id = r.type_id
    WHERE r.type = 2 AND s.realm_id IN ${keys(selection.realms)} AND s.invite_only = false`;
}
