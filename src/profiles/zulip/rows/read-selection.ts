import type { RowPolicyContext } from '../../../policy/row-policy-hook.js';
import { quoteIdentifier, quoteLiteral } from '../../../dialect/postgres/sql.js';
import { RefusedError, UsageError } from '../../../errors/portolan-error.js';
import type { Mode, Selection } from './selection.js';
import { keys, table } from './sql.js';

/** What the options say of a selection. */
export interface SelectionOptions {
  readonly publicOnly: boolean;
  readonly consentMessage: number | undefined;
  /** Addresses of who consents, and of who leaves. */
  readonly consentUsers: readonly string[] | undefined;
  readonly users: readonly string[] | undefined;
  readonly parity: boolean;
  readonly off: readonly string[];
}

type Session = RowPolicyContext['session'];

/** The outbox, by which people consent. */
const consentEmoji = "r.reaction_type = 'unicode_emoji' AND r.emoji_code = '1f4e4'";

/**
 * Which rows leave, by the objects that were asked for and the options.
 *
 * @throws UsageError OPTION_VALUE; RefusedError CONSENT_INVALID
 */
export async function readSelection(
  { schema, seeds, session }: RowPolicyContext,
  options: SelectionOptions,
): Promise<Selection | undefined> {
  const seedsOf = (model: string): readonly number[] => [...(seeds.get(model)?.sorted() ?? [])].map(Number);
  const [realms, people] = [seedsOf('zerver.realm'), seedsOf('zerver.userprofile')];
  if (realms.length + people.length === 0) return undefined;
  const { modes, mode } = modeOf(options);
  if (modes.length > 1) throw usage(`${modes.join(' and ')} exclude each other`);
  const named = schema.entities.get('zerver.realm')?.table.schema ?? 'zulip';
  const base = { schema: quoteIdentifier(named), realms, people: [], streams: [], parity: options.parity, off: options.off };
  if (realms.length === 0) {
    if (mode !== 'full') throw usage(`${modes.join()} is for realms`, 'Ask for zerver.Realm.…');
    const own = await numbers(
      session,
      `SELECT DISTINCT realm_id FROM ${table({ ...base, mode }, 'userprofile')} WHERE id IN ${keys(people)}`,
    );
    return known(session, { ...base, mode: 'people', realms: own }, people);
  }
  if (people.length > 0 && mode === 'full')
    throw usage('users are asked for beside realms', 'Ask for realms or for users, or for some users of realms by --users.');
  const selection: Selection = { ...base, mode };
  if (options.users !== undefined) return known(session, selection, await usersOf(session, selection, options.users));
  if (options.consentUsers !== undefined)
    return known(session, selection, await usersOf(session, selection, options.consentUsers));
  if (options.consentMessage !== undefined)
    return known(session, selection, await consenting(session, selection, options.consentMessage));
  return selection;
}

function modeOf({ publicOnly, consentMessage, consentUsers, users }: SelectionOptions): { modes: readonly string[]; mode: Mode } {
  const given: (readonly [string, Mode, boolean])[] = [
    ['--public-only', 'public', publicOnly],
    ['--consent-message-id', 'consent', consentMessage !== undefined],
    ['--consent-users', 'consent', consentUsers !== undefined],
    ['--users', 'users', users !== undefined],
  ];
  const chosen = given.filter(([, , is]) => is);
  return { modes: chosen.map(([name]) => name), mode: chosen[0]?.[1] ?? 'full' };
}

/** Users by their addresses, without case. Who is a mirror dummy already cannot be one of them. */
async function usersOf(session: Session, selection: Selection, mails: readonly string[]): Promise<readonly number[]> {
  const found: number[] = [];
  const problems: string[] = [];
  for (const mail of mails) {
    const address = `lower(u.delivery_email) = lower(${quoteLiteral(mail)})`;
    const rows = await session.query(
      `SELECT u.id, u.is_mirror_dummy::text, (u.delivery_email = ${quoteLiteral(mail)})::text FROM ${table(selection, 'userprofile')} u
        WHERE u.realm_id IN ${keys(selection.realms)} AND ${address} ORDER BY u.id`,
    );
    const exact = rows.filter(([, , same]) => same === 'true');
    const meant = rows.length > 1 && exact.length > 0 ? exact : rows;
    if (meant.length === 0) problems.push(`no user has the address ${mail}`);
    else if (meant.length > 1 && selection.realms.length === 1) problems.push(`several users have the address ${mail}`);
    else if (meant.some(([, dummy]) => dummy === 'true')) problems.push(`${mail} is a mirror dummy`);
    else found.push(...meant.map(([id]) => Number(id)));
  }
  if (problems.length > 0) throw usage(problems.join('; '));
  return [...new Set(found)].sort((a, b) => a - b);
}

/** Who reacted with an outbox to a message that nobody has changed since, all of the realm. */
async function consenting(session: Session, selection: Selection, message: number): Promise<readonly number[]> {
  const refused = (why: string): RefusedError =>
    new RefusedError('CONSENT_INVALID', `message ${String(message)} is no proof of consent: ${why}`);
  const [found] = await session.query(
    `SELECT (m.last_edit_time IS NOT NULL)::text, s.realm_id FROM ${table(selection, 'message')} m
      JOIN ${table(selection, 'userprofile')} s ON s.id = m.sender_id WHERE m.id = ${String(message)}`,
  );
  if (found === undefined) throw refused('there is no such message');
  if (found[0] === 'true') throw refused('it was edited');
  const reactors = await session.query(
    `SELECT DISTINCT u.id, (u.realm_id IN ${keys(selection.realms)})::text FROM ${table(selection, 'reaction')} r
      JOIN ${table(selection, 'userprofile')} u ON u.id = r.user_profile_id WHERE r.message_id = ${String(message)} AND ${consentEmoji} ORDER BY 1`,
  );
  if (reactors.some(([, own]) => own !== 'true')) throw refused('somebody of another realm reacted');
  if (reactors.length === 0) throw refused('nobody reacted with an outbox');
  return reactors.map(([id]) => Number(id));
}

/** With the channels that people know: found once, as many rules ask for them. */
async function known(session: Session, selection: Selection, people: readonly number[]): Promise<Selection> {
  const own = keys(people);
  const streams = await numbers(
    session,
    `SELECT r.type_id FROM ${table(selection, 'recipient')} r JOIN ${table(selection, 'stream')} s ON s.id = r.type_id
      WHERE r.type = 2 AND s.realm_id IN ${keys(selection.realms)} AND r.id IN (
        SELECT p.recipient_id FROM ${table(selection, 'subscription')} p WHERE p.user_profile_id IN ${own}
        UNION SELECT m.recipient_id FROM ${table(selection, 'message')} m WHERE m.sender_id IN ${own}
        UNION SELECT m.recipient_id FROM ${table(selection, 'usermessage')} d JOIN ${table(selection, 'message')} m ON m.id = d.message_id WHERE d.user_profile_id IN ${own}
      ) ORDER BY 1`,
  );
  return { ...selection, people, streams };
}

async function numbers(session: Session, sql: string): Promise<readonly number[]> {
  return (await session.query(sql)).map(([value]) => Number(value));
}

function usage(message: string, hint?: string): UsageError {
  return new UsageError('OPTION_VALUE', message, { hint });
}
