import type { MakeShape } from './shape.js';
import { numbers, scaled } from './shape.js';

const people = 1000;
const channels = 50;
/** Who has each message. */
const readers = 10;

/**
 * A realm of Zulip with two hundred thousand messages, each in the list of ten people, under its profile. The tables of early 2020 that
 * hold almost all rows of a realm, with the columns that say which of them leave.
 */
export const realm: MakeShape = (scale) => {
  const messages = scaled(200_000, scale);
  const later = ' DEFERRABLE INITIALLY DEFERRED';
  return {
    sql: [
      `CREATE TABLE zerver_realm (id serial PRIMARY KEY, name varchar(40), string_id varchar(40) NOT NULL UNIQUE, date_created timestamptz NOT NULL,
         deactivated boolean NOT NULL, authentication_methods bigint NOT NULL, zoom_api_secret text NOT NULL);
       CREATE TABLE zerver_client (id serial PRIMARY KEY, name varchar(30) NOT NULL UNIQUE);
       CREATE TABLE zerver_recipient (id serial PRIMARY KEY, type_id int NOT NULL, type smallint NOT NULL, UNIQUE (type, type_id));
       CREATE TABLE zerver_userprofile (id serial PRIMARY KEY, password varchar(128) NOT NULL, email varchar(254) NOT NULL, delivery_email varchar(254) NOT NULL,
         full_name varchar(100) NOT NULL, api_key varchar(32) NOT NULL, is_active boolean NOT NULL, is_bot boolean NOT NULL, bot_type smallint, is_mirror_dummy boolean NOT NULL,
         bot_owner_id int, realm_id int NOT NULL, recipient_id int, avatar_source varchar(1) NOT NULL, avatar_version smallint NOT NULL, date_joined timestamptz NOT NULL,
         pointer int NOT NULL, last_login timestamptz, role smallint NOT NULL);
       CREATE TABLE zerver_stream (id serial PRIMARY KEY, name varchar(60) NOT NULL, invite_only boolean, email_token varchar(32) NOT NULL, description varchar(1024) NOT NULL,
         date_created timestamptz NOT NULL, deactivated boolean NOT NULL, realm_id int NOT NULL, is_web_public boolean NOT NULL, history_public_to_subscribers boolean NOT NULL,
         first_message_id int, recipient_id int);
       CREATE TABLE zerver_subscription (id serial PRIMARY KEY, active boolean NOT NULL, color varchar(10) NOT NULL, recipient_id int NOT NULL,
         user_profile_id int NOT NULL, pin_to_top boolean NOT NULL, UNIQUE (user_profile_id, recipient_id));
       CREATE TABLE zerver_message (id serial PRIMARY KEY, subject varchar(60) NOT NULL, content text NOT NULL, rendered_content text, rendered_content_version int,
         last_edit_time timestamptz, edit_history text, has_attachment boolean NOT NULL, has_image boolean NOT NULL, has_link boolean NOT NULL, recipient_id int NOT NULL,
         sender_id int NOT NULL, sending_client_id int NOT NULL, search_tsvector tsvector, date_sent timestamptz NOT NULL);
       CREATE TABLE zerver_usermessage (flags bigint NOT NULL, message_id int NOT NULL, user_profile_id int NOT NULL, id bigserial PRIMARY KEY)`,
      `INSERT INTO zerver_realm SELECT i, 'Realm ' || i, 'realm' || i, '2019-01-01', false, 31, '' FROM ${numbers(2)};
       INSERT INTO zerver_client VALUES (1, 'website');
       INSERT INTO zerver_recipient SELECT i, i, 1 FROM ${numbers(people)};
       INSERT INTO zerver_recipient SELECT ${String(people)} + i, i, 2 FROM ${numbers(channels)};
       INSERT INTO zerver_userprofile SELECT i, '!', 'user' || i || '@example.com', 'user' || i || '@example.com', 'User ' || i, md5(i::text), true, false, NULL, false, NULL,
         1, i, 'G', 1, '2019-01-01', -1, NULL, 400 FROM ${numbers(people)};
       INSERT INTO zerver_stream SELECT i, 'Channel ' || i, false, md5('c' || i), '', '2019-01-01', false, 1, false, true, NULL, ${String(people)} + i FROM ${numbers(channels)};
       INSERT INTO zerver_subscription (active, color, recipient_id, user_profile_id, pin_to_top)
         SELECT true, '#c2c2c2', ${String(people)} + c, p, false FROM generate_series(1, ${String(channels)}) c, generate_series(1, ${String(people)}) p WHERE p % 5 = c % 5`,
      `INSERT INTO zerver_message SELECT i, 'topic ' || i % 50, 'Message number ' || i || ' ' || repeat('lorem ipsum ', 8),
         '<p>Message number ' || i || ' ' || repeat('lorem ipsum ', 8) || '</p>', 1, NULL, NULL, false, false, false, ${String(people)} + 1 + i % ${String(channels)},
         1 + i % ${String(people)}, 1, NULL, '2020-01-12'::timestamptz + i * interval '1 second' FROM ${numbers(messages)}`,
      `INSERT INTO zerver_usermessage SELECT 1, i, 1 + (i + 97 * k) % ${String(people)}, (i - 1) * ${String(readers)} + k + 1
         FROM ${numbers(messages)}, generate_series(0, ${String(readers - 1)}) k`,
      `CREATE INDEX ON zerver_recipient (type_id); CREATE INDEX ON zerver_userprofile (realm_id); CREATE INDEX ON zerver_userprofile (recipient_id);
       CREATE INDEX ON zerver_userprofile (bot_owner_id); CREATE INDEX ON zerver_stream (realm_id); CREATE INDEX ON zerver_stream (recipient_id);
       CREATE INDEX ON zerver_subscription (recipient_id); CREATE INDEX ON zerver_subscription (user_profile_id); CREATE INDEX ON zerver_message (recipient_id);
       CREATE INDEX ON zerver_message (sender_id); CREATE INDEX ON zerver_message (sending_client_id); CREATE INDEX ON zerver_message (date_sent);
       CREATE INDEX ON zerver_usermessage (message_id); CREATE INDEX ON zerver_usermessage (user_profile_id);
       ALTER TABLE zerver_userprofile ADD FOREIGN KEY (realm_id) REFERENCES zerver_realm${later}, ADD FOREIGN KEY (recipient_id) REFERENCES zerver_recipient${later},
         ADD FOREIGN KEY (bot_owner_id) REFERENCES zerver_userprofile${later};
       ALTER TABLE zerver_stream ADD FOREIGN KEY (realm_id) REFERENCES zerver_realm${later}, ADD FOREIGN KEY (recipient_id) REFERENCES zerver_recipient${later};
       ALTER TABLE zerver_subscription ADD FOREIGN KEY (recipient_id) REFERENCES zerver_recipient${later}, ADD FOREIGN KEY (user_profile_id) REFERENCES zerver_userprofile${later};
       ALTER TABLE zerver_message ADD FOREIGN KEY (recipient_id) REFERENCES zerver_recipient${later}, ADD FOREIGN KEY (sender_id) REFERENCES zerver_userprofile${later},
         ADD FOREIGN KEY (sending_client_id) REFERENCES zerver_client${later};
       ALTER TABLE zerver_usermessage ADD FOREIGN KEY (message_id) REFERENCES zerver_message${later}, ADD FOREIGN KEY (user_profile_id) REFERENCES zerver_userprofile${later},
         ADD UNIQUE (user_profile_id, message_id)`,
    ],
    profile: 'zulip',
    object: 'zerver.Realm.1',
    follow: 'owned',
    objects: Object.fromEntries(
      ['client', 'recipient', 'userprofile', 'stream', 'subscription', 'message', 'usermessage']
        .map((name) => [`zerver_${name}`, `SELECT * FROM zerver_${name}`])
        .concat([['zerver_realm', 'SELECT * FROM zerver_realm WHERE id = 1']]),
    ) as Readonly<Record<string, string>>,
  };
};
