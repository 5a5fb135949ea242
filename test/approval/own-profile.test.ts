import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { EntitySchema } from 'typeorm';
import type { Policy, Profile } from '../../src/index.js';
import { exportObjects, openProfile } from '../../src/index.js';
import { zulip } from '../../src/profiles/zulip/zulip.js';
import { dataSourceOf } from '../../src/source/data-source-of.js';
import type { TestDatabase } from '../support/database.js';
import { createDatabase } from '../support/database.js';
import { failureOf } from '../support/failure.js';
import { run } from '../support/run.js';
import { repositoryRoot } from '../support/shared.js';

// eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- the options are a class by declaration only
const person = new EntitySchema<{ id: number; name: string; password: string }>({
  name: 'Person',
  tableName: 'person',
  columns: { id: { type: 'int', primary: true }, name: { type: 'text' }, password: { type: 'text' } },
});

const approval = { name: 'DPO 17', models: { '*': 'all', 'crm.Person': 'key' } } as const;
const all = { ...approval, models: { '*': 'all' } } as const;

describe("a profile of one's own, and what is approved", function () {
  this.timeout(60_000);
  let database: TestDatabase;
  let folder: string;

  before(async () => {
    database = await createDatabase({
      sql: `CREATE TABLE person (id int PRIMARY KEY, name text, password text); INSERT INTO person VALUES (1, 'Ada', 'HIDDEN')`,
    });
    folder = mkdtempSync(join(tmpdir(), 'portolan-own-profile-'));
  });
  after(async () => {
    rmSync(folder, { recursive: true });
    await database.drop();
  });
  afterEach(() => rmSync(join(folder, 'out.json'), { force: true }));

  const app = { 'public.person': { app: 'crm' } };
  const profileOf = (policy: Policy, more: Partial<Profile> = {}): Profile => ({
    name: 'own',
    apps: ['crm'],
    options: [],
    entities: () => Promise.resolve([person]),
    policy: () => ({ ...policy, models: policy.models ?? app }),
    ...more,
  });
  const exported = async (profile: Profile, policy?: Policy): Promise<string> => {
    const dataSource = await dataSourceOf(database.url);
    try {
      const opened = await openProfile({ profile, dataSource, policy, exports: true });
      await exportObjects(dataSource, { objects: ['crm.Person.1'], output: join(folder, 'out.json'), force: true, ...opened });
    } finally {
      if (dataSource.isInitialized) await dataSource.destroy();
    }
    return readFileSync(join(folder, 'out.json'), 'utf8');
  };

  /** What a profile says, the line of the refusal, and what the site can say to have it so. */
  const around: readonly (readonly [what: string, said: Policy, line: string, allows: Policy])[] = [
    [
      'calls a secret harmless',
      { secrets: { 'Person.password': 'public' } },
      'secrets: Person.password would be called harmless',
      { secrets: { 'Person.password': 'public' }, approval: all },
    ],
    [
      'lets other values leave',
      { models: { 'public.person': { app: 'crm', values: { name: 'password' } } } },
      'models: other values would leave in public.person.name',
      { models: { 'public.person': { values: { name: 'password' } } }, approval: all },
    ],
    [
      'makes a natural key of what is to stay',
      { models: { 'public.person': { app: 'crm', naturalKey: ['name'], shared: 'key' } } },
      'models: public.person.name would leave as a part of a natural key',
      { models: { 'public.person': { naturalKey: ['name'] } }, approval: all },
    ],
  ];
  for (const [what, said, line, allows] of around) {
    it(`gets not around it: ${what}`, async () => {
      const failure = await failureOf(exported(profileOf(said), { approval }));
      expect(failure).to.include({ code: 'APPROVAL_EXCEEDED' });
      expect((failure as Error).message).to.equal(`beyond the approval "DPO 17":\n- ${line}`);
      expect(readdirSync(folder)).to.deep.equal([]);
      // Where nothing is approved, and where the policy with the approval says the same.
      expect(await exported(profileOf(said))).to.match(/Ada|HIDDEN/u);
      rmSync(join(folder, 'out.json'));
      expect(await exported(profileOf(said), allows)).to.include('crm.person');
    });

    it(`has its own not got around: who uses it ${what}`, async () => {
      const failure = await failureOf(exported(profileOf({ approval }), said));
      expect(failure).to.include({ code: 'APPROVAL_EXCEEDED' });
      expect((failure as Error).message).to.include(line);
      expect(readdirSync(folder)).to.deep.equal([]);
    });
  }

  it('gets not around it when the objects are known', async () => {
    const rowPolicy: Profile['rowPolicy'] = () => () =>
      Promise.resolve({ models: { 'public.person': { values: { name: 'password' } } } });
    const profile = profileOf({}, { rowPolicy });
    const failure = (await failureOf(exported(profile, { approval: all }))) as Error;
    expect(failure).to.include({ code: 'APPROVAL_EXCEEDED' });
    expect(failure.message).to.include('models: other values would leave in public.person.name');
    expect(readdirSync(folder)).to.deep.equal([]);
    expect(await exported(profile)).to.include('HIDDEN');
    const said: Policy = { approval: all, models: { 'public.person': { values: { name: 'password' } } } };
    expect(await exported(profile, said)).to.include('HIDDEN');
  });

  it('is held where rows are to leave, and not where they come', async () => {
    const dataSource = await dataSourceOf(database.url);
    const profile = profileOf({ secrets: { 'Person.password': 'public' } });
    const { policy } = await openProfile({ profile, dataSource, policy: { approval }, exports: false });
    await dataSource.destroy();
    expect(policy.secrets).to.deep.equal({ 'Person.password': 'public' });
  });

  it('is none of those that come with Portolan, whatever it is called', async () => {
    for (const profile of [profileOf({}, { name: 'zulip' }), { ...zulip }]) {
      const failure = await failureOf(exported(profile, { approval: { profile: 'zulip' } }));
      expect(failure).to.include({ code: 'UNKNOWN_PROFILE' });
    }
  });

  it('is read as any policy is: a word that means nothing is told', async () => {
    const failure = await failureOf(exported(profileOf({ aproval: approval } as Policy)));
    expect(failure).to.include({ code: 'POLICY_INVALID' });
    expect((failure as Error).message)
      .to.include('the policy of the profile own')
      .and.to.include('approval');
  });

  it('is held on the command line, by the file of the approval', async () => {
    // Where it finds typeorm.
    const place = join(repositoryRoot, '.portolan');
    mkdirSync(place, { recursive: true });
    const file = join(mkdtempSync(join(place, 'own-')), 'profile.mjs');
    const lines = [
      "import { EntitySchema } from 'typeorm';",
      `const person = new EntitySchema({ name: 'Person', tableName: 'person', columns: { id: { type: 'int', primary: true }, name: { type: 'text' }, password: { type: 'text' } } });`,
      "export default { name: 'own', apps: ['crm'], options: [], entities: async () => [person],",
      "  policy: () => ({ models: { 'public.person': { app: 'crm' } }, secrets: { 'crm.Person.password': 'public' } }) };",
    ];
    writeFileSync(file, lines.join('\n'));
    writeFileSync(join(folder, 'site.json'), JSON.stringify({ approval: all }));
    try {
      const words = ['crm.Person.1', '--profile', file, '--url', database.url, '-o', 'out.json'];
      const { code, stderr } = await run('exportobjects', [...words, '--policy', 'site.json'], { cwd: folder });
      expect(code).to.equal(3);
      expect(stderr).to.match(
        /^error: beyond the approval "DPO 17" \(\S*site\.json\):\n- secrets: crm\.Person\.password would be called harmless$/mu,
      );
      expect((await run('exportobjects', words, { cwd: folder })).code).to.equal(0);
    } finally {
      rmSync(join(file, '..'), { recursive: true });
      rmSync(join(folder, 'site.json'));
    }
  });
});
