import { expect } from 'chai';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { projectRoot } from '../../demo-app/project-root.js';
import type { TestDatabase } from '../support/database.js';
import { createDatabase } from '../support/database.js';
import type { Program, RunResult } from '../support/run.js';
import { run } from '../support/run.js';
import { foundIn, harmlessColumns, literalOf, secretColumns } from './canaries.js';

const tables = ['account', 'device'] as const;
const columnsOf = (table: (typeof tables)[number]): typeof secretColumns.account => [
  ...secretColumns[table],
  ...harmlessColumns[table],
];
const create = (table: (typeof tables)[number], more: string): string =>
  `CREATE TABLE ${table} (id int PRIMARY KEY, ${more}, ${columnsOf(table)
    .map(({ column, type }) => `"${column}" ${type}`)
    .join(', ')});`;
const insert = (table: (typeof tables)[number], first: string, database?: string): string =>
  `INSERT INTO ${table} VALUES (${first}, ${columnsOf(table)
    .map((canary) => literalOf(table, canary, database))
    .join(', ')});`;
// A login is what people know an account by; a unique secret must not become that.
const sql = `CREATE DOMAIN sealed AS text CHECK (length(VALUE) > 3);
  ${create('account', 'login text NOT NULL, c17 text, UNIQUE (email_token), UNIQUE (login)')}
  ${create('device', 'account int REFERENCES account')}`;
const rows = (database?: string): string =>
  insert('account', `1, 'ada', 'mapped-canary-${database ?? 'source'}'`, database) + insert('device', '7, 1', database);

/** Maps one table, with a property whose name says more than its column's; the other is found in the catalog. */
const dataSource = `import { DataSource, EntitySchema } from 'typeorm';
const Account = new EntitySchema({ name: 'Account', tableName: 'account', columns: {
  id: { type: 'int', primary: true }, login: { type: 'text' }, portalPassword: { name: 'c17', type: 'text', nullable: true } } });
export default new DataSource({ type: 'postgres', url: process.env.PORTOLAN_URL, entities: [Account] });`;

