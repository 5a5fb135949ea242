import type { Server } from './random-realms.js';
import { internal } from './random-realms.js';

/** The tables of Zulip's that decide what leaves, with the columns that do, and a few that hang on them. */
export const tablesSql = `
  CREATE SCHEMA zulip; SET search_path = zulip;
  CREATE TABLE zerver_realm (id serial PRIMARY KEY, string_id varchar(40) NOT NULL UNIQUE, name varchar(40) NOT NULL, notifications_stream_id int);
  CREATE TABLE zerver_client (id serial PRIMARY KEY, name varchar(30) NOT NULL UNIQUE);
  CREATE TABLE zerver_recipient (id serial PRIMARY KEY, type_id int NOT NULL, type smallint NOT NULL, UNIQUE (type, type_id));
  CREATE TABLE zerver_userprofile (id serial PRIMARY KEY, realm_id int NOT NULL REFERENCES zerver_realm, email varchar(254) NOT NULL,
    delivery_email varchar(254) NOT NULL, is_bot bool NOT NULL, is_active bool NOT NULL, is_mirror_dummy bool NOT NULL,
    recipient_id int REFERENCES zerver_recipient, UNIQUE (realm_id, email));
  CREATE TABLE zerver_stream (id serial PRIMARY KEY, realm_id int NOT NULL REFERENCES zerver_realm, name varchar(60) NOT NULL, invite_only bool,
    history_public_to_subscribers bool NOT NULL, recipient_id int REFERENCES zerver_recipient, UNIQUE (name, realm_id));
  ALTER TABLE zerver_realm ADD FOREIGN KEY (notifications_stream_id) REFERENCES zerver_stream DEFERRABLE INITIALLY DEFERRED;
  CREATE TABLE zerver_huddle (id serial PRIMARY KEY, huddle_hash varchar(40) NOT NULL UNIQUE);
  CREATE TABLE zerver_subscription (id serial PRIMARY KEY, user_profile_id int NOT NULL REFERENCES zerver_userprofile,
    recipient_id int NOT NULL REFERENCES zerver_recipient, active bool NOT NULL, UNIQUE (user_profile_id, recipient_id));
  CREATE INDEX ON zerver_subscription (recipient_id);
  CREATE TABLE zerver_message (id serial PRIMARY KEY, sender_id int NOT NULL REFERENCES zerver_userprofile,
    recipient_id int NOT NULL REFERENCES zerver_recipient, sending_client_id int NOT NULL REFERENCES zerver_client, subject varchar(60) NOT NULL,
    content text NOT NULL, last_edit_time timestamptz, edit_history text);
  CREATE INDEX ON zerver_message (sender_id); CREATE INDEX ON zerver_message (recipient_id);
  CREATE TABLE zerver_usermessage (id bigserial PRIMARY KEY, user_profile_id int NOT NULL REFERENCES zerver_userprofile,
    message_id int NOT NULL REFERENCES zerver_message, flags bigint NOT NULL, UNIQUE (user_profile_id, message_id));
  CREATE INDEX ON zerver_usermessage (message_id);
  CREATE TABLE zerver_reaction (id serial PRIMARY KEY, user_profile_id int NOT NULL REFERENCES zerver_userprofile,
    message_id int NOT NULL REFERENCES zerver_message, emoji_name text NOT NULL, emoji_code text NOT NULL, reaction_type varchar(30) NOT NULL);
  CREATE TABLE zerver_attachment (id serial PRIMARY KEY, path_id text NOT NULL UNIQUE, owner_id int NOT NULL REFERENCES zerver_userprofile,
    realm_id int REFERENCES zerver_realm);
  CREATE TABLE zerver_attachment_messages (id serial PRIMARY KEY, attachment_id int NOT NULL REFERENCES zerver_attachment,
    message_id int NOT NULL REFERENCES zerver_message, UNIQUE (attachment_id, message_id));
  CREATE TABLE zerver_useractivity (id serial PRIMARY KEY, user_profile_id int NOT NULL REFERENCES zerver_userprofile,
    client_id int NOT NULL REFERENCES zerver_client, query varchar(50) NOT NULL, count int NOT NULL);
  CREATE TABLE zerver_realmauditlog (id serial PRIMARY KEY, realm_id int NOT NULL REFERENCES zerver_realm, event_type smallint NOT NULL,
    acting_user_id int REFERENCES zerver_userprofile, modified_user_id int REFERENCES zerver_userprofile, modified_stream_id int REFERENCES zerver_stream);
  INSERT INTO zerver_client VALUES (1, 'website'), (2, 'of nobody');
  INSERT INTO zerver_realm VALUES (${String(internal)}, 'zulipinternal', 'System'), (2, 'acme', 'Acme'), (3, 'beta', 'Beta');`;

