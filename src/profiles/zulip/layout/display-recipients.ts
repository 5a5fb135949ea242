import type { Key } from '../../../closure/key.js';
import { quoteTable } from '../../../dialect/postgres/sql.js';
import type { JsonValue } from './json-text.js';
import type { ZulipFiles } from './zulip-files.js';

/** What Zulip's types of recipients are. */
const personal = '1';
const stream = '2';

const ofUsers = ['id', 'email', 'full_name', 'short_name', 'is_mirror_dummy'] as const;

/** Whom a message went to, by recipient: the name of a channel, or the people of a conversation. */
export async function displayRecipients(files: ZulipFiles): Promise<ReadonlyMap<Key, JsonValue>> {
  const [recipients, streams, users] = ['zerver_recipient', 'zerver_stream', 'zerver_userprofile'].map((table) =>
    files.entity(table),
  );
  const found = new Map<Key, JsonValue>();
  if (recipients === undefined || streams === undefined || users === undefined) return found;
  const { rows } = files.context;
  const channels = new Map<Key, Key>();
  const people = new Map<Key, Key[]>();
  const conversations: Key[] = [];
  for (const keys of [await rows.keys(recipients), rows.externalKeys(recipients)]) {
    for await (const cursor of rows.named(recipients, ['id', 'type', 'type_id'], keys)) {
      const type = cursor.text(1);
      if (type === stream) channels.set(cursor.integer(0), cursor.integer(2));
      else if (type === personal) people.set(cursor.integer(0), [cursor.integer(2)]);
      else conversations.push(cursor.integer(0));
    }
  }
  for (const [recipient, members] of await membersOf(files, conversations)) people.set(recipient, members);
  const names = new Map<Key, string | null>();
  for await (const cursor of rows.named(streams, ['id', 'name'], sorted(channels.values())))
    names.set(cursor.integer(0), cursor.text(1));
  for (const [recipient, channel] of channels) found.set(recipient, names.get(channel) ?? null);
  const facts = new Map<Key, JsonValue>();
  for await (const cursor of rows.named(users, ofUsers, sorted([...people.values()].flat()))) {
    const [, email, fullName, shortName, isDummy] = ofUsers.map((_, at) => cursor.text(at));
    const rest = { full_name: fullName ?? null, short_name: shortName ?? null, is_mirror_dummy: isDummy === 't' };
    facts.set(cursor.integer(0), { id: Number(cursor.text(0)), email: email ?? null, ...rest });
  }
  for (const [recipient, members] of people)
    found.set(
      recipient,
      members.flatMap((user) => facts.get(user) ?? []),
    );
  return found;
}

/** All who are in each conversation, in the order of their ids, as Zulip lists them. */
async function membersOf(files: ZulipFiles, conversations: readonly Key[]): Promise<ReadonlyMap<Key, Key[]>> {
  const members = new Map<Key, Key[]>();
  const subscriptions = files.entity('zerver_subscription');
  if (subscriptions === undefined || conversations.length === 0) return members;
  const rows = await files.context.session.query(
    `SELECT recipient_id, user_profile_id FROM ${quoteTable(subscriptions.table)} WHERE recipient_id = ANY ($1) ORDER BY 1, 2`,
    [`{${conversations.join(',')}}`],
  );
  for (const [recipient, user] of rows) {
    const known = members.get(Number(recipient));
    if (known === undefined) members.set(Number(recipient), [Number(user)]);
    else known.push(Number(user));
  }
  return members;
}

/** Each once, in the order of keys. */
function sorted(keys: Iterable<Key>): readonly Key[] {
  return [...new Set(keys)].sort((a, b) => Number(a) - Number(b));
}
