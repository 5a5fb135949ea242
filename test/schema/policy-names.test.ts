import { expect } from 'chai';
import { PortolanError } from '../../src/errors/portolan-error.js';
import type { ParsedPolicy } from '../../src/policy/parsed-policy.js';
import { archiveEntities } from '../../src/schema/archive-entities.js';
import { excludedModels } from '../../src/schema/exclusions.js';
import type { Schema } from '../../src/schema/schema.js';
import type { Chart } from './chart.js';
import { drawChart } from './chart.js';

const sql = `
  CREATE DOMAIN secret_text AS text; CREATE TYPE credentials AS (name text, password text); CREATE TYPE token_kind AS ENUM ('a');
  CREATE TABLE account (id int PRIMARY KEY, name text, parent int REFERENCES account, password text NOT NULL, api_keys text[], private_key bytea, otp secret_text,
    auth_token uuid, token_count int, password_changed_at timestamptz, login credentials, token token_kind, x1 text, keyboard text, badge_token text UNIQUE);
  CREATE TABLE visit (id int PRIMARY KEY, badge_token text REFERENCES account (badge_token));
  CREATE TABLE access_token (token text PRIMARY KEY, account int NOT NULL REFERENCES account);
  CREATE TABLE use_of_token (id int PRIMARY KEY, token text REFERENCES access_token, refresh_token text);
  CREATE TABLE message (id int PRIMARY KEY, kind smallint NOT NULL, target int, size text, note jsonb);
  CREATE TABLE detail (id int PRIMARY KEY, message int NOT NULL REFERENCES message);`;

const models = { account: {}, message: {} };

function withheld(schema: Schema, model: string): string[] {
  return (schema.entities.get(model)?.columns ?? [])
    .filter((column) => column.withheld !== undefined)
    .map((column) => `${column.name} ${String(column.withheld)}`);
}

