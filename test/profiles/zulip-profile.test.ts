import { expect } from 'chai';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestDatabase } from '../support/database.js';
import { createDatabase } from '../support/database.js';
import type { RunResult } from '../support/run.js';
import { run } from '../support/run.js';

/** Some of Zulip's tables, in a schema as a server has them. */
const tables = (schema: string): string => `CREATE SCHEMA IF NOT EXISTS ${schema}; SET search_path = ${schema};
  CREATE TABLE zerver_realm (id serial PRIMARY KEY, string_id varchar(40) UNIQUE NOT NULL, name varchar(40) NOT NULL, max_invites int,
    zoom_api_secret text, notifications_stream_id int);
  CREATE TABLE zerver_userprofile (id serial PRIMARY KEY, realm_id int NOT NULL REFERENCES zerver_realm DEFERRABLE INITIALLY DEFERRED,
    email text NOT NULL, password text NOT NULL, api_key text NOT NULL, is_bot bool NOT NULL DEFAULT false,
    is_mirror_dummy bool NOT NULL DEFAULT false, UNIQUE (realm_id, email));
  CREATE TABLE zerver_stream (id serial PRIMARY KEY, realm_id int NOT NULL REFERENCES zerver_realm, name text, email_token text NOT NULL);
  ALTER TABLE zerver_realm ADD FOREIGN KEY (notifications_stream_id) REFERENCES zerver_stream DEFERRABLE INITIALLY DEFERRED;
  CREATE TABLE zerver_huddle (id serial PRIMARY KEY, huddle_hash text UNIQUE);
  CREATE TABLE zerver_recipient (id serial PRIMARY KEY, type smallint NOT NULL, type_id int NOT NULL, UNIQUE (type, type_id));
  CREATE TABLE zerver_subscription (id serial PRIMARY KEY, user_profile_id int NOT NULL REFERENCES zerver_userprofile,
    recipient_id int NOT NULL REFERENCES zerver_recipient);
  CREATE TABLE zerver_pushdevicetoken (id serial PRIMARY KEY, token text, user_id int REFERENCES zerver_userprofile);
  INSERT INTO zerver_realm VALUES (1, 'zulipinternal', 'System', NULL, NULL, NULL), (2, 'acme', 'Acme', 7, 'zoom', NULL);
  INSERT INTO zerver_userprofile VALUES (4, 1, 'bot@x', 'p', 'k'), (5, 2, 'ada@x', 'PASSWORD', 'KEY');
  INSERT INTO zerver_stream VALUES (3, 2, 'general', 'TOKEN'); UPDATE zerver_realm SET notifications_stream_id = 3 WHERE id = 2;
  INSERT INTO zerver_recipient VALUES (8, 1, 5), (9, 2, 3), (10, 1, 4);
  INSERT INTO zerver_pushdevicetoken VALUES (1, 'PUSH', 5); RESET search_path;`;