describe('an archive', function () {
  this.timeout(300_000);
  let source: TestDatabase;
  let target: TestDatabase;
  let folder: string;

  before(async () => {
    source = await createDatabase({ sql: sql + rows() });
    target = await createDatabase({ sql: sql + rows('target') });
    mkdirSync(join(projectRoot(), '.portolan'), { recursive: true });
    folder = mkdtempSync(join(projectRoot(), '.portolan', 'canaries-'));
    writeFileSync(join(folder, 'ormconfig.mjs'), dataSource);
    writeFileSync(join(folder, 'portolan.policy.json'), JSON.stringify({ models: { device: { app: 'public' } } }));
  });
  after(async () => {
    rmSync(folder, { recursive: true, force: true });
    await source.drop();
    await target.drop();
  });

  const call = (program: Program, words: readonly string[], url = source.url): Promise<RunResult> =>
    run(program, words, { cwd: folder, env: { PORTOLAN_URL: url } });

  /** Everything that a command wrote: files, standard output, standard error. */
  async function everything(program: Program, words: readonly string[], url?: string, code = 0): Promise<string> {
    const before = new Set(readdirSync(folder));
    const result = await call(program, words, url);
    expect(result.code, result.stderr).to.equal(code);
    const files = readdirSync(folder).filter((file) => !before.has(file));
    const texts = files.map((file) => {
      const bytes = readFileSync(join(folder, file));
      rmSync(join(folder, file));
      return (file.endsWith('.gz') ? gunzipSync(bytes) : file.endsWith('.br') ? brotliDecompressSync(bytes) : bytes).toString(
        'utf8',
      );
    });
    return [...texts, result.stdout, result.stderr].join('\n');
  }

  const secretsIn = (text: string, database?: string): readonly string[] => [
    ...tables.flatMap((table) => foundIn(text, table, secretColumns[table], database)),
    ...(text.includes(`mapped-canary-${database ?? 'source'}`) ? ['c17'] : []),
  ];
  const all = tables.flatMap((table) => secretColumns[table].map(({ column }) => column)).concat('c17');
  const harmless = tables.flatMap((table) => harmlessColumns[table].map(({ column }) => column));
  const harmlessIn = (text: string): readonly string[] => tables.flatMap((table) => foundIn(text, table, harmlessColumns[table]));

  it('is looked through for more than 40 secrets and 20 look-alikes', () => {
    expect(all.length).to.be.greaterThan(40);
    expect(harmless.length).to.be.greaterThan(20);
  });

  for (const output of ['a.json', 'a.jsonl', 'a.json.gz', 'a.jsonl.br', '-']) {
    it(`holds none of the secrets, and all look-alikes: ${output}`, async () => {
      const text = await everything('exportobjects', ['Account.1', '-o', output, '--verbose', '--findings', 'f.jsonl']);
      expect(secretsIn(text)).to.deep.equal([]);
      expect(harmlessIn(text)).to.deep.equal(harmless);
    });
  }

  it('holds no secret as the name of what stays at home', async () => {
    const text = await everything('exportobjects', ['device.7', '--shared', 'key', '-o', 'k.json', '--json']);
    expect(secretsIn(text)).to.deep.equal([]);
    expect(text).to.contain('"ada"');
    expect(foundIn(text, 'account', harmlessColumns.account)).to.deep.equal([]);
  });

  it('does not hold the secret by which an object was named', async () => {
    const [row] = await source.query('SELECT email_token AS token FROM account');
    const text = await everything('exportobjects', [`Account[email_token=${String(row?.['token'])}]`, '-o', 's.json', '--json']);
    expect(secretsIn(text)).to.deep.equal([]);
    expect(text).to.contain('public.account.1');
  });

  it('is not needed for a look: neither a dry run nor explain shows a value', async () => {
    for (const words of [
      ['export', 'Account.1', '--dry-run', '--json'],
      ['explain', 'Account.1', '--why', 'device.7'],
    ]) {
      const text = await everything('portolan', [...words, '--verbose', '--findings', 'f.jsonl']);
      expect([...secretsIn(text), ...harmlessIn(text)]).to.deep.equal([]);
    }
  });

  it('holds what was asked for, and nothing else', async () => {
    const asked = ['--include-secret', 'Account.password,public.device.ssh_key', '--include-secret', 'Account.portalPassword'];
    const text = await everything('exportobjects', ['Account.1', '-o', 'one.json', '--json', ...asked]);
    expect(secretsIn(text)).to.deep.equal(['password', 'ssh_key', 'c17']);
  });

  it('holds everything where all was asked for, and says so in its header', async () => {
    expect((await call('exportobjects', ['Account.1', '-o', 'full.json', '--include-secret', '*'])).code).to.equal(0);
    const text = readFileSync(join(folder, 'full.json'), 'utf8');
    rmSync(join(folder, 'full.json'));
    expect(secretsIn(text)).to.deep.equal(all);
    expect(text).to.contain('"includedSecrets":["*"]').and.to.contain('"withheld":{}');
  });

  it('tells in its header and in --json what was withheld', async () => {
    const { stdout } = await call('exportobjects', ['Account.1', '-o', 'w.json', '--json']);
    const header =
      readFileSync(join(folder, 'w.json'), 'utf8')
        .split('\n')
        .find((line) => line.includes('"withheld"')) ?? '';
    rmSync(join(folder, 'w.json'));
    const withheld = (JSON.parse(stdout) as { readonly withheld: readonly string[] }).withheld;
    expect(withheld.map((name) => name.split('.').at(-1)).sort()).to.deep.equal(
      all.map((name) => (name === 'c17' ? 'portalPassword' : name)).sort(),
    );
    for (const name of withheld) expect(header).to.contain(`"${name}":"secret"`);
  });

  it('shows no secret of its target either, and changes none', async () => {
    expect((await call('exportobjects', ['Account.1', '-o', 'move.json'])).code).to.equal(0);
    const before = await target.query('SELECT * FROM account, device');
    try {
      const words = ['move.json', '--plan', 'plan', '--id-map', 'map', '--findings', 'f', '--json', '--verbose'];
      const refused = await everything('importobjects', words, target.url, 3);
      expect([...secretsIn(refused), ...secretsIn(refused, 'target')]).to.deep.equal([]);
      const written = await everything('importobjects', [...words, '--override', '--yes'], target.url);
      expect([...secretsIn(written), ...secretsIn(written, 'target')]).to.deep.equal([]);
      const after = await target.query('SELECT * FROM account, device');
      for (const name of tables.flatMap((table) => secretColumns[table].map(({ column }) => column)).concat('c17'))
        expect(after[0]?.[name], name).to.deep.equal(before[0]?.[name]);
      expect(after[0]?.['keyboard']).not.to.equal(before[0]?.['keyboard']);
    } finally {
      rmSync(join(folder, 'move.json'));
    }
  });
});
