import { expect } from 'chai';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ArchiveObject } from '../../src/index.js';
import type { TestDatabase } from '../support/database.js';
import { createDatabase } from '../support/database.js';
import { run } from '../support/run.js';
import { loadSample, needsSample } from './load-sample.js';
import { tablesSql } from './tables.js';

type Fields = Readonly<Record<string, unknown>>;

/** Where an id stands, and how it is read there by somebody who knows nothing of the profile. */
interface Place {
  readonly model: string;
  readonly column: string;
  readonly to: string;
  /** What is written where the object has not come; undefined where the old id stays. */
  readonly absent: string | null | undefined;
  readonly read: (value: string, row: Fields) => readonly string[];
}

/** What stands between a text and the next character that is no digit: as long as an id. */
function after(mark: string): (value: string) => readonly string[] {
  return (value) =>
    value
      .split(mark)
      .slice(1)
      .flatMap((rest) => /^\d{1,9}(?!\d)/u.exec(rest)?.[0] ?? []);
}

/** The same within the tags of HTML: what stands between them is what somebody wrote. */
function inTags(mark: string): (value: string) => readonly string[] {
  return (value) => after(mark)([...value.matchAll(/<[^<>]+>/gu)].join(''));
}

const html = (model: string, column: string): readonly Place[] => [
  { model, column, to: 'userprofile', absent: '0', read: inTags('data-user-id="') },
  { model, column, to: 'usergroup', absent: '0', read: inTags('data-user-group-id="') },
  { model, column, to: 'stream', absent: '0', read: inTags('data-stream-id="') },
  { model, column, to: 'stream', absent: '0', read: inTags('<a href="/#narrow/stream/') },
  { model, column, to: 'stream', absent: '0', read: inTags('<a href="#narrow/stream/') },
  { model, column, to: 'userprofile', absent: '0', read: inTags('narrow/pm-with/') },
];