describe('the profile zulip', () => {
  let database: TestDatabase;
  let folder: string;

  beforeEach(async () => {
    database = await createDatabase({ sql: tables('zulip') });
    folder = mkdtempSync(join(tmpdir(), 'portolan-zulip-'));
  });

  afterEach(async () => {
    rmSync(folder, { recursive: true });
    await database.drop();
  });

  const exported = (words: readonly string[], url = database.url): Promise<RunResult> =>
    run('exportobjects', ['-o', join(folder, 'r.json'), '--reproducible', '--url', url, ...words], { cwd: folder });
  const archive = (): string => readFileSync(join(folder, 'r.json'), 'utf8');

  it("is chosen by its seeds, finds Zulip's schema, and takes a realm without its secrets", async () => {
    const { code, stderr } = await exported(['zerver.Realm.2']);
    expect(code, stderr).to.equal(0);
    const text = archive();
    for (const secret of ['PASSWORD', 'KEY', 'TOKEN', 'PUSH', '"zoom"', 'bot@x']) expect(text).not.to.include(secret);
    const objects = text.split('\n').filter((line) => line.includes('"model":'));
    const models = objects.map((line) => (JSON.parse(line.replace(/,$/u, '')) as { model: string }).model);
    expect(models.sort()).to.eql(['zerver.realm', 'zerver.recipient', 'zerver.recipient', 'zerver.stream', 'zerver.userprofile']);
    expect(text).to.match(/"_max_invites": ?7/u);
    expect(text).to.match(/"realm": ?2/u);
  });

  it('never lets a password leave, whatever is asked for; files are taken from folders and buckets only', async () => {
    const { code, stderr } = await exported(['zerver.Realm[string_id=acme]', '--include-secret', '*', '--no-files']);
    expect(code, stderr).to.equal(0);
    const refused = await exported(['zerver.Realm.2', '--files', 'ftp://uploads']);
    expect(refused.code).to.equal(2);
    expect(refused.stderr).to.include('ftp:// is no object store');
  });

  it('stops at a column and at tables that it does not know, and goes on once the policy says what they are', async () => {
    await database.query(`ALTER TABLE zulip.zerver_realm ADD color text;
      CREATE TABLE zulip.zerver_novelty (id int PRIMARY KEY); CREATE TABLE public.invoice (id int PRIMARY KEY, realm int REFERENCES zulip.zerver_realm)`);
    const refused = await exported(['zerver.Realm.2']);
    expect(refused.code).to.equal(3);
    expect(refused.stderr).to.include('not classified: public.invoice, zerver_novelty, zerver_realm.color');
    const policy = {
      models: { 'public.invoice': {} },
      exclude: { 'zulip.zerver_novelty': 'drop' },
      secrets: { 'Realm.color': 'public' },
    };
    writeFileSync(
      join(folder, 'policy.json'),
      JSON.stringify({ ...policy, models: { 'public.invoice': {}, 'zulip.zerver_novelty': {} } }),
    );
    const { code, stderr } = await exported(['zerver.Realm.2', '--policy', join(folder, 'policy.json')]);
    expect(code, stderr).to.equal(0);
    expect(archive()).to.include('"color"');
  });

  it('asks which where several schemas hold the tables, and takes the one of the search path', async () => {
    await database.query(tables('copy'));
    const refused = await exported(['zerver.Realm.2']);
    expect(refused.code).to.equal(2);
    expect(refused.stderr).to.include('copy, zulip');
    const { code, stderr } = await exported(['zerver.Realm.2'], `${database.url}?options=-c%20search_path%3Dcopy`);
    expect(code, stderr).to.equal(0);
    expect(archive()).to.match(/"schema": ?"copy"/u);
  });

  it('a profile of somebody else is a module', async () => {
    const lines = [
      "import { EntitySchema } from 'typeorm';",
      "export default { name: 'own', apps: ['crm'], options: [{ name: 'color', describe: 'a color', kind: 'text' }],",
      "  entities: async () => [new EntitySchema({ name: 'Realm', tableName: 'zerver_realm', schema: 'zulip', columns: { id: { type: 'int', primary: true } } })],",
      "  policy: (catalog, values) => ({ models: { 'zulip.zerver_realm': { app: values.color } }, exclude: { 'zulip.zerver_userprofile': 'drop', 'zulip.zerver_stream': 'drop' } }) };",
    ];
    mkdirSync(join(process.cwd(), '.portolan'), { recursive: true });
    writeFileSync(join(process.cwd(), '.portolan', 'own-profile.mjs'), lines.join('\n'));
    const words = ['--profile', join(process.cwd(), '.portolan', 'own-profile.mjs'), '--color', 'red', 'red.Realm.2'];
    const { code, stderr } = await exported(words);
    expect(code, stderr).to.equal(0);
    expect(archive()).to.include('"red.realm"');
    const help = await run('exportobjects', [...words, '--help'], { cwd: folder });
    expect(help.stdout).to.include('--color TEXT');
  });
});
