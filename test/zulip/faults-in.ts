import { allowedMessages, zulipMessages } from './allowed-messages.js';
import type { Asked } from './asked.js';
import type { ZulipExport } from './export-zulip.js';
import type { Server } from './random-realms.js';
import { internal } from './random-realms.js';
import { editHistory } from './tables.js';

/** What left, as far as it is looked at. */
export type Found = Pick<ZulipExport, 'ids' | 'objects' | 'external'>;

interface Case {
  readonly server: Server;
  readonly asked: Asked;
  readonly found: Found;
  readonly parity: boolean;
  /** By user. */
  readonly realmOf: ReadonlyMap<number, number>;
  /** The messages that left. */
  readonly messages: ReadonlySet<number>;
}

/**
 * What is wrong with an export, by the rules as they are written down: messages that should have stayed or left, and what hangs on them; what
 * is somebody's own who did not consent; what is of another realm. It knows nothing of how they are kept.
 */
export function faultsIn(server: Server, asked: Asked, found: Found, parity: boolean): readonly string[] {
  const realmOf = new Map(server.users.map(({ id, realm }) => [id, realm]));
  const one: Case = { server, asked, found, parity, realmOf, messages: new Set(found.ids('zerver.message')) };
  return [
    ...messageFaults(one),
    ...fileFaults(one),
    ...readingFaults(one),
    ...userFaults(one),
    ...channelFaults(one),
    ...ownThings(one),
  ];
}

/** Which leave and stay, and that edits leave with what was edited. */
function messageFaults({ server, asked, found, parity, messages }: Case): readonly string[] {
  const allowed = new Set((parity ? zulipMessages : allowedMessages)(server, asked));
  return [
    ...[...messages].filter((id) => !allowed.has(id)).map((id) => `message ${String(id)} left`),
    ...[...allowed].filter((id) => !messages.has(id)).map((id) => `message ${String(id)} is missing`),
    ...server.messages
      .filter((one) => messages.has(one.id))
      .filter(
        (one) => (found.objects.get('zerver.message')?.get(one.id)?.['edit_history'] ?? null) !== (editHistory(one) ?? null),
      )
      .map(({ id }) => `message ${String(id)} has another history`),
  ];
}

/** Files leave with a message that carries them, and what was never sent with its owner. */
function fileFaults({ server, asked: { mode, people, realms }, found, parity, realmOf, messages }: Case): readonly string[] {
  const isDummy = new Set(server.users.filter((user) => user.isDummy).map(({ id }) => id));
  const isTheirs = (owner: number): boolean => people.length === 0 || people.includes(owner);
  return server.attachments.flatMap(({ owner, messages: carrying }, at) => {
    const id = at + 1;
    const left = found.ids('zerver.attachment').includes(id);
    const isOwn = realms.includes(realmOf.get(owner) ?? 0);
    const isCarried = carrying.some((message) => messages.has(message));
    const isUnsent = carrying.length === 0 && !parity && mode !== 'public' && isTheirs(owner);
    // Of single users what is theirs; a file of others may come along, or not.
    const listed = (found.objects.get('zerver.attachment')?.get(id)?.['messages'] ?? []) as readonly unknown[];
    const stayed = listed.filter((message) => !messages.has(Number(message)));
    if (stayed.length > 0) return [`attachment ${String(id)} names message ${stayed.join()}, which stayed`];
    const isSure = isCarried ? mode !== 'people' || people.includes(owner) : isUnsent && !isDummy.has(owner);
    if (left && !(isOwn && (isCarried || isUnsent))) return [`attachment ${String(id)} left`];
    return !left && isOwn && isSure ? [`attachment ${String(id)} is missing`] : [];
  });
}

/** What a message is to its readers, and reactions to it. */
function readingFaults({ asked: { people }, found, messages }: Case): readonly string[] {
  return [
    ...rowsOf(found, 'zerver.usermessage').flatMap(([id, { message, user_profile: reader }]) => [
      ...(messages.has(Number(message)) ? [] : [`usermessage ${String(id)} is of a message that stayed`]),
      ...(people.length === 0 || people.includes(Number(reader)) ? [] : [`usermessage of ${String(reader)} left`]),
    ]),
    ...rowsOf(found, 'zerver.reaction')
      .filter(([, { message }]) => !messages.has(Number(message)))
      .map(([id]) => `reaction ${String(id)} is to a message that stayed`),
  ];
}

function userFaults({ asked: { mode, people, realms }, found, parity, realmOf }: Case): readonly string[] {
  const faults = found
    .ids('zerver.userprofile')
    .filter((id) => !realms.includes(realmOf.get(id) ?? 0))
    .map((id) => `user ${String(id)} of another realm left`);
  if (mode === 'people') {
    const others = found.ids('zerver.userprofile').filter((id) => !people.includes(id));
    return parity ? faults : [...faults, ...others.map((id) => `user ${String(id)} left`)];
  }
  const strangers = found.external('zerver.userprofile').filter((id) => realmOf.get(id) !== internal);
  if (!parity) faults.push(...strangers.map((id) => `user ${String(id)} of another realm is named`));
  if (mode !== 'users' || parity) return faults;
  const persons = rowsOf(found, 'zerver.userprofile').filter(
    ([id, { is_mirror_dummy: isDummy }]) => isDummy === people.includes(id),
  );
  return [...faults, ...persons.map(([id]) => `user ${String(id)} left as ${people.includes(id) ? 'a dummy' : 'a person'}`)];
}

/** Channels, and huddles. */
function channelFaults({ server, asked: { mode, realms }, found, parity, realmOf }: Case): readonly string[] {
  const left = new Set(found.ids('zerver.stream'));
  const channels = server.streams.flatMap(({ id, realm, isPrivate }) => {
    if (!left.has(id)) return [];
    if (!realms.includes(realm)) return [`channel ${String(id)} of another realm left`];
    return !parity && mode === 'public' && isPrivate !== false ? [`channel ${String(id)} left`] : [];
  });
  if (parity) return channels;
  const huddles = found.ids('zerver.huddle').filter((id) => {
    const members = server.huddles[id - 70] ?? [];
    return members.some((user) => !realms.includes(realmOf.get(user) ?? 0));
  });
  return [...channels, ...huddles.map((id) => `huddle ${String(id)} left`)];
}

/** Without consent nobody's activity leaves, nor that somebody is in a channel that not everybody may see. */
function ownThings({ server, asked: { mode, people }, found, parity }: Case): readonly string[] {
  if (parity || mode === 'full') return [];
  const isPublic = (recipient: unknown): boolean =>
    server.streams.find(({ id }) => id === Number(recipient) - 2000)?.isPrivate === false;
  return [
    ...rowsOf(found, 'zerver.useractivity')
      .filter(([, { user_profile: user }]) => !people.includes(Number(user)))
      .map(([, { user_profile: user }]) => `activity of ${String(user)} left`),
    ...rowsOf(found, 'zerver.subscription')
      .filter(([, { user_profile: user, recipient }]) => !people.includes(Number(user)) && !isPublic(recipient))
      .map(([, { user_profile: user, recipient }]) => `subscription of ${String(user)} to ${String(recipient)} left`),
  ];
}

function rowsOf(found: Found, model: string): readonly (readonly [number, Readonly<Record<string, unknown>>])[] {
  return [...(found.objects.get(model) ?? [])];
}
