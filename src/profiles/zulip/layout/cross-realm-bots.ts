import { arrayLiteral, quoteTable } from '../../../dialect/postgres/sql.js';
import type { TextRow } from '../../../dialect/session.js';
import type { Entity } from '../../../schema/schema.js';
import { OutputBuffer } from '../../../values/output-buffer.js';
import { escapeCopy } from '../../../values/copy-text.js';
import { RowCursor } from '../../../values/row-cursor.js';
import { RowText } from './fields.js';
import { realmEntity } from './realm-entity.js';
import type { TablesFile } from './tables-file.js';
import type { ZulipFiles } from './zulip-files.js';

/** What Zulip's importer finds its own bots by. */
const columns = ['email', 'id', 'recipient_id'] as const;

/** Nothing else is said of them. */
const noFacts = { key: () => 0, lists: [] };

/**
 * `zerver_userprofile_crossrealm`: Zulip's own bots, which belong to no realm that moves. Of those who stay at home only bots are named
 * here: a person of another realm is nobody's business.
 */
export async function writeCrossRealmBots(files: ZulipFiles, file: TablesFile, entity: Entity): Promise<void> {
  await file.begin('zerver_userprofile_crossrealm');
  const { rows } = files.context;
  const needed = ['is_bot', ...columns];
  const text = new RowText([
    { name: 'email', value: { is: 'text', at: 1 } },
    { name: 'id', value: { is: 'integer', at: 2 } },
    { name: 'recipient_id', value: { is: 'integer', at: 3 } },
  ]);
  const out = new OutputBuffer(Buffer.allocUnsafe(1024));
  let people = 0;
  const named = new Set<string>();
  for await (const cursor of rows.named(entity, needed, rows.externalKeys(entity))) {
    if (cursor.text(0) === 't') {
      named.add(cursor.text(2) ?? '');
      text.write(out, cursor, noFacts);
    } else people += 1;
  }
  if (files.values.parity) {
    for (const row of await systemBots(files, entity)) {
      if (named.has(row[2] ?? '')) continue;
      const cursor = new RowCursor(needed.length);
      cursor.enter(Buffer.from(`${row.map(escapeCopy).join('\t')}\n`));
      cursor.next();
      named.add(row[2] ?? '');
      text.write(out, cursor, noFacts);
    }
  }
  await file.rows(out.bytes(), named.size);
  if (people > 0) {
    const users = people === 1 ? '1 user' : `${String(people)} users`;
    files.context.findings.warn(
      'unresolved-users',
      entity.model,
      `${users} of other realms are referred to, and stand in no file`,
    );
  }
}

/** Zulip's exporter names all that write to every realm, whether or not somebody refers to them; of their own realm they are users. */
async function systemBots(files: ZulipFiles, { table }: Entity): Promise<readonly TextRow[]> {
  const { rows, schema, session } = files.context;
  const [users, realms] = [table, { ...table, name: 'zerver_realm' }].map(quoteTable);
  const leaving = await rows.keys(realmEntity(schema));
  return session.query(
    `SELECT u.is_bot, u.email, u.id, u.recipient_id FROM ${String(users)} u JOIN ${String(realms)} r ON r.id = u.realm_id
     WHERE r.string_id = 'zulipinternal' AND r.id <> ALL ($1) AND u.is_bot AND u.email NOT LIKE 'nagios-%' ORDER BY u.id`,
    [arrayLiteral([...leaving].map(String))],
  );
}