/** As it stands in a name or in SQL. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

const itself = (value: string): readonly string[] => [value];

const places: readonly Place[] = [
  { model: 'userprofile', column: 'pointer', to: 'message', absent: '-1', read: itself },
  { model: 'userprofile', column: 'last_active_message_id', to: 'message', absent: null, read: itself },
  { model: 'stream', column: 'first_message_id', to: 'message', absent: null, read: itself },
  { model: 'realm', column: 'first_visible_message_id', to: 'message', absent: '0', read: itself },
  { model: 'realmauditlog', column: 'event_last_message_id', to: 'message', absent: null, read: itself },
  {
    ...{ model: 'reaction', column: 'emoji_code', to: 'realmemoji', absent: '0' },
    read: (value, row) => (row['reaction_type'] === 'realm_emoji' ? [value] : []),
  },
  {
    ...{ model: 'message', column: 'edit_history', to: 'userprofile', absent: null },
    read: (value) => (JSON.parse(value) as { user_id: number | null }[]).map(({ user_id: id }) => String(id)),
  },
  { model: 'message', column: 'edit_history', to: 'userprofile', absent: '0', read: after('data-user-id=\\"') },
  {
    ...{ model: 'customprofilefieldvalue', column: 'value', to: 'userprofile', absent: '0' },
    read: (value) => (value.startsWith('[') ? (JSON.parse(value) as number[]).map(String) : []),
  },
  {
    ...{ model: 'message', column: 'content', to: 'userprofile', absent: '0' },
    read: (value) =>
      value.split('**').flatMap((part, at, all) => (/@_?$/u.test(all[at - 1] ?? '') ? (/\|(\d+)$/u.exec(part)?.[1] ?? []) : [])),
  },
  ...html('message', 'rendered_content'),
  ...html('stream', 'rendered_description'),
  {
    ...{ model: 'submessage', column: 'content', to: 'userprofile', absent: '0' },
    read: (value) => {
      const { type, key } = JSON.parse(value) as { type?: string; key?: unknown };
      const [first = '', second = ''] = String(key).split(',');
      const id = type === 'vote' ? first : type === 'strike' ? second : '';
      return /^\d+$/u.test(id) ? [id] : [];
    },
  },
];

/** A realm that mentions in every way, and an editor of another realm. */
const rowsSql = `
  ALTER TABLE zerver_message ADD rendered_content text;
  ALTER TABLE zerver_userprofile ADD pointer int NOT NULL DEFAULT -1, ADD last_active_message_id int;
  ALTER TABLE zerver_stream ADD first_message_id int, ADD rendered_description text;
  ALTER TABLE zerver_realm ADD first_visible_message_id int NOT NULL DEFAULT 0;
  ALTER TABLE zerver_realmauditlog ADD event_last_message_id int;
  CREATE TABLE zerver_realmemoji (id serial PRIMARY KEY, realm_id int NOT NULL REFERENCES zerver_realm, name text NOT NULL, file_name text,
    author_id int REFERENCES zerver_userprofile, deactivated bool NOT NULL);
  CREATE TABLE zerver_usergroup (id serial PRIMARY KEY, realm_id int NOT NULL REFERENCES zerver_realm, name varchar(100) NOT NULL, UNIQUE (realm_id, name));
  CREATE TABLE zerver_submessage (id serial PRIMARY KEY, message_id int NOT NULL REFERENCES zerver_message,
    sender_id int NOT NULL REFERENCES zerver_userprofile, msg_type text NOT NULL, content text NOT NULL);
  CREATE TABLE zerver_customprofilefield (id serial PRIMARY KEY, realm_id int NOT NULL REFERENCES zerver_realm, name varchar(40) NOT NULL, field_type smallint NOT NULL);
  CREATE TABLE zerver_customprofilefieldvalue (id serial PRIMARY KEY, field_id int NOT NULL REFERENCES zerver_customprofilefield,
    user_profile_id int NOT NULL REFERENCES zerver_userprofile, value text NOT NULL);
  INSERT INTO zerver_recipient VALUES (1010, 10, 1), (1011, 11, 1), (1030, 30, 1), (2020, 20, 2), (2021, 21, 2);
  INSERT INTO zerver_userprofile VALUES (10, 2, 'ada@x', 'ada@x', false, true, false, 1010, 101, 102), (11, 2, 'bo@x', 'bo@x', false, true, false, 1011, 77, 78),
    (30, 3, 'eve@y', 'eve@y', false, true, false, 1030, -1, NULL);
  INSERT INTO zerver_stream VALUES (20, 2, 'general', false, true, 2020, 101, '<p>ask <span data-user-id="10">@Ada</span></p>'),
    (21, 3, 'other', false, true, 2021, NULL, NULL);
  INSERT INTO zerver_subscription (user_profile_id, recipient_id, active) VALUES (10, 2020, true), (11, 2020, true), (30, 2021, true);
  UPDATE zerver_realm SET first_visible_message_id = 101 WHERE id = 2;
  INSERT INTO zerver_realmemoji VALUES (1, 2, 'party', '1.png', 10, false);
  INSERT INTO zerver_usergroup VALUES (5, 2, 'crew');
  INSERT INTO zerver_message VALUES
    (101, 10, 2020, 1, 't', 'see @**Bo|11** and @_**Eve|30** in [a](/user_uploads/2/ab/ü.txt)', NULL,
     '[{"user_id": 30, "prev_content": "x", "prev_rendered_content": "<span data-user-id=\\"11\\">@Bo<\\/span>"}, {"user_id":11,"timestamp":10}]',
     '<span data-user-id="11">@Bo</span><span data-user-id="*">@all</span><span data-user-group-id="5">@crew</span>
      <a data-stream-id="20" href="/#narrow/stream/20-general">#general</a><a href="https://elsewhere.example/#narrow/stream/20">20</a>
      <a href="/#narrow/stream/20-general/topic/t/near/102">there</a><a href="/user_uploads/2/ab/ü.txt">a</a>'),
    (102, 11, 2020, 1, 't', '10 **11** |11** @**Bo|of|ops|11**', NULL,
     '[{"user_id":11,"prev_content":"@**Bo|of|ops|11** @**Eve|30**","prev_rendered_content":"<a href=\\"\\/#narrow\\/stream\\/20-general\\/topic\\/t\\/near\\/101\\">"}]',
     '<code>&lt;b data-user-id="11"&gt; href="/#narrow/stream/20</code><a href="#narrow/stream/20-general/topic/t/near/101">there</a>
      <a href="#narrow/pm-with/11-bo/near/101">Bo</a><a href="/#narrow/pm-with/30-eve">Eve</a><b data-user-id="99999999999999999999">x</b>'), (301, 30, 2021, 1, 't', 'elsewhere', NULL, NULL, NULL);
  INSERT INTO zerver_usermessage (user_profile_id, message_id, flags) VALUES (10, 101, 1), (11, 101, 1), (10, 102, 1), (11, 102, 1), (30, 301, 1);
  INSERT INTO zerver_attachment VALUES (1, '2/ab/ü.txt', 10, 2); INSERT INTO zerver_attachment_messages (attachment_id, message_id) VALUES (1, 101);
  INSERT INTO zerver_reaction VALUES (1, 10, 101, 'party', '1', 'realm_emoji'), (2, 10, 101, 'one', '1', 'unicode_emoji'), (3, 11, 101, 'gone', '7', 'realm_emoji');
  INSERT INTO zerver_submessage VALUES (1, 101, 10, 'widget', '{"type": "vote", "key": "11,1", "vote": 1}'), (2, 101, 11, 'widget', '{"type":"vote","key":"canned,0","vote":1}'),
    (3, 101, 11, 'widget', '{"type":"strike","key":"2,10"}');
  INSERT INTO zerver_customprofilefield VALUES (1, 2, 'Mentor', 6), (2, 2, 'Phone', 1);
  INSERT INTO zerver_customprofilefieldvalue VALUES (1, 1, 10, '[11, 30]'), (2, 2, 10, '10 11');
  INSERT INTO zerver_realmauditlog (id, realm_id, event_type, acting_user_id, event_last_message_id) VALUES (1, 2, 301, 10, 102), (2, 2, 301, 10, 55);`;