/** What the table says of edits: the text before, and by whom. */
export function editHistory({ id, sender, isEdited }: Server['messages'][number]): string | undefined {
  return isEdited
    ? JSON.stringify([{ user_id: sender, prev_content: `before m${String(id)}`, timestamp: 1578823200 }])
    : undefined;
}

/** Keys of recipients: by kind, and what they are of. */
const recipientBase = { user: 1000, stream: 2000, huddle: 3000 } as const;
const recipientType = { user: 1, stream: 2, huddle: 3 } as const;

/** The rows of a server, in place of those that are there. */
export function rowsSql(server: Server): string {
  const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;
  const insert = (table: string, rows: readonly (readonly (string | number | boolean | undefined)[])[]): string => {
    const values = rows.map(
      (row) => `(${row.map((one) => (one === undefined ? 'NULL' : typeof one === 'string' ? text(one) : String(one))).join()})`,
    );
    return values.length === 0 ? '' : `INSERT INTO zulip.zerver_${table} VALUES ${values.join()};`;
  };
  const { users, streams, huddles, subscriptions, messages, attachments } = server;
  const botMails = ['notification-bot', 'emailgateway', 'welcome-bot'];
  const mail = ({ id, isBot }: Server['users'][number]): string =>
    isBot ? `${botMails[id - 1] ?? ''}@zulip.com` : `u${String(id)}@x`;
  const recipient = (kind: keyof typeof recipientBase, id: number): number => recipientBase[kind] + id;
  const subscribed = [
    ...users.map(({ id }) => [id, recipient('user', id), true] as const),
    ...subscriptions.map(({ user, stream, active }) => [user, recipient('stream', stream), active] as const),
    ...huddles.flatMap((members, at) => members.map((user) => [user, recipient('huddle', 70 + at), true] as const)),
  ];
  const realmOf = new Map(users.map(({ id, realm }) => [id, realm]));
  const deliveries = messages.flatMap(({ id, delivered }) => delivered.map((user) => [user, id] as const));
  return [
    `TRUNCATE ${['userprofile', 'stream', 'huddle', 'recipient', 'subscription', 'message', 'usermessage', 'reaction', 'attachment', 'attachment_messages', 'useractivity', 'realmauditlog'].map((name) => `zulip.zerver_${name}`).join()} CASCADE;`,
    `INSERT INTO zulip.zerver_realm VALUES (1, 'zulipinternal', 'System'), (2, 'acme', 'Acme'), (3, 'beta', 'Beta');`,
    insert('recipient', [
      ...users.map(({ id }) => [recipient('user', id), id, recipientType.user]),
      ...streams.map(({ id }) => [recipient('stream', id), id, recipientType.stream]),
      ...huddles.map((_, at) => [recipient('huddle', 70 + at), 70 + at, recipientType.huddle]),
    ]),
    insert(
      'userprofile',
      users.map((user) => [
        user.id,
        user.realm,
        mail(user),
        mail(user),
        user.isBot,
        !user.isDummy,
        user.isDummy,
        recipient('user', user.id),
      ]),
    ),
    insert(
      'stream',
      streams.map((one) => [
        one.id,
        one.realm,
        `s${String(one.id)}`,
        one.isPrivate,
        one.sharesHistory,
        recipient('stream', one.id),
      ]),
    ),
    insert(
      'huddle',
      huddles.map((_, at) => [70 + at, `h${String(at)}`]),
    ),
    insert(
      'subscription',
      subscribed.map((one, at) => [at + 1, ...one]),
    ),
    insert(
      'message',
      messages.map((one) => {
        const { id, sender, to, isEdited } = one;
        const edit = isEdited ? '2020-01-12 10:00:00.123456+00' : undefined;
        return [id, sender, recipient(to.kind, to.id), 1, 't', `m${String(id)}`, edit, editHistory(one)];
      }),
    ),
    insert(
      'usermessage',
      deliveries.map((one, at) => [at + 1, ...one, 1]),
    ),
    insert(
      'reaction',
      messages.flatMap(({ id, delivered }, at) =>
        delivered[0] === undefined ? [] : [[at + 1, delivered[0], id, 'x', '1', 'unicode_emoji']],
      ),
    ),
    insert(
      'attachment',
      attachments.map(({ owner }, at) => [at + 1, `p${String(at)}`, owner, realmOf.get(owner)]),
    ),
    insert(
      'attachment_messages',
      attachments.flatMap(({ messages: carrying }, at) => carrying.map((id) => [at * 100 + (id % 100) + 1, at + 1, id])),
    ),
    insert(
      'useractivity',
      users.map(({ id }) => [id, id, 1, 'q', 1]),
    ),
  ].join('\n');
}