describe('what a policy names', () => {
  let chart: Chart;
  before(async () => {
    chart = await drawChart({ before: sql, policy: { models } });
  });
  after(() => chart?.close());

  async function refusal(policy: Partial<ParsedPolicy>): Promise<PortolanError> {
    const result = await chart.under({ models, ...policy }).catch((error: unknown) => error);
    if (result instanceof PortolanError) return result;
    throw new Error('nothing was refused');
  }

  it('is withheld by name and type: text, bytes, json, uuid, arrays, domains and composites of them', () => {
    expect(withheld(chart.schema, 'public.account').sort()).to.deep.equal(
      ['api_keys secret', 'auth_token secret', 'login secret', 'otp secret', 'password secret', 'private_key secret'].sort(),
    );
  });

  it('is withheld where a part of its composite type is called so, however deep', async () => {
    const types = `CREATE TYPE login AS (name text, pw varchar(9)); CREATE DOMAIN logins AS login[];
      CREATE TYPE device AS (serial text, used logins); CREATE TYPE budget AS (token_count text, pin_code int);
      CREATE TABLE note (id int PRIMARY KEY, account login, devices device[], spent budget)`;
    const note = await drawChart({ before: types, policy: { models: { note: {} } } });
    try {
      expect(withheld(note.schema, 'public.note')).to.deep.equal(['account secret', 'devices secret']);
    } finally {
      await note.close();
    }
  });

  it('is never withheld by name where it is a key, a foreign key or what one refers to, which a finding tells', () => {
    expect(withheld(chart.schema, 'public.visit')).to.deep.equal([]);
    expect([...chart.found('secret-key')].sort()).to.deep.equal([
      'public.access_token.token',
      'public.account.badge_token',
      'public.use_of_token.token',
      'public.visit.badge_token',
    ]);
    expect(withheld(chart.schema, 'public.access_token')).to.deep.equal([]);
    expect(withheld(chart.schema, 'public.use_of_token')).to.deep.equal(['refresh_token secret']);
  });

  it('is secret or public whatever its name says, and included where asked for', async () => {
    const schema = await chart.under({
      models,
      secrets: { 'account.x1': 'secret', 'Account.password': 'public' },
      includeSecrets: ['account.otp'],
    });
    expect(withheld(schema, 'public.account').sort()).to.deep.equal([
      'api_keys secret',
      'auth_token secret',
      'login secret',
      'private_key secret',
      'x1 secret',
    ]);
    expect(withheld(await chart.under({ models, includeSecrets: ['*'] }), 'public.account')).to.deep.equal([]);
  });

  it('is excluded by column or by model', async () => {
    const policy = { models, includeSecrets: [], exclude: { 'message.note': 'error', detail: 'drop' } } as const;
    const schema = await chart.under(policy);
    expect(withheld(schema, 'public.message')).to.deep.equal(['note excluded']);
    expect([...excludedModels(schema, policy)]).to.deep.equal([['public.detail', 'drop']]);
  });

  it('is not excluded where it is the key', async () => {
    expect(await refusal({ exclude: { 'account.id': 'error' } })).to.include({ code: 'EXCLUDED_KEY', exitCode: 2 });
  });

  it('is never natural key and withheld at once', async () => {
    expect(await refusal({ models: { account: { naturalKey: ['password'] }, message: {} } })).to.include({
      code: 'POLICY_INVALID',
    });
  });

  it('declares polymorphic references, one for each kind', async () => {
    const references = [
      { from: 'message.target', to: 'account', when: { column: 'kind', value: '1' } },
      { from: 'message.target', to: 'message.id', when: { column: 'kind', value: '2' } },
    ];
    const schema = await chart.under({ models, references });
    const declared = schema.references.filter((one) => one.source === 'declared');
    expect(declared.map((one) => [one.name, one.parent, one.when])).to.deep.equal([
      ['public.message.target[kind=1]', 'public.account', { column: 'kind', value: '1' }],
      ['public.message.target[kind=2]', 'public.message', { column: 'kind', value: '2' }],
    ]);
    expect(archiveEntities(schema, ['public.message'])['public.message']?.references).to.have.length(2);
  });

  it('keeps no column at home that says where a declared reference leads, by its name neither', async () => {
    const references = [{ from: 'message.target', to: 'account', when: { column: 'kind', value: '1' } }];
    for (const policy of [{ exclude: { 'message.kind': 'error' } }, { secrets: { 'message.kind': 'secret' } }] as const)
      expect(await refusal({ references, ...policy })).to.include({ code: 'EXCLUDED_KEY' });
    const byToken = { from: 'account.x1', to: 'access_token', when: { column: 'otp', value: '1' } };
    expect(withheld(await chart.under({ models, references: [byToken] }), 'public.account')).not.to.include('otp secret');
    expect(withheld(chart.schema, 'public.account')).to.include('otp secret');
  });

  it('declares no reference whose types cannot be compared', async () => {
    for (const from of ['message.note', 'account.token', 'account.private_key'])
      expect(await refusal({ references: [{ from, to: 'account' }] })).to.include({ code: 'POLICY_INVALID' });
  });

  it('follows, cuts and filters references by name; a star cuts where it can', async () => {
    const schema = await chart.under({
      models,
      follow: { 'Public.Account.parent': { down: 'skip', limit: 3, where: 'id > 1' }, '*': { up: 'cut' } },
    });
    const follow = (name: string): unknown => schema.references.find((one) => one.name === name)?.follow;
    expect(follow('public.account.parent')).to.deep.equal({
      ...{ up: 'cut', down: 'skip', where: 'id > 1', limit: 3 },
      onDelete: undefined,
    });
    expect(follow('public.access_token.account')).to.deep.include({ up: 'follow' });
  });

  it('is told at once where several names are not there, each with the nearest', async () => {
    const error = await refusal({
      models: { accuont: {}, account: { key: ['idd'], parts: ['messages'] } },
      roots: ['Mesage'],
      boundary: { Acount: 'error' },
      exclude: { 'account.nme': 'error' },
      secrets: { 'account.pasword': 'public' },
      joinTables: ['use_of_tokens'],
      references: [{ from: 'account.x2', to: 'message' }],
      follow: { 'public.account.parnt': { up: 'cut' } },
    });
    expect(error).to.include({ code: 'POLICY_INVALID', exitCode: 2 });
    for (const part of ['accuont', 'idd', 'messages', 'Mesage', 'Acount', 'nme', 'pasword', 'use_of_tokens', 'x2', 'parnt']) {
      expect(error.message, part).to.contain(`"${part}`.replace('"parnt', '"public.account.parnt'));
    }
    expect(error.message).to.contain('Did you mean "public.account.parent"');
    expect(error.message).to.contain('Did you mean "account"');
  });

  it('is told by its own code where one name is not there', async () => {
    expect(await refusal({ boundary: { Acount: 'error' } })).to.include({ code: 'UNKNOWN_MODEL' });
    expect(await refusal({ includeSecrets: ['account.pasword'] })).to.include({
      code: 'UNKNOWN_COLUMN',
      hint: 'Did you mean "password"?',
    });
  });
});

describe('the schema in an archive’s header', () => {
  let chart: Chart;
  before(async () => {
    chart = await drawChart({ before: sql, policy: { models } });
  });
  after(() => chart?.close());

  it('tells models, columns and references, and nothing of what is withheld', () => {
    const entities = archiveEntities(chart.schema, ['public.use_of_token', 'public.access_token']);
    expect(Object.keys(entities)).to.deep.equal(['public.access_token', 'public.use_of_token']);
    expect(entities['public.use_of_token']).to.deep.include({ schema: 'public', table: 'use_of_token', key: ['id'], links: {} });
    expect(Object.keys(entities['public.use_of_token']?.columns ?? {})).to.deep.equal(['id', 'token']);
    expect(entities['public.use_of_token']?.references).to.deep.equal([
      { name: 'public.use_of_token.token', columns: ['token'], parent: 'public.access_token', parentColumns: ['token'] },
    ]);
  });
});