/** What else must be another's before a realm can stand beside itself. */
const asideSql = [
  "UPDATE zulip.zerver_realm SET string_id = 'old-' || string_id",
  "UPDATE zulip.zerver_attachment SET path_id = 'old/' || path_id",
  "UPDATE zulip.zerver_huddle SET huddle_hash = md5('old' || huddle_hash)",
].join(';');

describe('what a Zulip realm mentions', function () {
  this.timeout(180_000);
  let folder: string;
  const databases: TestDatabase[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'portolan-zulip-'));
  });

  afterEach(async () => {
    rmSync(folder, { recursive: true });
    for (const database of databases.splice(0)) await database.drop();
  });

  async function exportRealm(database: TestDatabase): Promise<readonly ArchiveObject[]> {
    const { code, stderr } = await run(
      'exportobjects',
      ['zerver.Realm.2', '--url', database.url, '-o', 'acme.json', '--no-files', '--reproducible'],
      { cwd: folder },
    );
    expect(code, stderr).to.equal(0);
    return (JSON.parse(readFileSync(join(folder, 'acme.json'), 'utf8')) as { objects: readonly ArchiveObject[] }).objects;
  }

  /** Imports the realm beside itself; gives what each id of the archive is there, and what was told. */
  async function importBeside(
    database: TestDatabase,
  ): Promise<{ readonly mapped: ReadonlyMap<string, string>; readonly told: string }> {
    await database.query(asideSql);
    writeFileSync(join(folder, 'beside.json'), '{"models":{"zerver.Client":{"merge":"keep"}}}');
    // Triggers of the application name tables as its connections find them.
    const url = new URL(database.url);
    url.searchParams.set('options', '-c search_path=zulip');
    const words = ['acme.json', '--url', url.href, '--profile', 'zulip', '--policy', 'beside.json', '--on-conflict', 'remap'];
    const { code, stderr } = await run(
      'importobjects',
      [...words, '--remap', 'all', '--id-map', 'ids', '--findings', 'told', '--no-files'],
      { cwd: folder },
    );
    expect(code, stderr).to.equal(0);
    const mapped = new Map<string, string>();
    for (const line of readFileSync(join(folder, 'ids'), 'utf8').trimEnd().split('\n')) {
      const { from, to } = JSON.parse(line) as { from: string; to: string };
      mapped.set(from, to.slice(to.lastIndexOf('.') + 1));
    }
    return { mapped, told: readFileSync(join(folder, 'told'), 'utf8') };
  }

  /** Every id in every place of every row, as it is and as it must be; how many places of each kind there were. */
  async function prove(
    database: TestDatabase,
    objects: readonly ArchiveObject[],
    mapped: ReadonlyMap<string, string>,
  ): Promise<ReadonlyMap<string, number>> {
    const external = new Set(
      (
        JSON.parse(readFileSync(join(folder, 'acme.json'), 'utf8')) as { trailer: { external: { model: string; pk: unknown }[] } }
      ).trailer.external.map(({ model, pk }) => `${model}.${textOf(pk)}`),
    );
    const followed = new Map<string, number>();
    for (const { model, column, to, absent, read } of places) {
      const own = objects.filter((object) => object.model === `zerver.${model}`);
      if (own.length === 0 || own[0]?.fields[column] === undefined) continue;
      const rows = new Map(
        (await database.query(`SELECT * FROM zulip.zerver_${model}`)).map((row) => [String(row['id']), row] as const),
      );
      for (const { pk, fields } of own) {
        const value = fields[column];
        const row = rows.get(mapped.get(`zerver.${model}.${textOf(pk)}`) ?? '');
        expect(row, `${model}.${textOf(pk)}`).to.not.equal(undefined);
        if (value === null || row === undefined) continue;
        const old = read(textOf(value), fields);
        const wanted = old.map((id) => {
          const name = `zerver.${to}.${id}`;
          const there = mapped.get(name) ?? (external.has(name) ? id : undefined);
          if (there !== undefined) followed.set(`${model}.${column} ${to}`, (followed.get(`${model}.${column} ${to}`) ?? 0) + 1);
          return there ?? (absent === undefined ? id : absent);
        });
        const held = row[column];
        const found = held === null ? [null] : read(textOf(held), row);
        expect(found.map(String), `${model}.${textOf(pk)}.${column}`).to.deep.equal(wanted.map(String));
      }
    }
    return followed;
  }

  /** Puts an old value back, one after the other: a proof that lets that pass is none. */
  async function proveItNotices(
    database: TestDatabase,
    objects: readonly ArchiveObject[],
    mapped: ReadonlyMap<string, string>,
  ): Promise<void> {
    for (const { model, column, read } of places) {
      const own = objects.find(
        (object) => object.model === `zerver.${model}` && read(textOf(object.fields[column] ?? '[]'), object.fields).length > 0,
      );
      if (own === undefined) continue;
      const table = `zulip.zerver_${model}`;
      const id = mapped.get(`${own.model}.${textOf(own.pk)}`) ?? '';
      const put = (value: string): Promise<unknown> =>
        database.query(`UPDATE ${table} SET ${column} = ${value} WHERE id = ${id}`);
      const [row] = await database.query(`SELECT ${column}::text AS held FROM ${table} WHERE id = ${id}`);
      const quoted = (value: unknown): string => (value === null ? 'NULL' : `'${textOf(value).replaceAll("'", "''")}'`);
      await put(quoted(own.fields[column]));
      let isNoticed = false;
      await prove(database, objects, mapped).catch(() => (isNoticed = true));
      expect(isNoticed, `${model}.${column}`).to.equal(true);
      await put(quoted(row?.['held']));
    }
    await prove(database, objects, mapped);
  }

  it('leads to the new rows, when it is imported beside itself under new keys; what has not come is nobody, and is told', async () => {
    const database = await createDatabase({ sql: tablesSql });
    databases.push(database);
    await database.query(`SET search_path = zulip; ${rowsSql}; RESET search_path`);
    const objects = await exportRealm(database);
    const { mapped, told } = await importBeside(database);
    const followed = await prove(database, objects, mapped);
    const missed = places
      .map(({ model, column, to }) => `${model}.${column} ${to}`)
      .filter((name) => !name.startsWith('stream.rendered_description') && !followed.has(name));
    expect(missed).to.deep.equal([]);
    await proveItNotices(database, objects, mapped);
    const [message] = await database.query(
      `SELECT content, rendered_content FROM zulip.zerver_message WHERE id = ${mapped.get('zerver.message.101') ?? ''}`,
    );
    const { content, rendered_content: rendered } = message as { content: string; rendered_content: string };
    expect(content).to.include('(/user_uploads/2/ab/ü.txt)').and.to.include('@_**Eve|0**');
    expect(rendered).to.include('data-user-id="*"').and.to.include('https://elsewhere.example/#narrow/stream/20"');
    expect(rendered).to.include(`/near/${mapped.get('zerver.message.102') ?? ''}"`);
    const [other] = await database.query(
      `SELECT content, edit_history, rendered_content FROM zulip.zerver_message WHERE id = ${mapped.get('zerver.message.102') ?? ''}`,
    );
    const {
      content: named,
      edit_history: history,
      rendered_content: linked,
    } = other as { content: string; edit_history: string; rendered_content: string };
    const [bo, there] = ['zerver.userprofile.11', 'zerver.message.101'].map((name) => mapped.get(name) ?? '');
    expect(named).to.equal(`10 **11** |11** @**Bo|of|ops|${bo ?? ''}**`);
    expect(history)
      .to.include(`"@**Bo|of|ops|${bo ?? ''}** @**Eve|0**"`)
      .and.to.include(`\\/near\\/${there ?? ''}\\"`);
    expect(linked).to.include('<code>&lt;b data-user-id="11"&gt; href="/#narrow/stream/20</code>');
    expect(linked)
      .to.include(`/topic/t/near/${there ?? ''}"`)
      .and.to.include(`"#narrow/pm-with/${bo ?? ''}-bo/near/${there ?? ''}"`);
    expect(linked).to.include('"/#narrow/pm-with/0-eve"').and.to.include('data-user-id="99999999999999999999"');
    for (const name of [
      'zerver.message.edit_history:$[*].user_id',
      'zerver.userprofile.pointer',
      'zerver.realmauditlog.event_last_message_id',
    ])
      expect(told).to.include(`"kind":"mention-replaced","severity":"note","on":"${name}"`);
    // The realm that was there mentions what it mentioned.
    const before = await database.query('SELECT pointer FROM zulip.zerver_userprofile WHERE id IN (10, 11) ORDER BY id');
    expect(before.map(({ pointer }) => pointer)).to.deep.equal([101, 77]);
  });

  it("of Zulip's sample, too", async function () {
    const source = needsSample(this);
    const database = await loadSample(source);
    databases.push(database);
    const objects = await exportRealm(database);
    const { mapped } = await importBeside(database);
    const followed = await prove(database, objects, mapped);
    for (const name of [
      'userprofile.pointer message',
      'message.edit_history userprofile',
      'message.rendered_content userprofile',
    ])
      expect(followed.get(name) ?? 0, name).to.be.greaterThan(0);
    for (const name of [
      'message.rendered_content stream',
      'reaction.emoji_code realmemoji',
      'customprofilefieldvalue.value userprofile',
    ])
      expect(followed.get(name) ?? 0, name).to.be.greaterThan(0);
  });
});
