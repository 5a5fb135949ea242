import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readTables } from './sample.js';

type Row = Readonly<Record<string, unknown>>;

/** Which tables a field's id may be of. */
const users = ['zerver_userprofile', 'zerver_userprofile_mirrordummy', 'zerver_userprofile_crossrealm'];
const fields: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(
    ['user_profile', 'sender', 'owner', 'author', 'bot_owner', 'bot_profile', 'acting_user', 'modified_user', 'user'].map(
      (name) => [name, users],
    ),
  ),
  ...Object.fromEntries(
    [
      'stream',
      'modified_stream',
      'notifications_stream',
      'signup_notifications_stream',
      'default_sending_stream',
      'default_events_register_stream',
    ].map((name) => [name, ['zerver_stream']]),
  ),
  realm: ['zerver_realm'],
  recipient: ['zerver_recipient', 'recipients of bots'],
  client: ['zerver_client'],
  sending_client: ['zerver_client'],
  message: ['zerver_message'],
  user_group: ['zerver_usergroup'],
};

/** Reads a realm in Zulip's layout as its importer does, and tells what is wrong with it. */
export function checkExport(folder: string): readonly string[] {
  const wrong: string[] = [];
  const tables = new Map<string, Row[]>();
  let last = -Infinity;
  const messageFiles = readdirSync(folder)
    .filter((name) => name.startsWith('messages-'))
    .sort();
  messageFiles.forEach((name, at) => {
    if (name !== `messages-${String(at + 1).padStart(6, '0')}.json`) wrong.push(`${name} is out of number`);
    const { zerver_message: messages = [], zerver_usermessage: readers = [] } = readTables(join(folder, name));
    if (messages.length === 0 || messages.length > 1000) wrong.push(`${name} has ${messages.length} messages`);
    for (const { id } of messages) {
      if (Number(id) <= last) wrong.push(`${name}: ${String(id)} follows ${last}`);
      last = Number(id);
    }
    const own = new Set(messages.map(({ id }) => id));
    for (const { id, message } of readers)
      if (!own.has(message)) wrong.push(`${name}: ${String(id)} is of another file's message`);
  });
  for (const name of [...messageFiles, 'realm.json', 'attachment.json', 'analytics.json']) {
    const text = readFileSync(join(folder, name), 'utf8');
    if (/[^\x20-\x7f\n]/u.test(text)) wrong.push(`${name} is not ASCII`);
    for (const [table, rows] of Object.entries(readTables(join(folder, name))))
      tables.set(table, [...(tables.get(table) ?? []), ...rows]);
  }
  const ids = new Map([...tables].map(([table, rows]) => [table, new Set(rows.map(({ id }) => id))]));
  ids.set('recipients of bots', new Set((tables.get('zerver_userprofile_crossrealm') ?? []).map(({ recipient_id: id }) => id)));
  const resolves = (of: readonly string[], id: unknown): boolean =>
    id === null || of.some((table) => ids.get(table)?.has(id) === true);
  for (const [table, rows] of tables) {
    if (new Set(rows.map(({ id }) => id)).size !== rows.length) wrong.push(`${table} has an id twice`);
    if (rows.some(({ id }, at) => Number(id) < Number(rows[at - 1]?.['id']) && table !== 'zerver_usermessage'))
      wrong.push(`${table} is not in the order of its ids`);
    for (const row of rows) {
      for (const [field, of] of Object.entries(fields)) {
        if (field in row && !resolves(of, row[field]))
          wrong.push(`${table}.${String(row['id'])}: ${field} ${String(row[field])} is nowhere`);
      }
    }
  }
  for (const { id, type, type_id: of } of tables.get('zerver_recipient') ?? []) {
    const parents = [users, ['zerver_stream'], ['zerver_huddle']][Number(type) - 1] ?? [];
    if (!resolves(parents, of)) wrong.push(`zerver_recipient.${String(id)}: nobody is behind it`);
  }
  for (const { id, messages } of tables.get('zerver_attachment') ?? []) {
    if (!(messages as unknown[]).every((one) => resolves(['zerver_message'], one)))
      wrong.push(`zerver_attachment.${String(id)}: a message is nowhere`);
  }
  return [
    ...wrong,
    ...['uploads', 'avatars', 'emoji', 'realm_icons'].flatMap((name) => checkFolder(join(folder, name))),
    ...checkList(folder),
  ];
}

/** Each file has its record, each record its file. */
function checkFolder(folder: string): readonly string[] {
  const records = JSON.parse(readFileSync(join(folder, 'records.json'), 'utf8')) as { path: string; size?: number }[];
  const files = filesBelow(folder).filter((path) => path !== 'records.json');
  const paths = new Set(records.map(({ path }) => path));
  return [
    ...files.filter((path) => !paths.has(path)).map((path) => `${path} has no record`),
    ...records.flatMap(({ path, size }) => {
      if (!existsSync(join(folder, path))) return [`${path} has no file`];
      return size === undefined || statSync(join(folder, path)).size === size ? [] : [`${path} has another size`];
    }),
  ];
}

/** Every file stands in the list with what it is. */
function checkList(folder: string): readonly string[] {
  const lines = readFileSync(join(folder, 'portolan/files.jsonl'), 'utf8').split('\n').slice(0, -1);
  const listed = new Map(
    lines.map((line) => JSON.parse(line) as { path: string; sha256: string }).map(({ path, sha256 }) => [path, sha256]),
  );
  return filesBelow(folder)
    .filter((path) => !path.startsWith('portolan/'))
    .filter(
      (path) =>
        listed.get(path) !==
        createHash('sha256')
          .update(readFileSync(join(folder, path)))
          .digest('hex'),
    )
    .map((path) => `${path} is not what the list says`);
}

function filesBelow(folder: string): readonly string[] {
  return (readdirSync(folder, { recursive: true }) as string[]).filter((path) => statSync(join(folder, path)).isFile());
}
