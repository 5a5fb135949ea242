import type { Key } from '../../../closure/key.js';
import { chunked } from '../../../export/chunked.js';
import type { Entity } from '../../../schema/schema.js';
import type { RowCursor } from '../../../values/row-cursor.js';
import { displayRecipients } from './display-recipients.js';
import type { Field } from './fields.js';
import { depthOfValues, fieldsOf, inZulipsOrder, RowText } from './fields.js';
import { jsonText } from './json-text.js';
import type { JsonValue } from './json-text.js';
import { flagNames } from './message-flags.js';
import { messagesOfFile, messagesPath } from './message-files.js';
import { messageTables, realmTables } from './tables.js';
import { newBuffer, writeTable } from './write-table.js';
import type { ZulipFiles } from './zulip-files.js';

const userTables = ['zerver_userprofile', 'zerver_subscription', 'zerver_recipient', 'zerver_stream'];
/** What stands in each message instead. */
const folded: ReadonlySet<string> = new Set(['zerver_message', 'zerver_usermessage', 'zerver_client']);
const ofMessages = 'flags flags_mask sending_client_name display_recipient';

/** `user.json` and the user's messages, each with what it is to the user. */
export async function writeSingleUser(files: ZulipFiles): Promise<void> {
  await writeUserFile(files);
  await writeMessages(files);
}

async function writeUserFile(files: ZulipFiles): Promise<void> {
  const { schema, rows, seeds, findings } = files.context;
  const file = await files.tables('user.json');
  for (const table of userTables) {
    const entity = files.entity(table);
    if (entity === undefined) continue;
    const known = realmTables[table] ?? 'id';
    const own = table === 'zerver_userprofile' ? seeds.get(entity.model) : undefined;
    await writeTable(files, file, { entity, table, known, belongs: own && ((_, __, key) => own.has(key)) });
    if (own !== undefined && rows.count(entity.model) > own.size && !files.values.parity) {
      await writeTable(files, file, {
        entity,
        table: 'zerver_userprofile_others',
        known,
        belongs: (_, __, key) => !own.has(key),
      });
    }
  }
  const further = [...schema.entities.values()]
    .filter(({ model, role, table }) => role === 'object' && rows.count(model) > 0 && !folded.has(table.name))
    .filter(({ table }) => !userTables.includes(table.name))
    .sort((a, b) => (a.model < b.model ? -1 : 1));
  for (const entity of further) {
    if (files.values.parity) {
      rows.leaveOut(entity.model);
      findings.note('left-by-format', entity.model, 'its rows have no place in what Zulip writes of a single user');
    } else await writeTable(files, file, { entity, table: entity.table.name, known: realmTables[entity.table.name] ?? 'id' });
  }
  await files.finish('user.json', file);
}

/** Messages that are in memory, as far as the user's rows of them, at once. */
const messagesAtOnce = 10 * messagesOfFile;

async function writeMessages(files: ZulipFiles): Promise<void> {
  const [messages, userMessages, clients] = ['zerver_message', 'zerver_usermessage', 'zerver_client'].map((table) =>
    files.entity(table),
  );
  if (messages === undefined || userMessages === undefined || clients === undefined) return;
  const { rows } = files.context;
  const names = await clientNames(files, clients);
  const recipients = await displayRecipients(files);
  const [ofMessage, ofUser] = [rows.pass(messages), rows.pass(userMessages)];
  const [message, flags] = ['message_id', 'flags'].map((column) => ofUser.columns.findIndex(({ name }) => name === column));
  let masks = new Map<Key, string | null>();
  const place = (column: string): number => ofMessage.columns.findIndex(({ name }) => name === column);
  const [client, recipient] = [place('sending_client_id'), place('recipient_id')];
  const text = new RowText(
    inZulipsOrder(
      [
        ...fieldsOf(messages, ofMessage.columns, { methods: [] }),
        derived('flags', (_, key) => flagNames(masks.get(key) ?? '0')),
        derived('flags_mask', (_, key) => Number(masks.get(key) ?? '0')),
        derived('sending_client_name', (cursor) => names.get(cursor.integer(client)) ?? null),
        derived('display_recipient', (cursor) => recipients.get(cursor.integer(recipient)) ?? null),
      ],
      `${messageTables.zerver_message} ${ofMessages}`,
    ),
  );
  let number = 0;
  for (const keys of chunked(await rows.keys(messages), messagesAtOnce)) {
    masks = new Map();
    const [reader] = rows.readers;
    for await (const row of ofUser.holding(reader, 'message_id', messages.model, keys)) {
      while (row.next()) masks.set(row.cursor.integer(message ?? 0), row.cursor.text(flags ?? 0));
    }
    for (const some of chunked(keys, messagesOfFile)) {
      number += 1;
      const file = await files.tables(messagesPath(number));
      await file.begin('zerver_message');
      for await (const row of ofMessage.byKey(reader, some)) {
        const out = newBuffer();
        let count = 0;
        const facts = { key: () => row.key(), lists: [] };
        for (; row.next(); count += 1) text.write(out, row.cursor, facts);
        await file.rows(out.bytes(), count);
      }
      await files.finish(messagesPath(number), file);
    }
  }
  ofMessage.end();
  ofUser.end();
}

/** Of all clients that leave or are referred to; they leave with the messages. */
async function clientNames(files: ZulipFiles, entity: Entity): Promise<ReadonlyMap<Key, string | null>> {
  const { rows } = files.context;
  const names = new Map<Key, string | null>();
  for (const keys of [await rows.keys(entity), rows.externalKeys(entity)]) {
    for await (const cursor of rows.named(entity, ['id', 'name'], keys)) names.set(cursor.integer(0), cursor.text(1));
  }
  rows.leaveOut(entity.model);
  return names;
}

function derived(name: string, valueOf: (cursor: RowCursor, key: Key) => JsonValue): Field {
  return {
    name,
    value: {
      is: 'written',
      write: (out, cursor, { key }) => {
        out.ascii(jsonText(valueOf(cursor, key()), depthOfValues));
      },
    },
  };
}
